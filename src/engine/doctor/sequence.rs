//! Findings that need a sequence of messages: correlation ids used for two requests, replies to unknown requests.

use natsbridge_wire::{Code, Digest, Envelope, Finding};
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

/// The fields by which messages belong together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids<'a> {
    correlation_id: &'a str,
    msg_id: &'a str,
    reply_to: &'a str,
    reply_to_msg_id: &'a str,
}

impl<'a> From<&'a Envelope<'_>> for Ids<'a> {
    fn from(envelope: &'a Envelope<'_>) -> Self {
        Self {
            correlation_id: &envelope.correlation_id,
            msg_id: &envelope.msg_id,
            reply_to: &envelope.reply_to,
            reply_to_msg_id: &envelope.reply_to_msg_id,
        }
    }
}

impl<'a> Ids<'a> {
    /// Those of a digest; `None` for what is no envelope.
    pub fn of(digest: &'a Digest<'_>) -> Option<Self> {
        digest.dialect?;
        Some(Self {
            correlation_id: &digest.correlation_id,
            msg_id: &digest.msg_id,
            reply_to: &digest.reply_to,
            reply_to_msg_id: &digest.reply_to_msg_id,
        })
    }
}

/// What only the messages before it tell of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sequence {
    /// Its correlation id belongs to an earlier request.
    pub correlation_reused: bool,
    /// It answers a message that did not come.
    pub reply_without_request: bool,
}

impl Sequence {
    /// The same as findings about that envelope.
    pub fn findings(self, envelope: &Envelope<'_>) -> impl Iterator<Item = Finding> {
        let reused = self.correlation_reused.then(|| {
            let message = format!(
                "{:?} already belongs to an earlier request: answers to the two cannot be told apart",
                envelope.correlation_id
            );
            Finding::new(Code::CorrelationReused, "correlation_id", message)
        });
        let unasked = self.reply_without_request.then(|| {
            let message = format!(
                "no message with the id {:?} was seen before",
                envelope.reply_to_msg_id
            );
            Finding::new(Code::ReplyWithoutRequest, "reply_to_msg_id", message)
        });
        reused.into_iter().chain(unasked)
    }
}

/// Messages seen from one source, in order of arrival. Keeps a limited number; stores hashes of ids, never the ids.
#[derive(Debug)]
pub struct SeenMessages {
    most: usize,
    hashes: RandomState,
    /// The messages remembered, oldest first: hash of the id, hash of the correlation id of a request.
    order: VecDeque<(u64, Option<u64>)>,
    /// How often a message id is remembered.
    seen: HashMap<u64, u32>,
    /// By correlation id: the message that began the request.
    requests: HashMap<u64, u64>,
    forgot: bool,
}

impl SeenMessages {
    /// Nothing seen yet; remembers `most` messages.
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            hashes: RandomState::new(),
            order: VecDeque::new(),
            seen: HashMap::new(),
            requests: HashMap::new(),
            forgot: false,
        }
    }

    /// Adds the next message, and says what follows from the earlier ones.
    pub fn take(&mut self, ids: Ids<'_>) -> Sequence {
        let (id, request) = (self.hash(ids.msg_id), self.request(ids));
        let began = request.and_then(|request| self.requests.get(&request));
        let sequence = Sequence {
            correlation_reused: began.is_some_and(|began| *began != id),
            // The very first message may well answer an earlier one.
            reply_without_request: !ids.reply_to_msg_id.is_empty()
                && !self.order.is_empty()
                && !self.forgot
                && !self.seen.contains_key(&self.hash(ids.reply_to_msg_id)),
        };
        self.remember(id, request);
        sequence
    }

    fn remember(&mut self, id: u64, request: Option<u64>) {
        *self.seen.entry(id).or_default() += 1;
        if let Some(request) = request {
            self.requests.entry(request).or_insert(id);
        }
        self.order.push_back((id, request));
        if self.order.len() > self.most {
            self.forget();
        }
    }

    fn forget(&mut self) {
        let Some((id, request)) = self.order.pop_front() else {
            return;
        };
        self.forgot = true;
        if let Some(times) = self.seen.get_mut(&id) {
            *times -= 1;
            if *times == 0 {
                self.seen.remove(&id);
            }
        }
        if let Some(request) = request
            && self.requests.get(&request) == Some(&id)
        {
            self.requests.remove(&request);
        }
    }

    /// The correlation id's hash, if the message asks for an answer and answers none itself.
    fn request(&self, ids: Ids<'_>) -> Option<u64> {
        let asks =
            !ids.reply_to.is_empty() && ids.reply_to_msg_id.is_empty() && !ids.correlation_id.is_empty();
        asks.then(|| self.hash(ids.correlation_id))
    }

    fn hash(&self, id: &str) -> u64 {
        self.hashes.hash_one(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<'a>(correlation_id: &'a str, msg_id: &'a str, reply_to: &'a str, answers: &'a str) -> Ids<'a> {
        Ids {
            correlation_id,
            msg_id,
            reply_to,
            reply_to_msg_id: answers,
        }
    }

    const NOTHING: Sequence = Sequence {
        correlation_reused: false,
        reply_without_request: false,
    };

    #[test]
    fn conversations_that_go_well_say_nothing() {
        let mut seen = SeenMessages::new(9);
        for (correlation, id, reply_to, answers) in [
            ("c1", "m1", "back", ""),
            ("c1", "m2", "", "m1"),
            ("c1", "m3", "", "m1"),
            ("c2", "m4", "back", ""),
            // Delivered twice.
            ("c2", "m4", "back", ""),
            // A conversation goes on: it answers and asks.
            ("c2", "m5", "back", "m4"),
            ("", "m6", "back", ""),
            ("", "m7", "back", ""),
        ] {
            let told = seen.take(message(correlation, id, reply_to, answers));
            assert_eq!(told, NOTHING, "{id}");
        }
    }

    #[test]
    fn a_reused_correlation_and_an_answer_to_nothing_are_told() {
        let mut seen = SeenMessages::new(9);
        assert_eq!(seen.take(message("c0", "m0", "", "before")), NOTHING);
        seen.take(message("c1", "m1", "back", ""));
        let reused = seen.take(message("c1", "m2", "back", ""));
        let unasked = seen.take(message("c1", "m3", "", "m9"));
        let envelope = Envelope {
            correlation_id: "c1".into(),
            reply_to_msg_id: "m9".into(),
            ..Envelope::default()
        };
        let told = |sequence: Sequence| -> Vec<(Code, String)> {
            let findings = sequence.findings(&envelope);
            findings.map(|finding| (finding.code, finding.message)).collect()
        };
        let [(code, message)] = &told(reused)[..] else {
            panic!("one finding")
        };
        assert!(*code == Code::CorrelationReused && message.starts_with("\"c1\" already belongs"));
        let unseen = "no message with the id \"m9\" was seen before".to_owned();
        assert_eq!(told(unasked), [(Code::ReplyWithoutRequest, unseen)]);
    }

    #[test]
    fn what_was_forgotten_accuses_nobody() {
        let mut seen = SeenMessages::new(2);
        seen.take(message("c1", "m1", "back", ""));
        seen.take(message("c2", "m2", "back", ""));
        seen.take(message("c3", "m3", "back", ""));
        assert_eq!(seen.take(message("c1", "m4", "", "m1")), NOTHING);
        assert_eq!(seen.take(message("c1", "m5", "back", "")), NOTHING);
        assert!(seen.order.len() <= 2 && seen.seen.len() <= 2 && seen.requests.len() <= 2);
    }
}
