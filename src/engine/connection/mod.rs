//! A connection: publishing, subscribing, and what is known of our own traffic.

mod connection;
mod error;
mod heard;
mod heartbeat;
mod messages;
mod outgoing;
mod own_traffic;
mod proved;

pub(crate) use heard::Heard;
pub(crate) use heartbeat::is_probe;
pub(crate) use outgoing::wire_length;
pub(crate) use own_traffic::TrafficMark;

pub use connection::Connection;
pub use error::ConnectionError;
pub use messages::Messages;
pub use outgoing::Outgoing;
