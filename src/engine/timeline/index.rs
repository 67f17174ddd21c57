//! Indexes from messages to conversations: correlation ids, message ids, reply subjects. Lookup is done here; the
//! consequences are drawn by the timeline.

use super::conversation::{Entry, Number};
use super::model::{ConversationId, Marks, Stamp, TimelineMessage};
use natsbridge_wire::parse_timestamp_us;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Acknowledgements to a stream go to subjects that begin so.
const ACK: &str = "$JS.ACK.";
/// What is sent here gets messages, not an answer.
const NO_ANSWER: &[&str] = &["$JS.API.CONSUMER.MSG.NEXT.", "$JS.FC."];

/// What is asked here is meant to be answered by many.
const MANY: &[&str] = &["$SRV.", "$SYS."];

/// A message's place in the book.
pub(super) type Place = (ConversationId, Number);

/// A request that wants its answers on a subject.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) place: Place,
    /// The message that told so: the request, or one that repeats it.
    pub(super) owner: Place,
    /// Whether it is the NATS reply subject, which an asker makes for itself.
    pub(super) nats: bool,
    pub(super) asker: Arc<str>,
    pub(super) asked_us: i64,
}

/// The ids of an arriving message, ready to be looked up; empty where it has none.
pub(super) struct MessageKeys<'a> {
    pub(super) correlation: Cow<'a, str>,
    pub(super) message: Cow<'a, str>,
    pub(super) answered: Cow<'a, str>,
}

/// Where an arriving message belongs.
#[derive(Default)]
pub(super) struct Found {
    pub(super) conversation: Option<ConversationId>,
    pub(super) answers: Option<Place>,
    pub(super) marks: Marks,
}

impl<'a> MessageKeys<'a> {
    pub(super) fn of(arrival: &TimelineMessage<'a>, most: usize) -> Self {
        Self {
            correlation: key(&arrival.digest.correlation_id, most),
            message: key(&arrival.digest.msg_id, most),
            answered: key(&arrival.digest.reply_to_msg_id, most),
        }
    }
}

/// The indexes to conversations.
#[derive(Debug, Default)]
pub(super) struct ConversationIndex {
    pub(super) correlations: HashMap<Arc<str>, ConversationId>,
    pub(super) messages: HashMap<Arc<str>, Place>,
    /// Requests that were referred to before they arrived.
    pub(super) orphans: HashMap<Arc<str>, ConversationId>,
    pub(super) waiting: HashMap<Arc<str>, VecDeque<Waiting>>,
}

impl ConversationIndex {
    /// Notes that a request wants answers on `subject`; gives the key to forget it by.
    pub(super) fn wait(&mut self, subject: &str, waiting: Waiting, most: usize) -> Arc<str> {
        let key = match self.waiting.get_key_value(subject) {
            Some((key, _)) => key.clone(),
            None => subject.into(),
        };
        let queue = self.waiting.entry(key.clone()).or_default();
        if queue.len() >= most {
            queue.pop_front();
        }
        queue.push_back(waiting);
        key
    }

    /// Forgets the ways to a message.
    pub(super) fn forget(&mut self, place: Place, entry: &Entry) {
        if let Some(msg_id) = &entry.msg_id
            && self.messages.get(msg_id) == Some(&place)
        {
            self.messages.remove(msg_id);
        }
        if let Some(orphan) = &entry.orphan
            && self.orphans.get(orphan) == Some(&place.0)
        {
            self.orphans.remove(orphan);
        }
        for subject in entry.places.iter().flatten() {
            if let Some(queue) = self.waiting.get_mut(subject) {
                queue.retain(|waiting| waiting.owner != place);
                if queue.is_empty() {
                    self.waiting.remove(subject);
                }
            }
        }
    }
}

/// The key of an id: itself, or its hash where it is too long to be kept.
pub(super) fn key(id: &str, most: usize) -> Cow<'_, str> {
    if id.len() <= most {
        return Cow::Borrowed(id);
    }
    Cow::Owned(format!("sha256:{:.32x}", Sha256::digest(id.as_bytes())))
}

/// Whether it is a stream's delivery: the message itself came before, on its own.
pub(super) fn is_delivery(reply: Option<&str>) -> bool {
    reply.is_some_and(|reply| reply.starts_with(ACK))
}

/// The NATS reply subject, where an answer is wanted on it.
pub(super) fn wanted<'a>(subject: &str, reply: Option<&'a str>) -> Option<&'a str> {
    let reply = reply.filter(|reply| !reply.is_empty() && !reply.starts_with(ACK))?;
    let none = NO_ANSWER.iter().any(|start| subject.starts_with(start));
    (!none).then_some(reply)
}

/// What a sender's stamp says.
pub(super) fn stamp(text: &str) -> Stamp {
    match text {
        "" => Stamp::None,
        text => parse_timestamp_us(text).map_or(Stamp::Unreadable, Stamp::At),
    }
}

/// Whether several answers were asked for.
pub(super) fn asks_many(subject: &str) -> bool {
    MANY.iter().any(|start| subject.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ids_are_hashed_and_still_told_apart() {
        let long = |end: char| "x".repeat(200) + &end.to_string();
        assert_eq!(key("short", 128), "short");
        assert_eq!(key(&long('a'), 128), key(&long('a'), 128));
        assert_ne!(key(&long('a'), 128), key(&long('b'), 128));
        assert!(key(&long('a'), 128).len() <= 128);
    }

    #[test]
    fn streams_ask_for_no_answer() {
        assert_eq!(wanted("a", Some("_INBOX.1")), Some("_INBOX.1"));
        assert_eq!(wanted("a", Some("$JS.ACK.S.C.1.1.1.0.0")), None);
        assert_eq!(wanted("$JS.API.CONSUMER.MSG.NEXT.S.C", Some("_INBOX.1")), None);
        assert_eq!(wanted("a", None), None);
        assert!(is_delivery(Some("$JS.ACK.S.C.1.1.1.0.0")) && !is_delivery(Some("_INBOX.1")));
    }
}
