//! Conversations found in all traffic: requests, their replies, how long those took, and what went wrong.

mod conversation;
mod conversations;
mod early_news;
mod eviction;
mod fingerprint;
mod index;
mod latency;
mod matching;
mod model;
mod timeline;
mod views;

pub(crate) use fingerprint::fingerprint;
pub(crate) use model::SERVICE_ERROR;

pub use latency::{LatencyHistogram, LatencyRow, LatencyView};
pub use model::{
    ConversationId, ConversationMessage, ConversationState, ConversationView, Direction, LinkTransfer, Mark,
    Marks, Part, RequestOutcome, Stamp, TimelineCounts, TimelineMessage,
};
pub use timeline::Timeline;
pub use views::ConversationSummary;
