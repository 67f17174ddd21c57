//! Reading a message: envelope, payloads, digest, and what is wrong with their fields.

mod digest;
mod envelope;
mod field_checks;
mod message;
mod payload;

pub(crate) use envelope::odd;
pub(crate) use message::{BOM, json_start, read_into};
pub(crate) use payload::looks_like_url;

pub use digest::{Digest, KindSet, scan};
pub use message::{Reading, read, read_with};
