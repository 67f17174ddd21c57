//! What the session tells the workbench of itself: each state once, each list when it changed, losses now and then. Knows
//! no connection.

use super::events::Event;
use super::subscriptions::SubscriptionView;
use crate::connect::ConnectionState;
use natsbridge_wire::Severity;
use natsbridge_wire::Severity::Warning;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Least time between two notices about dropped messages.
const DROP_NOTICE: Duration = Duration::from_secs(5);

/// The way to the workbench, with what it was told last.
#[derive(Debug)]
pub(super) struct Bulletin {
    pub(super) events: mpsc::Sender<Event>,
    shown: Option<Event>,
    listed: Option<Event>,
    dropped_told: (u64, Option<Instant>),
}

impl Bulletin {
    /// Nothing told yet.
    pub(super) fn new(events: mpsc::Sender<Event>) -> Self {
        Self {
            events,
            shown: None,
            listed: None,
            dropped_told: (0, None),
        }
    }

    /// Tells a person something, unless the screen is so far behind that it would not be read anyway.
    pub(super) fn tell(&self, severity: Severity, text: String) {
        self.events.try_send(Event::Notice(severity, text)).ok();
    }

    /// Says how many messages were dropped in all, if it became more and the last time is a while ago.
    pub(super) fn tell_dropped(&mut self, dropped: u64) {
        let (told, at) = self.dropped_told;
        if dropped > told && at.is_none_or(|at| at.elapsed() >= DROP_NOTICE) {
            self.dropped_told = (dropped, Some(Instant::now()));
            self.tell(Warning, format!(
                "{} messages were dropped, {dropped} in all: more came than could be taken in. Subscribe to less.",
                dropped - told
            ));
        }
    }

    /// Whether the last state shown is that of a lost connection.
    pub(super) fn shows_a_loss(&self) -> bool {
        matches!(self.shown, Some(Event::Connection(ConnectionState::Lost { .. })))
    }

    /// Shows the state, if it changed.
    pub(super) async fn show(&mut self, state: ConnectionState) {
        let event = Some(Event::Connection(state));
        if self.shown != event {
            self.shown.clone_from(&event);
            self.send(event).await;
        }
    }

    /// Shows the subscriptions, if they changed.
    pub(super) async fn list(&mut self, views: Vec<SubscriptionView>) {
        let event = Some(Event::Subscriptions(views));
        if self.listed != event {
            self.listed.clone_from(&event);
            self.send(event).await;
        }
    }

    async fn send(&self, event: Option<Event>) {
        if let Some(event) = event {
            self.events.send(event).await.ok();
        }
    }
}
