//! One conversation: its messages in order of arrival and its state. Matching messages to it happens elsewhere.

use super::model::{ConversationState, LinkTransfer, Mark, Marks, Part, RequestOutcome, Stamp};
use std::collections::VecDeque;
use std::sync::Arc;

/// A message's number within its conversation, from 0.
pub(super) type Number = u32;

/// A message in the book.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) at_us: i64,
    pub(super) subject: Arc<str>,
    pub(super) sender: Arc<str>,
    pub(super) receiver: Arc<str>,
    pub(super) purpose: Arc<str>,
    /// Its id, as the book's map has it.
    pub(super) msg_id: Option<Arc<str>>,
    /// The subjects that answers are wanted on, as the book's map has them.
    pub(super) places: [Option<Arc<str>>; 2],
    /// The id of the request that it names and nobody has seen, as the book's map has it.
    pub(super) orphan: Option<Arc<str>>,
    pub(super) answers: Option<Number>,
    pub(super) latency_us: Option<u64>,
    pub(super) replies: u32,
    pub(super) outcome: Option<RequestOutcome>,
    pub(super) stamp: Stamp,
    pub(super) fingerprint: u64,
    pub(super) part: Part,
    pub(super) marks: Marks,
    pub(super) bytes: u32,
    pub(super) links: u16,
}

impl Entry {
    /// Whether it is a request that neither an answer nor its asker has ended.
    pub(super) fn waits(&self) -> bool {
        self.part == Part::Request
            && self.replies == 0
            && self.outcome.is_none()
            && !self.marks.has(Mark::Duplicate)
            && !self.marks.has(Mark::Copy)
    }

    /// Bytes that it takes, about.
    pub(super) fn cost(&self) -> usize {
        let keys = [&self.msg_id, &self.places[0], &self.places[1], &self.orphan];
        let keys = keys
            .iter()
            .filter_map(|key| key.as_ref())
            .map(|key| key.len() + KEY);
        size_of::<Self>() + keys.sum::<usize>()
    }
}

/// Bytes that a key takes beside its text, in a map and out of it, about.
pub(super) const KEY: usize = 96;

/// A conversation in the book.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) key: Arc<str>,
    /// The correlation ids that lead to it.
    pub(super) correlations: Vec<Arc<str>>,
    pub(super) transfers: Vec<LinkTransfer>,
    pub(super) first_us: i64,
    pub(super) last_us: i64,
    /// The slowest first answer.
    pub(super) latency_us: Option<u64>,
    pub(super) class: Class,
    /// When and how often it was touched: queue entries of other touches are stale.
    pub(super) touch: u64,
    pub(super) bytes: usize,
    entries: VecDeque<Entry>,
    /// The number of the first entry kept.
    first: Number,
    /// Entries before this one wait for nothing.
    waiting_from: Number,
    /// How many messages bear each mark.
    marked: [u32; Mark::ALL.len()],
    /// Requests that ended in each way without an answer.
    ended: [u32; 5],
    requests: u32,
}

/// How valuable a conversation is when room is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// One message that wants no answer.
    Single,
    /// Nothing is open and nothing went wrong.
    Settled,
    /// Something is open or went wrong.
    Dear,
}

impl Conversation {
    pub(super) fn new(key: Arc<str>, at_us: i64) -> Self {
        Self {
            bytes: size_of::<Self>() + key.len() + KEY,
            key,
            correlations: Vec::new(),
            transfers: Vec::new(),
            first_us: at_us,
            last_us: at_us,
            latency_us: None,
            class: Class::Single,
            touch: 0,
            entries: VecDeque::with_capacity(1),
            first: 0,
            waiting_from: 0,
            marked: [0; Mark::ALL.len()],
            ended: [0; 5],
            requests: 0,
        }
    }

    /// The number that the next message gets.
    pub(super) fn next(&self) -> Number {
        self.first + self.entries.len() as Number
    }

    pub(super) fn entries(&self) -> &VecDeque<Entry> {
        &self.entries
    }

    /// The number of the first message kept, which is how many are not.
    pub(super) fn first(&self) -> Number {
        self.first
    }

    pub(super) fn get(&self, number: Number) -> Option<&Entry> {
        self.entries.get(number.checked_sub(self.first)? as usize)
    }

    /// Takes a message in.
    pub(super) fn push(&mut self, entry: Entry) {
        self.bytes += entry.cost();
        self.last_us = entry.at_us;
        for mark in entry.marks.iter() {
            self.marked[mark as usize] += 1;
        }
        self.requests += u32::from(entry.part == Part::Request);
        self.entries.push_back(entry);
    }

    /// Evicts the oldest message, and removes it from the counts; gives its number, too.
    pub(super) fn pop(&mut self) -> Option<(Number, Entry)> {
        let entry = self.entries.pop_front()?;
        let number = self.first;
        self.first += 1;
        self.bytes -= entry.cost();
        for mark in entry.marks.iter() {
            self.marked[mark as usize] -= 1;
        }
        self.requests -= u32::from(entry.part == Part::Request);
        if entry.replies == 0
            && let Some(slot) = entry.outcome.and_then(slot)
        {
            self.ended[slot] -= 1;
        }
        Some((number, entry))
    }

    /// The request with this id has arrived after messages that answer it: they did not answer an unknown one.
    pub(super) fn adopt(&mut self, msg_id: &str, request: Number) {
        let mut replies = 0;
        for entry in &mut self.entries {
            if entry.orphan.as_deref() != Some(msg_id) {
                continue;
            }
            let before = entry.cost();
            entry.orphan = None;
            entry.answers = Some(request);
            entry.marks.remove(Mark::UnknownRequest);
            entry.marks.insert(Mark::BeforeRequest);
            self.bytes -= before - entry.cost();
            self.marked[Mark::UnknownRequest as usize] -= 1;
            self.marked[Mark::BeforeRequest as usize] += 1;
            replies += 1;
        }
        if let Some(entry) = self.request(request) {
            entry.replies += replies;
        }
    }

    /// A request got an answer at that time; gives the microseconds it took if it was the first, and whether it was late.
    pub(super) fn answered(&mut self, number: Number, at_us: i64, limit_us: i64) -> Answered {
        let Some(entry) = self.request(number) else {
            return Answered::default();
        };
        let (first, given_up) = (entry.replies == 0, entry.outcome.and_then(slot));
        let took = at_us.saturating_sub(entry.at_us);
        entry.replies += 1;
        let latency_us = took.max(0).unsigned_abs();
        if first {
            self.latency_us = self.latency_us.max(Some(latency_us));
            if let Some(slot) = given_up {
                self.ended[slot] -= 1;
            }
        }
        Answered {
            first,
            latency_us,
            late: first && (took > limit_us || given_up.is_some()),
        }
    }

    /// The requester reports how its request ended. An answer that came before takes precedence.
    pub(super) fn end(&mut self, number: Number, outcome: RequestOutcome) {
        let Some(entry) = self.request(number) else {
            return;
        };
        let before = entry.outcome.replace(outcome);
        if entry.replies == 0 {
            if let Some(slot) = before.and_then(slot) {
                self.ended[slot] -= 1;
            }
            if let Some(slot) = slot(outcome) {
                self.ended[slot] += 1;
            }
        }
    }

    /// A message that proves to be a request.
    fn request(&mut self, number: Number) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(number.checked_sub(self.first)? as usize)?;
        self.requests += u32::from(entry.part != Part::Request);
        entry.part = Part::Request;
        Some(entry)
    }

    /// When the request that waits longest was sent. Requests that are done are never looked at again.
    pub(super) fn waiting_us(&mut self) -> Option<i64> {
        self.waiting_from = self.waiting_from.max(self.first);
        while let Some(entry) = self.get(self.waiting_from) {
            if entry.waits() {
                return Some(entry.at_us);
            }
            self.waiting_from += 1;
        }
        None
    }

    /// The same for those who only look.
    pub(super) fn waiting(&self) -> Option<i64> {
        let from = self.waiting_from.saturating_sub(self.first) as usize;
        let waiting = self.entries.iter().skip(from).find(|entry| entry.waits());
        waiting.map(|entry| entry.at_us)
    }

    /// Whether its key, or a name, subject or purpose in it, passes a test. Foreign texts.
    pub(super) fn mentions(&self, mut test: impl FnMut(&str) -> bool) -> bool {
        test(&self.key)
            || self.entries.iter().any(|entry| {
                let texts = [&entry.subject, &entry.sender, &entry.receiver, &entry.purpose];
                texts.into_iter().any(|text| test(text))
            })
    }

    fn has(&self, mark: Mark) -> bool {
        self.marked[mark as usize] > 0
    }

    /// How it stands at that time.
    pub(super) fn state(&self, now_us: i64, limit_us: i64) -> ConversationState {
        use ConversationState as State;
        let ends = [
            (RequestOutcome::NoResponders, State::NoResponders),
            (RequestOutcome::ConnectionLost, State::ConnectionLost),
            (RequestOutcome::TimedOut, State::TimedOut),
            (RequestOutcome::Cancelled, State::Cancelled),
            (RequestOutcome::Failed, State::Nack),
        ];
        let ended = ends
            .into_iter()
            .filter(|(outcome, _)| slot(*outcome).is_some_and(|slot| self.ended[slot] > 0))
            .map(|(_, state)| state);
        let waiting = self.waiting().map(|asked_us| {
            if now_us.saturating_sub(asked_us) > limit_us {
                State::Unanswered
            } else {
                State::Open
            }
        });
        let marks = [
            (Mark::Nack, State::Nack),
            (Mark::UnknownRequest, State::UnknownRequest),
            (Mark::Late, State::Late),
            (Mark::SecondAnswer, State::AnsweredTwice),
            (Mark::Duplicate, State::Duplicate),
        ];
        let marked = marks
            .into_iter()
            .filter(|(mark, _)| self.has(*mark))
            .map(|(_, state)| state);
        let calm = if self.requests > 0 {
            State::Answered
        } else {
            State::OneWay
        };
        ended.chain(waiting).chain(marked).min().unwrap_or(calm)
    }

    /// Its eviction class.
    pub(super) fn class_now(&mut self) -> Class {
        let wrong = [Mark::Nack, Mark::UnknownRequest]
            .iter()
            .any(|mark| self.has(*mark))
            || self.ended.iter().any(|count| *count > 0);
        if wrong || self.waiting_us().is_some() {
            Class::Dear
        } else if self.next() <= 1 && self.requests == 0 && self.transfers.is_empty() {
            Class::Single
        } else {
            Class::Settled
        }
    }
}

/// What came of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Answered {
    /// Whether it was the first.
    pub(super) first: bool,
    /// Microseconds since the request.
    pub(super) latency_us: u64,
    /// Whether the request counted as unanswered by then.
    pub(super) late: bool,
}

/// Where an outcome without an answer is counted.
fn slot(outcome: RequestOutcome) -> Option<usize> {
    (outcome as usize).checked_sub(RequestOutcome::Failed as usize)
}
