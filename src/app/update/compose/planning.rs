//! Requests a plan of what would be sent, a moment after the last change; the latest request wins.

use crate::model::{ComposeWork, Effect, Listeners, Planning, State, Way};
use natsbridge_engine::{ConnectionState, Place, RequestOptions, SendMode, subject_matches};
use std::collections::BTreeSet;

/// Rows looked at for senders.
const ROWS: u64 = 4_096;

/// The subject to plan with while none is set.
const STAND_IN: &str = "subject";

/// A stand-in for an inbox while there is no connection.
const INBOX: &str = "_INBOX.0000000000000000000000";

impl State {
    /// Microseconds until a plan is to be made.
    pub(crate) fn plan_due(&self) -> Option<i64> {
        self.compose.planning.due(self.now_us)
    }

    /// Notices changes, and requests a plan once they have settled.
    pub(crate) fn attend_compose(&mut self, effects: &mut Vec<Effect>) {
        if self.compose.is_blank() {
            self.compose.planning = Planning::default();
            return;
        }
        let basis = (self.compose.revision, self.way());
        self.compose.planning.see(basis.clone(), self.now_us);
        if self.plan_due() == Some(0) {
            let mut message = Box::new(self.compose.message.clone());
            let listeners = self.listeners(&message.subject);
            // An invalid subject is reported beside it; the payloads can be planned anyway.
            if self
                .compose
                .issues
                .iter()
                .any(|issue| issue.place == Place::Subject)
            {
                message.subject = STAND_IN.into();
            }
            self.compose.planning.ask(basis.clone(), listeners);
            effects.push(Effect::Compose(ComposeWork::Plan(basis.0, message, basis.1)));
        }
    }

    /// How the message would be sent now.
    pub(super) fn way(&self) -> Way {
        let (server, inbox, most) = match &self.connection {
            ConnectionState::Connected { server, .. } => {
                let scheme = if server.tls { "tls" } else { "nats" };
                let address = format!("{scheme}://{}", server.address);
                (address, server.inbox.as_str(), server.max_payload)
            }
            ConnectionState::Connecting { address, .. }
            | ConnectionState::Lost { address, .. }
            | ConnectionState::Refused { address, .. } => (address.clone(), "", 0),
            _ => ("nats://127.0.0.1:4222".to_owned(), "", 0),
        };
        let wait = self.compose.settings.request.then(|| {
            // Invalid values are reported beside their fields.
            match self.compose.settings.read().map(|times| times.mode) {
                Ok(SendMode::Request { timeout, replies }) => RequestOptions {
                    timeout,
                    replies,
                    ..RequestOptions::default()
                },
                _ => RequestOptions::default(),
            }
        });
        Way {
            server,
            inbox: if inbox.is_empty() { INBOX } else { inbox }.to_owned(),
            most: Some(most).filter(|most| *most > 0),
            wait,
        }
    }

    /// Updates who is known to receive the message, because a listener came or went.
    pub(crate) fn refresh_listeners(&mut self) {
        if self.compose.planning.plan.is_some() {
            self.compose.planning.listeners = self.listeners(&self.compose.message.subject);
        }
    }

    /// Who is known to get what is sent to a subject.
    fn listeners(&self, subject: &str) -> Listeners {
        let own = &self.compose.message.sender_name;
        let held = self.store.range();
        let rows = self
            .store
            .rows(held.start.max(held.end.saturating_sub(ROWS))..held.end);
        let peers: BTreeSet<String> = rows
            .iter()
            .filter(|row| *self.store.subject(row.subject) == *subject)
            .filter_map(|row| row.digest.as_ref())
            .filter(|digest| !digest.sender.is_empty() && *digest.sender != *own)
            .map(|digest| digest.sender.to_string())
            .collect();
        let subscriptions = self.subscriptions.iter();
        let responders = self.compose.responders.iter();
        let streams = self.streams.streams.iter();
        Listeners {
            ours: subscriptions
                .filter(|view| !view.paused && subject_matches(&view.pattern, subject))
                .count(),
            responders: responders
                .filter(|view| subject_matches(&view.subject, subject))
                .count(),
            streams: streams
                .filter(|stream| {
                    stream
                        .subjects
                        .iter()
                        .any(|pattern| subject_matches(pattern, subject))
                })
                .map(|stream| stream.name.clone())
                .collect(),
            peers: peers.into_iter().collect(),
        }
    }
}
