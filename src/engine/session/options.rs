//! What a session is started with. Data only.

use crate::bridge::SendOptions;
use crate::connect::ConnectOptions;

/// What a session is started with.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Connection.
    pub connect: ConnectOptions,
    /// Patterns to subscribe to at once.
    pub subjects: Vec<String>,
    /// File server, threshold and other defaults for sending.
    pub sending: SendOptions,
    /// Whether messages are digested as they come, for a list, filters and a timeline. Whoever takes them from the store as
    /// they are leaves it out: that costs less, and [`Event::Store`](super::Event::Store) comes at once instead of once per frame.
    pub digest: bool,
}
