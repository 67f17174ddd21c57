//! Findings that need a sequence of messages: correlation ids used for two requests, replies to unknown requests.

use natsbridge_wire::{Code, DecodedMessage, Envelope, Finding};
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

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

    /// Adds the next message, and returns the findings that follow from earlier ones.
    pub fn take(&mut self, message: &DecodedMessage) -> Vec<Finding> {
        let mut findings = Vec::new();
        let Some((_, envelope)) = &message.envelope else {
            return findings;
        };
        findings.extend(self.reused(envelope));
        findings.extend(self.unasked(envelope));
        self.remember(envelope);
        findings
    }

    fn reused(&self, envelope: &Envelope<'_>) -> Option<Finding> {
        let began = self.requests.get(&self.request(envelope)?)?;
        let other = *began != self.hash(&envelope.msg_id);
        other.then(|| {
            let message = format!(
                "{:?} already belongs to an earlier request: answers to the two cannot be told apart",
                envelope.correlation_id
            );
            Finding::new(Code::CorrelationReused, "correlation_id", message)
        })
    }

    /// A reply whose request was not seen. The very first message may well answer an earlier one.
    fn unasked(&self, envelope: &Envelope<'_>) -> Option<Finding> {
        let asked = &envelope.reply_to_msg_id;
        let told = !asked.is_empty()
            && !self.order.is_empty()
            && !self.forgot
            && !self.seen.contains_key(&self.hash(asked));
        told.then(|| {
            let message = format!("no message with the id {asked:?} was seen before");
            Finding::new(Code::ReplyWithoutRequest, "reply_to_msg_id", message)
        })
    }

    fn remember(&mut self, envelope: &Envelope<'_>) {
        let id = self.hash(&envelope.msg_id);
        let request = self.request(envelope);
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
    fn request(&self, envelope: &Envelope<'_>) -> Option<u64> {
        let asks = !envelope.reply_to.is_empty()
            && envelope.reply_to_msg_id.is_empty()
            && !envelope.correlation_id.is_empty();
        asks.then(|| self.hash(&envelope.correlation_id))
    }

    fn hash(&self, id: &str) -> u64 {
        self.hashes.hash_one(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::{Limits, decode_message};

    fn message(correlation: &str, id: &str, reply_to: &str, answers: &str) -> DecodedMessage {
        let json = format!(
            r#"{{"correlation_id":"{correlation}","msg_id":"{id}","send_to":"a","reply_to":"{reply_to}","reply_to_msg_id":"{answers}","payloads":[]}}"#
        );
        decode_message(&json.into_bytes().into(), "", &Limits::DEFAULT)
    }

    fn codes(findings: &[Finding]) -> Vec<Code> {
        findings.iter().map(|finding| finding.code).collect()
    }

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
            assert!(
                seen.take(&message(correlation, id, reply_to, answers)).is_empty(),
                "{id}"
            );
        }
    }

    #[test]
    fn a_reused_correlation_and_an_answer_to_nothing_are_told() {
        let mut seen = SeenMessages::new(9);
        assert!(seen.take(&message("c0", "m0", "", "before")).is_empty());
        seen.take(&message("c1", "m1", "back", ""));
        assert_eq!(
            codes(&seen.take(&message("c1", "m2", "back", ""))),
            [Code::CorrelationReused]
        );
        assert_eq!(
            codes(&seen.take(&message("c1", "m3", "", "m9"))),
            [Code::ReplyWithoutRequest]
        );
    }

    #[test]
    fn what_was_forgotten_accuses_nobody() {
        let mut seen = SeenMessages::new(2);
        seen.take(&message("c1", "m1", "back", ""));
        seen.take(&message("c2", "m2", "back", ""));
        seen.take(&message("c3", "m3", "back", ""));
        assert!(seen.take(&message("c1", "m4", "", "m1")).is_empty());
        assert!(seen.take(&message("c1", "m5", "back", "")).is_empty());
        assert!(seen.order.len() <= 2 && seen.seen.len() <= 2 && seen.requests.len() <= 2);
    }
}
