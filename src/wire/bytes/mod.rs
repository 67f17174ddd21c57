//! Bytes: in memory or read piece by piece, base64, and what they look like.

mod base64;
mod blob;
mod sniff;

pub(crate) use base64::{decode_strictly, decode_strictly_into};
#[cfg(feature = "media")]
pub(crate) use sniff::svg_start;
pub(crate) use sniff::{sniff_as, sniff_head};

pub use base64::{Base64Form, decode_base64, encode_base64, encode_base64_into};
pub use blob::{Blob, BlobReader, ReadAt};
pub use sniff::{Sniffed, sniff};
