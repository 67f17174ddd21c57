//! Subscriptions: the list a session keeps, and what the screen sees of it.

use crate::subjects::{SubjectError, check_pattern};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A subscription's number in its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionId(pub u32);

/// What can be asked of the subscriptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionCommand {
    /// Adds a subscription.
    Add(String),
    /// Pauses or resumes one.
    Pause(SubscriptionId, bool),
    /// Removes one.
    Remove(SubscriptionId),
}

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
    /// As the screen sees it, but for the count.
    pub(super) view: SubscriptionView,
    pub(super) received: Arc<AtomicU64>,
    group: Option<Arc<str>>,
}

impl Subscription {
    /// What is written to the broker to begin it.
    pub(super) fn line(&self) -> String {
        let group = self
            .group
            .as_ref()
            .map_or(String::new(), |group| format!(" {group}"));
        format!("SUB {}{group} {}\r\n", self.view.pattern, self.view.id.0)
    }
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

/// What a command comes to at the broker.
#[derive(Debug)]
pub(super) enum Change {
    /// Begin to receive: it is new.
    Added(Subscription),
    /// Begin to receive again.
    Resumed(Subscription),
    /// Receive no more.
    Ended(SubscriptionId),
    None,
}

/// The list, in the order in which the patterns were added.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    list: Vec<Subscription>,
    last: u32,
    group: Option<Arc<str>>,
}

impl Subscriptions {
    /// None yet; each will be in that queue group.
    pub(super) fn in_group(group: Option<&str>) -> Self {
        Self {
            group: group.map(Arc::from),
            ..Self::default()
        }
    }

    /// Does what a command asks of the list; what it comes to at the broker.
    pub(super) fn obey(&mut self, command: SubscriptionCommand) -> Result<Change, SubscriptionError> {
        Ok(match command {
            SubscriptionCommand::Add(pattern) => Change::Added(self.add(pattern)?),
            SubscriptionCommand::Pause(id, paused) => {
                let mut list = self.list.iter_mut();
                match list.find(|entry| entry.view.id == id && entry.view.paused != paused) {
                    None => Change::None,
                    Some(entry) => {
                        (entry.view.paused, entry.view.denied) = (paused, None);
                        if paused {
                            Change::Ended(id)
                        } else {
                            Change::Resumed(entry.clone())
                        }
                    }
                }
            }
            SubscriptionCommand::Remove(id) => {
                let known = self.list.extract_if(.., |entry| entry.view.id == id).next();
                known.map_or(Change::None, |_| Change::Ended(id))
            }
        })
    }

    fn add(&mut self, pattern: String) -> Result<Subscription, SubscriptionError> {
        check_pattern(&pattern)?;
        if self.list.iter().any(|entry| entry.view.pattern == pattern) {
            return Err(SubscriptionError::Double(pattern));
        }
        self.last += 1;
        let view = SubscriptionView {
            id: SubscriptionId(self.last),
            pattern,
            paused: false,
            denied: None,
            received: 0,
        };
        let entry = Subscription {
            view,
            received: Arc::default(),
            group: self.group.clone(),
        };
        self.list.push(entry.clone());
        Ok(entry)
    }

    /// Marks a pattern as refused by the broker.
    pub(super) fn deny(&mut self, pattern: &str, why: &str) {
        if let Some(entry) = self.list.iter_mut().find(|entry| entry.view.pattern == pattern) {
            entry.view.denied = Some(why.to_owned());
        }
    }

    /// Clears refusals: a new connection may have other permissions.
    pub(super) fn forgive(&mut self) {
        self.list.iter_mut().for_each(|entry| entry.view.denied = None);
    }

    /// Those that should be subscribed at the broker.
    pub(super) fn active(&self) -> Vec<Subscription> {
        self.list
            .iter()
            .filter(|entry| !entry.view.paused)
            .cloned()
            .collect()
    }

    /// What the screen sees.
    pub(super) fn views(&self) -> Vec<SubscriptionView> {
        let view = |entry: &Subscription| SubscriptionView {
            received: entry.received.load(Ordering::Relaxed),
            ..entry.view.clone()
        };
        self.list.iter().map(view).collect()
    }
}
