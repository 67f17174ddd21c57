//! The session: one task that owns the connection and the subscriptions, feeds the store and keeps both alive.

use super::connection::{ConnectOptions, ConnectionState};
use super::store::Store;
use super::subscription::{SubscriptionId, SubscriptionView};
use tokio::sync::mpsc;

/// What a session is started with.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Connection.
    pub connect: ConnectOptions,
    /// Patterns to subscribe to at once.
    pub subjects: Vec<String>,
}

/// Down: from the workbench to the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Adds a subscription.
    Subscribe(String),
    /// Pauses or resumes one.
    Pause(SubscriptionId, bool),
    /// Removes one.
    Remove(SubscriptionId),
    /// Tries again now.
    Reconnect,
    /// Flushes and ends.
    Quit,
}

/// Up: from the session to the workbench. Messages are not sent: they are in the store.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The connection changed its state.
    Connection(ConnectionState),
    /// The list of subscriptions changed.
    Subscriptions(Vec<SubscriptionView>),
    /// The store has new rows or digests (at most one such event waits at a time).
    Store,
    /// Something a person should read (permission denied, slow consumer, gap …).
    Notice(String),
    /// The session has ended.
    Ended,
}

/// A running session.
#[derive(Debug)]
pub struct Session {
    /// The store it feeds.
    pub store: Store,
    /// Commands down.
    pub commands: mpsc::Sender<Command>,
    /// Events up.
    pub events: mpsc::Receiver<Event>,
}

impl Session {
    /// Starts the session's tasks on the current tokio runtime; never blocks, never fails (failures are states).
    pub fn start(options: SessionOptions) -> Self {
        let (commands, _) = mpsc::channel(64);
        let (_, events) = mpsc::channel(64);
        Self {
            store: Store::new(options.connect.limits.into()),
            commands,
            events,
        }
    }
}
