//! A message being received, borrowed from the client. Keeps nothing.

use super::headers::Headers;

/// One message on its way into the store, borrowed from the client.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Arrival, microseconds since the Unix epoch.
    pub at_us: i64,
    /// Subject.
    pub subject: &'a str,
    /// NATS reply subject.
    pub reply: Option<&'a str>,
    /// Headers.
    pub headers: Headers<'a>,
    /// Payload.
    pub payload: &'a [u8],
}
