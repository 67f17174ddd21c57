//! Counters of received, stored and lost messages.

/// What happened to the messages so far. `received = stored + dropped`; `stored - evicted` are in memory now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Messages the client took from the broker.
    pub received: u64,
    /// Messages put into the store.
    pub stored: u64,
    /// Stored messages that were evicted for newer ones.
    pub evicted: u64,
    /// Messages lost between client and store (exact: in_messages − stored).
    pub dropped: u64,
    /// Messages that look like envelopes but cannot be decoded as one.
    pub undecodable: u64,
    /// Bytes held by the store now, overhead included.
    pub bytes_stored: u64,
    /// Bytes received in all (payload and headers).
    pub bytes_received: u64,
}
