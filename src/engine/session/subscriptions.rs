//! Subscriptions: the list a session keeps, and what the screen sees of it.

use crate::subjects::{SubjectError, check_pattern};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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

/// One entry of the list; the ingest task counts in `received`.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    pub(super) id: SubscriptionId,
    pub(super) pattern: String,
    pub(super) paused: bool,
    pub(super) denied: Option<String>,
    pub(super) received: Arc<AtomicU64>,
}

/// Why a pattern is not subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SubscriptionError {
    /// It is no pattern.
    #[error(transparent)]
    Pattern(#[from] SubjectError),
    /// It is in the list already.
    #[error("{0} is already subscribed to")]
    Double(String),
}

/// The list, in the order in which the patterns were added.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    list: Vec<Subscription>,
    last: u32,
}

impl Subscriptions {
    /// Adds a pattern.
    pub(super) fn add(&mut self, pattern: &str) -> Result<Subscription, SubscriptionError> {
        check_pattern(pattern)?;
        if self.list.iter().any(|entry| entry.pattern == pattern) {
            return Err(SubscriptionError::Double(pattern.to_owned()));
        }
        self.last += 1;
        let entry = Subscription {
            id: SubscriptionId(self.last),
            pattern: pattern.to_owned(),
            paused: false,
            denied: None,
            received: Arc::default(),
        };
        self.list.push(entry.clone());
        Ok(entry)
    }

    /// Pauses or resumes one; returns it if that changed something.
    pub(super) fn pause(&mut self, id: SubscriptionId, paused: bool) -> Option<Subscription> {
        let entry = self
            .list
            .iter_mut()
            .find(|entry| entry.id == id && entry.paused != paused)?;
        entry.paused = paused;
        entry.denied = None;
        Some(entry.clone())
    }

    /// Takes one out; false if there is none of that number.
    pub(super) fn remove(&mut self, id: SubscriptionId) -> bool {
        let before = self.list.len();
        self.list.retain(|entry| entry.id != id);
        self.list.len() < before
    }

    /// Marks a pattern as refused by the broker; false if it is not ours.
    pub(super) fn deny(&mut self, pattern: &str, why: &str) -> bool {
        let entry = self.list.iter_mut().find(|entry| entry.pattern == pattern);
        entry.map(|entry| entry.denied = Some(why.to_owned())).is_some()
    }

    /// Clears refusals: a new connection may have other permissions.
    pub(super) fn forgive(&mut self) {
        self.list.iter_mut().for_each(|entry| entry.denied = None);
    }

    /// Those that should be subscribed at the broker.
    pub(super) fn active(&self) -> Vec<Subscription> {
        self.list.iter().filter(|entry| !entry.paused).cloned().collect()
    }

    /// What the screen sees.
    pub(super) fn views(&self) -> Vec<SubscriptionView> {
        let view = |entry: &Subscription| SubscriptionView {
            id: entry.id,
            pattern: entry.pattern.clone(),
            paused: entry.paused,
            denied: entry.denied.clone(),
            received: entry.received.load(Ordering::Relaxed),
        };
        self.list.iter().map(view).collect()
    }
}
