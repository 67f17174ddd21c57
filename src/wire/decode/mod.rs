//! Decoding: bodies taken, values typed, findings put together.

mod body;
mod circumstances;
mod decoded;
mod message;
mod value;
mod values;

pub(crate) use value::sniff_blob;

pub use body::{Body, direct_body};
pub use circumstances::{DeliveryInfo, delivery_findings};
pub use decoded::{DecodedMessage, DecodedPayload, PayloadState, Value};
pub use message::{MessageRead, decode_message, decode_message_with};
pub use value::{DecodeError, decode_blob, decode_plain, usual_ending};
pub use values::{DecodedValue, read_values};
