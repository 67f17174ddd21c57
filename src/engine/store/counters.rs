//! Counters of received, stored and lost messages.

/// What happened to the messages so far. `received = stored + dropped`; `stored - evicted` are here now, in memory or on
/// disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Messages the client took from the broker.
    pub received: u64,
    /// Messages put into the store.
    pub stored: u64,
    /// Stored messages that were evicted for newer ones, or lay on a disk that can no longer be read.
    pub evicted: u64,
    /// Those of them that somebody had removed.
    pub cleared: u64,
    /// Messages lost between client and store (exact: in_messages − stored).
    pub dropped: u64,
    /// Messages that look like envelopes but cannot be decoded as one.
    pub undecodable: u64,
    /// Bytes that the store holds in memory now, overhead included.
    pub bytes_stored: u64,
    /// Bytes that it holds on disk now.
    pub bytes_on_disk: u64,
    /// Bytes received in all (payload and headers).
    pub bytes_received: u64,
}

impl Counters {
    /// Messages that came and could not be kept.
    pub fn lost(&self) -> u64 {
        self.dropped + self.evicted - self.cleared
    }
}
