//! Every subject seen: interned, counted, timed. The tree of them is built by the workbench.

use std::sync::Arc;

/// A subject's number in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectId(pub u32);

/// What is known of one subject.
#[derive(Debug, Clone)]
pub struct SubjectStats {
    /// Its number.
    pub id: SubjectId,
    /// Its text as it came (not yet safe for a terminal).
    pub subject: Arc<str>,
    /// Messages seen.
    pub count: u64,
    /// Payload bytes seen.
    pub bytes: u64,
    /// Last arrival, microseconds since the Unix epoch.
    pub last_us: i64,
}
