//! A connection: publishing, subscribing, and what is known of our own traffic.

mod connection;
mod delivery;
mod error;
mod heartbeat;
mod messages;
mod own_traffic;

pub(crate) use connection::{Heard, wire_length};
pub(crate) use heartbeat::{Probe, is_probe, probe_number};
pub(crate) use own_traffic::TrafficMark;

pub use connection::{Connection, Outgoing};
pub use error::ConnectionError;
pub use messages::Messages;
