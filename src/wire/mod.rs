//! Pure and synchronous: bytes ↔ meaning. No sockets, no clock, no tokio, no ratatui.

mod base64;
mod blob;
mod body;
mod caught;
mod checks;
mod circumstances;
mod decode_message;
mod decode_value;
mod decoded;
mod dialects;
mod diff;
mod envelope;
mod field_checks;
mod filter;
mod finding;
mod json;
mod json_marks;
mod json_text;
mod kinds;
mod limits;
mod media;
mod mending;
mod number_texts;
mod percent;
mod quoted;
mod read;
mod read_envelope;
mod read_payload;
mod read_values;
mod readers;
mod report;
mod safe_text;
mod scan;
mod sniff;
mod stamp;
mod table;
mod url_parts;
mod write;

pub use base64::{Base64Form, decode_base64, encode_base64, encode_base64_into};
pub use blob::{Blob, BlobReader, ReadAt};
pub use body::{Body, direct_body};
pub use caught::panics_are_caught;
pub use checks::{Check, Effect, Family, Lines, Reads, UNREADABLE_HEADER, breaks, check_of};
pub use circumstances::{Circumstances, circumstance_findings};
pub use decode_message::{decode_message, decode_message_with};
pub use decode_value::{decode_blob, decode_body, decode_plain};
pub use decoded::{DecodedMessage, DecodedPayload, PayloadState, Plain, Value};
pub use dialects::{DIALECTS, Dialect, DialectRow, FIELDS, Field, FieldRow, Vocabulary};
pub use diff::{DiffSide, Difference, Differences, message_differences, wording_differences};
pub use envelope::{Data, Envelope, Payload, RawJson, Transport};
pub use filter::{Compare, Expr, FilterFault, Term, Typed, duration_us, number_of_bytes, parse_filter};
pub use finding::{Code, Finding, Severity};
pub use kinds::{KINDS, Kind, KindRow};
pub use limits::Limits;
pub use media::{
    AudioFacts, Frames, ImageFacts, ImageFormat, MediaError, Part, Picture, Sound, VideoFacts, decode_frames,
    decode_image, sound,
};
pub use media::{audio_facts, image_facts, video_facts};
pub use mending::{Mended, mend_for};
pub use number_texts::{NumberTexts, number_texts};
pub use percent::{percent_decode, percent_encode};
pub use read::{Content, Reading, read, read_with};
pub use read_values::{NamedValue, read_values};
pub use readers::{
    Answer, Keys, READER_GROUPS, READERS, Reader, Reason, readers_named, who_reads, whole_answer,
};
pub use report::{MessageFacts, envelope_json, findings_json, listen_line};
pub use safe_text::{SafeLines, SafeText};
pub use scan::{Digest, KindSet, scan};
pub use sniff::{Sniffed, sniff};
pub use stamp::stamp_us;
pub use table::{BARS, ColumnFacts, NumberFacts, column_facts};
pub use table::{Cell, Column, ColumnRead, ColumnType, RowsFormat, RowsTable, Table, TableError};
pub use table::{Direction, Export, ExportError, ExportFormat, RowFilter, RowIndex, sorted_rows};
pub use table::{Scalar, SortKey, Steps, TableRows, Unwatched, float_key, int_key};
pub use table::{rows_table, table_from_csv};
pub use write::{write_envelope, write_envelope_into};
