//! Who is known to receive messages on a subject. The broker does not report other subscribers, so only known ones
//! are named.

use crate::model::figures::counted;
use crate::model::subjects::Subjects;
use natsbridge_engine::{Composition, ResponderView, Store, subject_matches};
use std::collections::BTreeSet;

/// Rows looked at for senders.
const ROWS: u64 = 4_096;
/// Names listed.
const NAMES: usize = 3;

/// Who is known to get what is sent to a subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listeners {
    /// Our own subscriptions that match.
    pub ours: usize,
    /// Our armed answers that match.
    pub responders: usize,
    /// Streams that capture it, by name.
    pub streams: Vec<String>,
    /// Peers that sent on it lately, by name.
    pub peers: Vec<String>,
}

impl Listeners {
    /// Who is known to get a message that is sent.
    pub(crate) fn of(
        message: &Composition,
        responders: &[ResponderView],
        subjects: &Subjects,
        store: &Store,
    ) -> Self {
        let (subject, own) = (&message.subject, &message.sender_name);
        let held = store.range();
        let rows = store.rows(held.start.max(held.end.saturating_sub(ROWS))..held.end);
        let peers: BTreeSet<String> = rows
            .iter()
            .filter(|row| *store.subject(row.subject) == **subject)
            .filter_map(|row| row.digest.as_ref())
            .filter(|digest| !digest.sender.is_empty() && *digest.sender != **own)
            .map(|digest| digest.sender.to_string())
            .collect();
        let gets = |pattern: &String| subject_matches(pattern, subject);
        let subscriptions = subjects.subscriptions.iter();
        let ours = subscriptions.filter(|view| !view.paused && gets(&view.pattern));
        let streams = subjects.streams.streams.iter();
        let streams = streams.filter(|stream| stream.subjects.iter().any(gets));
        Self {
            ours: ours.count(),
            responders: responders.iter().filter(|view| gets(&view.subject)).count(),
            streams: streams.map(|stream| stream.name.clone()).collect(),
            peers: peers.into_iter().collect(),
        }
    }

    /// The listeners in words; foreign names are not yet safe for a terminal.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        if self.ours > 0 {
            words.push(format!("our {}", counted(self.ours, "subscription")));
        }
        if self.responders > 0 {
            words.push(format!("our {}", counted(self.responders, "responder")));
        }
        if !self.streams.is_empty() {
            words.push(format!("stream {}", names(&self.streams)));
        }
        if !self.peers.is_empty() {
            words.push(format!("{} (sent there before)", names(&self.peers)));
        }
        if words.is_empty() {
            words.push("nobody known".into());
        }
        words.join(" · ")
    }
}

fn names(all: &[String]) -> String {
    let text = all[..all.len().min(NAMES)].join(", ");
    match all.len().saturating_sub(NAMES) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_said() {
        assert_eq!(Listeners::default().words(), "nobody known");
        let known = Listeners {
            ours: 1,
            responders: 0,
            streams: vec!["ORDERS".into()],
            peers: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
        };
        assert_eq!(
            known.words(),
            "our 1 subscription · stream ORDERS · a, b, c and 1 more (sent there before)"
        );
    }
}
