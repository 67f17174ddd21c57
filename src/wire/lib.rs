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
pub use bounds::{Limits, Steps, Unwatched, panics_are_caught};
pub use bytes::{
    Base64Form, Blob, BlobReader, ReadAt, Sniffed, decode_base64, encode_base64, encode_base64_into, sniff,
};
pub use checks::{Check, Effect, Family, Lines, Reads, UNREADABLE_HEADER, breaks, check_of};
pub use decode::{
    Body, Circumstances, DecodeError, DecodedMessage, DecodedPayload, NamedValue, PayloadState, Plain, Value,
    circumstance_findings, decode_blob, decode_body, decode_message, decode_message_with, decode_plain,
    direct_body, read_values,
};
pub use dialects::{DIALECTS, Dialect, DialectRow, FIELDS, Field, FieldRow, Vocabulary};
pub use diff::{DiffSide, Difference, Differences, message_differences, wording_differences};
pub use envelope::{Data, Envelope, EnvelopePayload, RawJson, Transport, stamp_us};
pub use filter::{Compare, Expr, FilterFault, Term, Typed, parse_filter};
pub use findings::{Code, Finding, Severity};
pub use json::{NumberTexts, ValuePath, ValuePathError, number_texts};
pub use kinds::{KINDS, Kind, KindRow};
pub use media::{AudioFacts, ImageFacts, MediaError, VideoFacts};
#[cfg(feature = "media")]
pub use media::{
    Frames, Part, Picture, Sound, audio_facts, decode_frames, decode_image, image_facts, sound, video_facts,
};
pub use quantity::{DurationError, RateError, SizeError, byte_size, delay, duration, duration_text, rate};
pub use read::{Content, Digest, KindSet, Reading, read, read_with, scan};
pub use readers::{
    Answer, Keys, READER_GROUPS, READERS, Reader, Reason, no_reader, readers_named, who_reads, whole_answer,
};
pub use report::{MessageFacts, envelope_json, findings_json, listen_line};
pub use table::{
    BARS, Cell, Column, ColumnFacts, ColumnRead, ColumnType, Direction, Export, ExportError, ExportFormat,
    NumberFacts, RowFilter, RowIndex, RowsFormat, RowsTable, Scalar, SortKey, Table, TableError, TableRows,
    column_facts, float_key, int_key, rows_table, sorted_rows, table_from_csv,
};
pub use text::{SafeLines, SafeText, percent_decode, percent_encode};
pub use write::{Mended, mend_for, write_envelope, write_envelope_into};
