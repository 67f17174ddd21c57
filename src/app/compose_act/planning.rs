//! Having it planned what would go out: elsewhere, a moment after the last change, the latest wins.

use crate::app::compose::{ComposeWork, Listeners, Planning};
use crate::app::message::Effect;
use crate::app::state::State;
use crate::engine::{ConnectionState, Place, subject_matches};
use std::collections::BTreeSet;

/// Rows looked at for senders.
const ROWS: u64 = 4_096;

/// The subject of a plan while there is none to send to.
const STAND_IN: &str = "subject";

impl State {
    /// Microseconds until a plan is to be made.
    pub(crate) fn plan_due(&self) -> Option<i64> {
        self.compose.planning.due(self.now_us)
    }

    /// Takes note of changes, and asks for a plan once they have settled.
    pub(crate) fn attend_compose(&mut self, effects: &mut Vec<Effect>) {
        let most = match &self.connection {
            ConnectionState::Connected { server, .. } => Some(server.max_payload).filter(|most| *most > 0),
            _ => None,
        };
        if self.compose.is_blank() {
            self.compose.planning = Planning::default();
            return;
        }
        let basis = (self.compose.revision, most);
        self.compose.planning.see(basis, self.now_us);
        if self.plan_due() == Some(0) {
            let mut message = Box::new(self.compose.message.clone());
            let listeners = self.listeners(&message.subject);
            // What is wrong with the subject is said beside it; the payloads can be planned all the same.
            if self
                .compose
                .issues
                .iter()
                .any(|issue| issue.place == Place::Subject)
            {
                message.subject = STAND_IN.into();
            }
            self.compose.planning.ask(basis, listeners);
            effects.push(Effect::Compose(ComposeWork::Plan(basis.0, message, most)));
        }
    }

    /// Finds out anew who is known to get the message, because one of them came or went.
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
