//! Whole messages read in one go. Data only.

use crate::message::StoredMessage;

/// Messages in their order, from a number on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// The messages; none if there are no more yet.
    pub messages: Vec<StoredMessage>,
    /// The number to go on with.
    pub next: u64,
    /// Messages before `next` that are not here: they were evicted before they were asked for.
    pub missed: u64,
}
