//! JetStream: publishing with acknowledgement, streams and their messages, object buckets.

mod facts;
mod history;
mod object_bucket;
mod object_put;
mod object_read;

pub use facts::{Acknowledged, StreamFacts, StreamsView};
pub use history::{HistoryRequest, Start};
pub use object_bucket::{ObjectBucket, ObjectError, ObjectFacts};
