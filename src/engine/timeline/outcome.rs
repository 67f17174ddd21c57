//! How a request can end. Data only.

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestOutcome {
    /// As many replies came as were asked for (with 0 asked for: at least one came until the time was up).
    Replied,
    /// The broker said that nobody listens on the subject.
    NoResponders,
    /// The time was up first.
    TimedOut,
    /// Whoever asked gave up first.
    Cancelled,
    /// The connection was lost; the request or its replies may have been lost with it.
    ConnectionLost,
}
