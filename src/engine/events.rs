//! What travels between the workbench and a session: commands down, events up. Messages do not: they are in the store.

use super::state::ConnectionState;
use super::subscription::{SubscriptionId, SubscriptionView};

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
