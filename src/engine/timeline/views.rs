//! Conversations for display: short facts for a list, and one with its messages. Changes nothing.

use super::conversation::{Class, Conversation, Entry, Number};
use super::model::{ConversationId, ConversationMessage, ConversationState, ConversationView, Part};
use std::sync::Arc;

/// What a list of conversations is sorted and filtered by.
#[derive(Debug, Clone, Copy)]
pub struct ConversationSummary<'a> {
    /// Which.
    pub id: ConversationId,
    /// How it stands.
    pub state: ConversationState,
    /// Microseconds that the slowest first answer took.
    pub latency_us: Option<u64>,
    /// When the request that waits longest was sent, microseconds since the Unix epoch.
    pub waiting_us: Option<i64>,
    /// Whether it is one message that wants no answer: no conversation yet.
    pub is_single: bool,
    conversation: &'a Conversation,
}

impl<'a> ConversationSummary<'a> {
    /// Tells how a conversation stands at the time `now_us`.
    pub(super) fn of(
        (id, conversation): (ConversationId, &'a Conversation),
        now_us: i64,
        limit_us: i64,
    ) -> Self {
        Self {
            id,
            state: conversation.state(now_us, limit_us),
            latency_us: conversation.latency_us,
            waiting_us: conversation.waiting(),
            is_single: conversation.class == Class::Single,
            conversation,
        }
    }

    /// Whether its key, or a name, subject or purpose in it, passes a test. Foreign texts.
    pub fn mentions(&self, test: impl FnMut(&str) -> bool) -> bool {
        self.conversation.mentions(test)
    }
}

/// A conversation with at most so many of its newest messages, as it is at the time `now_us`.
pub(super) fn view(
    (id, conversation): (ConversationId, &Conversation),
    now_us: i64,
    limit_us: i64,
    most: usize,
) -> ConversationView {
    let skipped = conversation.entries().len().saturating_sub(most);
    let first = conversation.first() + skipped as Number;
    let kept = || conversation.entries().iter().skip(skipped);
    // Who answered what, so that requests get a receiver.
    let mut answerers: Vec<Option<&Entry>> = vec![None; kept().len()];
    for entry in kept() {
        let request = entry.answers.and_then(|number| place(number, first));
        if let Some(slot) = request.and_then(|place| answerers.get_mut(place)) {
            slot.get_or_insert(entry);
        }
    }
    let name = |entry: &Entry| sender(conversation, entry);
    let mut lanes: Vec<Arc<str>> = Vec::new();
    let mut messages = Vec::with_capacity(answerers.len());
    for (entry, answerer) in kept().zip(answerers) {
        let from = lane(&mut lanes, name(entry));
        let asker = entry.answers.and_then(|number| conversation.get(number));
        let asker = asker.filter(|_| entry.part == Part::Reply);
        let answerer = answerer.filter(|_| entry.part != Part::Reply);
        let named = Some(entry.receiver.clone()).filter(|name| !name.is_empty());
        let to = asker.or(answerer).map(name).or(named);
        messages.push(ConversationMessage {
            seq: entry.seq,
            at_us: entry.at_us,
            subject: entry.subject.clone(),
            from,
            to: to.map(|name| lane(&mut lanes, name)),
            purpose: entry.purpose.clone(),
            part: entry.part,
            answers: entry.answers.and_then(|number| place(number, first)),
            latency_us: entry.latency_us,
            replies: entry.replies,
            outcome: entry.outcome,
            stamp: entry.stamp,
            marks: entry.marks,
            bytes: entry.bytes,
            links: entry.links,
        });
    }
    ConversationView {
        id,
        key: conversation.key.clone(),
        state: conversation.state(now_us, limit_us),
        lanes,
        messages,
        earlier: u64::from(first),
        transfers: conversation.transfers.clone(),
        first_us: conversation.first_us,
        last_us: conversation.last_us,
        latency_us: conversation.latency_us,
        waiting_us: conversation.waiting(),
    }
}

/// The name of a sender; who answers without one is called by the subject that was asked.
fn sender(conversation: &Conversation, entry: &Entry) -> Arc<str> {
    let asked = entry.answers.and_then(|number| conversation.get(number));
    match asked {
        Some(asked) if entry.sender.is_empty() => asked.subject.clone(),
        _ => entry.sender.clone(),
    }
}

fn place(number: Number, first: Number) -> Option<usize> {
    Some(number.checked_sub(first)? as usize)
}

fn lane(lanes: &mut Vec<Arc<str>>, name: Arc<str>) -> usize {
    lanes.iter().position(|lane| *lane == name).unwrap_or_else(|| {
        lanes.push(name);
        lanes.len() - 1
    })
}
