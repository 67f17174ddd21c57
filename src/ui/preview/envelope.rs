//! The envelope's fields.

use super::contract::Preview;
use super::registry::Facts;
use crate::engine::StoredMessage;
use crate::wire::{DecodedMessage, SafeText};
use jiff::tz::TimeZone;

/// A view with the fields of NATS and of the envelope.
pub fn envelope_view(
    _message: &DecodedMessage,
    stored: &StoredMessage,
    _zone: &TimeZone,
) -> impl Preview + use<> {
    Facts(SafeText::new(&stored.subject))
}
