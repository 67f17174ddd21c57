//! The timeline for display: short facts about all conversations, a single one, latencies.

use super::conversation::{Class, Conversation, Entry, Number};
use super::latency::LatencyView;
use super::model::{ConversationId, ConversationMessage, ConversationState, ConversationView, Part};
use super::timeline::Timeline;
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

impl ConversationSummary<'_> {
    /// Whether its key, or a name, subject or purpose in it, passes a test. Foreign texts.
    pub fn mentions(&self, test: impl FnMut(&str) -> bool) -> bool {
        mentions(self.conversation, test)
    }
}

impl Timeline {
    /// Looks at every conversation, in no order; how each stands is told for the time `now_us`.
    pub fn each(&self, now_us: i64, mut visit: impl FnMut(ConversationSummary<'_>)) {
        for (id, conversation) in &self.conversations {
            visit(ConversationSummary {
                id: *id,
                state: conversation.state(now_us, self.limit_us),
                latency_us: conversation.latency_us,
                waiting_us: conversation.waiting(),
                is_single: conversation.class == Class::Single,
                conversation,
            });
        }
    }

    /// A conversation with at most so many of its newest messages, as it is at the time `now_us`.
    pub fn view(&self, id: ConversationId, now_us: i64, most: usize) -> Option<ConversationView> {
        let conversation = self.conversations.get(&id)?;
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
            let asker = entry
                .answers
                .and_then(|number| conversation.get(number))
                .map(name);
            let named = Some(entry.receiver.clone()).filter(|name| !name.is_empty());
            let to = match entry.part {
                Part::Reply => asker.or(named),
                _ => answerer.map(name).or(named),
            };
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
        Some(ConversationView {
            id,
            key: conversation.key.clone(),
            state: conversation.state(now_us, self.limit_us),
            lanes,
            messages,
            earlier: u64::from(first),
            transfers: conversation.transfers.clone(),
            first_us: conversation.first_us,
            last_us: conversation.last_us,
            latency_us: conversation.latency_us,
            waiting_us: conversation.waiting(),
        })
    }

    /// A conversation's key, foreign text.
    pub fn key(&self, id: ConversationId) -> Option<Arc<str>> {
        Some(self.conversations.get(&id)?.key.clone())
    }

    /// Whether a conversation's key, or a name, subject or purpose in it, passes a test. Foreign texts.
    pub fn mentions(&self, id: ConversationId, test: impl FnMut(&str) -> bool) -> bool {
        let conversation = self.conversations.get(&id);
        conversation.is_some_and(|conversation| mentions(conversation, test))
    }

    /// The numbers of its messages, rising.
    pub fn seqs(&self, id: ConversationId) -> Vec<u64> {
        let conversation = self.conversations.get(&id);
        let entries = conversation.into_iter().flat_map(Conversation::entries);
        entries.map(|entry| entry.seq).collect()
    }

    /// How many answers came to a message of a conversation.
    pub fn replies(&self, id: ConversationId, seq: u64) -> Option<u32> {
        let entries = self.conversations.get(&id)?.entries();
        let at = entries.binary_search_by_key(&seq, |entry| entry.seq).ok()?;
        entries.get(at).map(|entry| entry.replies)
    }

    /// The microseconds that a share (0 to 1) of all first answers did not exceed; `None` before there is one.
    pub fn latency(&self, share: f64) -> Option<u64> {
        self.latencies.all.quantile(share)
    }

    /// Latencies of first answers.
    pub fn latencies(&self) -> LatencyView {
        self.latencies.view()
    }
}

fn mentions(conversation: &Conversation, mut test: impl FnMut(&str) -> bool) -> bool {
    test(&conversation.key)
        || conversation.entries().iter().any(|entry| {
            let texts = [&entry.subject, &entry.sender, &entry.receiver, &entry.purpose];
            texts.into_iter().any(|text| test(text))
        })
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
