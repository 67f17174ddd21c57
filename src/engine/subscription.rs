//! Subscriptions as the screen sees them.

/// A subscription's number in its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionId(pub u32);

/// One pattern subscribed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionView {
    /// Number.
    pub id: SubscriptionId,
    /// Pattern as given.
    pub pattern: String,
    /// Whether it is paused (unsubscribed at the broker, kept in the list).
    pub paused: bool,
    /// Why the broker refused it.
    pub denied: Option<String>,
    /// Messages that came through it.
    pub received: u64,
}
