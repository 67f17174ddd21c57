//! The envelope and its payloads as they stand on the wire.

mod envelope;
mod stamp;

pub use envelope::{Data, Envelope, EnvelopePayload, RawJson, Transport};
pub use stamp::parse_timestamp_us;
