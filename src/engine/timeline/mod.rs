//! Conversations told from the traffic, whoever sent it: requests, their answers, how long those took, and what went wrong.

mod book;
mod conversation;
mod early;
mod find;
mod fingerprint;
mod join;
mod latency;
mod model;
mod queues;
mod views;

pub use book::Timeline;
pub(super) use fingerprint::fingerprint;
pub use latency::{Histogram, LatencyRow, LatencyView};
pub use model::{
    Arrival, ConversationId, ConversationMessage, ConversationState, ConversationView, Direction, Mark,
    Marks, Part, Stamp, TimelineCounts, TransferSpan,
};
pub use views::Brief;
