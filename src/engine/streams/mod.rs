//! JetStream: publishing with acknowledgement, streams and their messages, object buckets.

mod api;
mod bucket_file;
mod captured;
mod described;
mod facts;
mod follow;
mod history;
mod object_bucket;
mod object_put;
mod object_read;
mod publish;
mod request;
mod source;
mod start;
mod stream_error;

pub use bucket_file::BucketFile;
pub(super) use captured::Captured;
pub use facts::{Acknowledged, StreamFacts, StreamsView};
pub use follow::Follow;
pub use history::History;
pub use object_bucket::{ObjectBucket, ObjectError, ObjectFacts, check_bucket};
pub(super) use publish::acknowledgement;
pub use request::{HistoryRequest, Start};
pub use stream_error::StreamError;
