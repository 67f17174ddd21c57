//! Pure and synchronous: bytes ↔ meaning. No sockets, no clock, no tokio, no ratatui.

mod base64;
mod body;
mod caught;
mod decoded;
mod dialects;
mod envelope;
mod finding;
mod kinds;
mod limits;
mod media;
mod read;
mod report;
mod safe_text;
mod scan;
mod sniff;
mod table;
mod write;

pub use base64::{Base64Form, decode_base64, encode_base64, encode_base64_into};
pub use body::{Body, direct_body};
pub use caught::panics_are_caught;
pub use decoded::{
    DecodedMessage, DecodedPayload, PayloadState, Plain, Value, decode_body, decode_message, decode_plain,
};
pub use dialects::{DIALECTS, Dialect, DialectRow, Vocabulary};
pub use envelope::{Data, Envelope, Payload, RawJson, Transport};
pub use finding::{Code, Finding, Severity};
pub use kinds::{KINDS, Kind, KindRow};
pub use limits::Limits;
pub use media::{AudioFacts, ImageFacts, ImageFormat, MediaError, Picture, VideoFacts, decode_image};
pub use media::{audio_facts, image_facts, video_facts};
pub use read::{Content, Reading, read};
pub use report::{MessageFacts, envelope_json, findings_json, listen_line};
pub use safe_text::{SafeLines, SafeText};
pub use scan::{Digest, KindSet, scan};
pub use sniff::{Sniffed, sniff};
pub use table::{Cell, Column, Table, TableError};
pub use table::{table_from_csv, table_from_json_rows};
pub use write::{write_envelope, write_envelope_into};
