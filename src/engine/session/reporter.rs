//! Reports the session's state to the workbench: each state once, each list when it changed. Independent of the connection.

use super::events::Event;
use super::subscriptions::SubscriptionView;
use crate::connect::ConnectionState;
use natsbridge_wire::Severity;
use tokio::sync::mpsc;

/// The event channel to the workbench, with what was reported last.
#[derive(Debug)]
pub(super) struct StatusReporter {
    pub(super) events: mpsc::Sender<Event>,
    shown: Option<Event>,
    listed: Option<Event>,
}

impl StatusReporter {
    /// Nothing told yet.
    pub(super) fn new(events: mpsc::Sender<Event>) -> Self {
        Self {
            events,
            shown: None,
            listed: None,
        }
    }

    /// Sends a notice, unless the screen is so far behind that it would not be read anyway.
    pub(super) fn tell(&self, severity: Severity, text: String) {
        self.events.try_send(Event::Notice(severity, text)).ok();
    }

    /// Whether the last state reported was a lost connection.
    pub(super) fn shows_a_loss(&self) -> bool {
        matches!(self.shown, Some(Event::Connection(ConnectionState::Lost { .. })))
    }

    /// Shows the state, if it changed.
    pub(super) async fn show(&mut self, state: ConnectionState) {
        send_new(&self.events, &mut self.shown, Event::Connection(state)).await;
    }

    /// Shows the subscriptions, if they changed.
    pub(super) async fn list(&mut self, views: Vec<SubscriptionView>) {
        send_new(&self.events, &mut self.listed, Event::Subscriptions(views)).await;
    }
}

/// Sends an event unless it was the last one of its kind.
async fn send_new(events: &mpsc::Sender<Event>, last: &mut Option<Event>, event: Event) {
    if last.as_ref() != Some(&event) {
        *last = Some(event.clone());
        events.send(event).await.ok();
    }
}
