//! JetStream: publishing with acknowledgement, streams and their messages.

mod api;
mod delivery_facts;
mod error;
mod facts;
mod follow;
mod history;
mod info;
mod publish;
mod pull;
mod request;
mod source;
mod start;
mod stream_message;

pub(crate) use api::{Api, patiently};
pub(crate) use publish::{MSG_ID, acknowledgement};
pub(crate) use source::Source;
pub(crate) use stream_message::StreamMessage;

pub use error::StreamError;
pub use facts::{PublishAck, StreamInfo, StreamsView};
pub use follow::Follow;
pub use history::History;
pub use info::{clock_ahead, list_streams};
pub use publish::publish_acknowledged;
pub use request::{HistoryRequest, Start};
