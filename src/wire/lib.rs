//! Pure and synchronous: bytes ↔ meaning. No sockets, no clock, no tokio, no ratatui.

mod bounds;
mod bytes;
mod checks;
mod decode;
mod dialects;
mod diff;
mod envelope;
mod filter;
mod findings;
mod json;
mod kinds;
mod media;
mod quantity;
mod read;
mod readers;
mod report;
mod table;
mod text;
mod write;

/// A record batch of Arrow, in the version of Arrow that this library has.
pub use arrow::array::RecordBatch;
pub use bounds::{
    Account, Budget, Charge, Depth, Excess, Ledger, LimitError, Limits, Steps, Unwatched, nearest,
    panics_are_caught,
};
pub use bytes::{
    Base64Form, Blob, BlobReader, ReadAt, Sniffed, decode_base64, encode_base64, encode_base64_into, sniff,
};
/// A text that shares the bytes it came in.
pub use bytestring::ByteString;
pub use checks::{Check, Effect, Lines, Readability, ReaderStack, UNREADABLE_HEADER, breaks, check_of};
pub use decode::{
    Body, DecodeError, DecodedMessage, DecodedPayload, DecodedValue, DeliveryInfo, MessageRead, PayloadState,
    Value, decode_blob, decode_message, decode_message_with, decode_plain, delivery_findings, direct_body,
    read_values, usual_ending,
};
pub use dialects::{DIALECTS, Dialect, DialectSpec, FIELDS, Field, FieldSpec, KindNames};
pub use diff::{DiffSide, Difference, Differences, encoding_differences, message_differences};
pub use envelope::{Data, Envelope, EnvelopePayload, RawJson, Transport, parse_timestamp_us};
pub use filter::{Expr, FilterError, Operator, Spanned, Term, parse_filter};
pub use findings::{Code, Finding, Severity};
pub use json::{
    Decimal, JsonError, JsonKind, JsonNode, JsonStep, JsonText, JsonWalk, Number, ObjectWriter, ValuePath,
    ValuePathError, escape_json, escape_json_lines, write_array,
};
pub use kinds::{KINDS, Kind, KindSpec};
pub use media::{AudioInfo, ImageInfo, MediaError, VideoInfo};
#[cfg(feature = "media")]
pub use media::{
    Frames, Part, PixelBuffer, Sound, audio_facts, decode_frames, decode_image, image_facts, sound,
    video_facts,
};
pub use quantity::{
    DurationError, RateError, SizeError, byte_size, delay, duration, duration_text, point_in_time, rate,
    size_text,
};
pub use read::{Digest, KindSet, Reading, read, read_with, scan};
pub use readers::{
    Answer, Keys, READER_GROUPS, READERS, Reader, Reason, judge_readers, no_reader, readers_named,
    whole_answer,
};
pub use report::{LINE_HEAD, PrintLimits, not_printed, rfc3339, write_findings, write_line, write_line_tail};
pub use table::{
    BARS, Cell, Column, ColumnStatistics, ColumnType, Direction, Export, ExportError, ExportFormat,
    ImportedTable, InferredColumn, NumericStatistics, RowFilter, RowIndex, RowsFormat, Scalar, SortKey,
    Table, TableError, TableSource, TextEncoding, column_facts, float_key, int_key, rows_table, sorted_rows,
    table_from_csv, text_of,
};
pub use text::{
    SafeLines, SafeText, acts_on_terminal, composed, mixes_scripts, names_a_secret, percent_decode,
    percent_encode,
};
pub use write::{PayloadError, RewriteError, Rewritten, rewrite_for, write_envelope, write_envelope_into};
