//! The timeline of conversations: every message is added in order of arrival and matched to its conversation and
//! request. The clock is passed in; sender timestamps never affect the order.

use super::conversation::{Class, Conversation, Entry, KEY};
use super::early_news::{EarlyReports, add};
use super::eviction::{Queues, Touch};
use super::index::{
    ConversationIndex, Found, MessageKeys, Place, Waiting, asks_many, is_delivery, key, stamp, wanted,
};
use super::latency::Latencies;
use super::model::{ConversationId, LinkTransfer, Mark, Part, TimelineCounts, TimelineMessage};
use super::outcome::RequestOutcome;
use crate::subjects::Interner;
use natsbridge_wire::Limits;
use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::Arc;

/// Correlation ids that may lead to one conversation.
const CORRELATIONS: usize = 16;

/// The timeline.
#[derive(Debug)]
pub struct Timeline {
    pub(super) conversations: HashMap<ConversationId, Conversation>,
    pub(super) index: ConversationIndex,
    pub(super) latencies: Latencies,
    pub(super) counts: TimelineCounts,
    pub(super) limit_us: i64,
    queues: Queues,
    early: EarlyReports,
    words: Interner,
    pub(super) limits: Arc<Limits>,
    kept_us: i64,
    next: NonZeroU64,
    touches: u64,
    now_us: i64,
    /// When the next conversation may expire.
    due_us: i64,
    newest_us: i64,
}

impl Timeline {
    /// An empty book under these limits.
    pub fn new(limits: Arc<Limits>) -> Self {
        let us = |time: std::time::Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Self {
            conversations: HashMap::new(),
            index: ConversationIndex::default(),
            latencies: Latencies::new(limits.timeline_latencies),
            counts: TimelineCounts::default(),
            limit_us: us(limits.timeline_unanswered),
            queues: Queues::default(),
            early: EarlyReports::new(limits.timeline_early),
            words: Interner::new(limits.subjects, "(more names)"),
            kept_us: us(limits.timeline_kept),
            limits,
            next: NonZeroU64::MIN,
            touches: 0,
            now_us: i64::MIN,
            due_us: i64::MIN,
            newest_us: i64::MIN,
        }
    }

    /// Sets the time (microseconds since the Unix epoch), so that idle conversations expire.
    pub fn tell_time(&mut self, now_us: i64) {
        self.now_us = self.now_us.max(now_us);
        if self.now_us < self.due_us {
            return;
        }
        let mut longest_us = self.now_us;
        for class in [Class::Single, Class::Settled, Class::Dear] {
            while let Some(oldest) = self.oldest(class) {
                if self.now_us.saturating_sub(oldest.at_us) <= self.kept_us {
                    longest_us = longest_us.min(oldest.at_us);
                    break;
                }
                self.remove(oldest.id);
                match class {
                    Class::Single => self.counts.singles_gone += 1,
                    _ => self.counts.expired += 1,
                }
            }
        }
        self.due_us = longest_us.saturating_add(self.kept_us).saturating_add(1);
    }

    /// Adds a message; returns the conversation it belongs to. A message that is not an envelope, wants no answer and
    /// answers nothing belongs to none.
    pub fn enter(&mut self, arrival: &TimelineMessage<'_>) -> Option<ConversationId> {
        self.tell_time(arrival.at_us);
        // What is loaded from a stream's history is older than what came meanwhile.
        let loaded = arrival.at_us < self.newest_us;
        self.newest_us = self.newest_us.max(arrival.at_us);
        let ids = MessageKeys::of(arrival, self.limits.timeline_id);
        if let Some((twin, entry)) = self.twin(arrival, &ids) {
            if !loaded && !is_delivery(arrival.reply) {
                self.push(twin.0, entry, Some(twin), arrival);
            }
            return Some(twin.0);
        }
        let found = self.find(arrival, &ids);
        let id = match found.conversation {
            Some(id) => id,
            None => self.begin(arrival, &ids)?,
        };
        self.name(id, &ids.correlation);
        let mut entry = self.entry(arrival, &ids, &found);
        if let Some((_, request)) = found.answers {
            self.answer(id, request, &mut entry, arrival.at_us);
        }
        self.push(id, entry, None, arrival);
        Some(id)
    }

    /// How a request of our own ended, which only the requester knows. The message may not have arrived yet.
    pub fn ended(&mut self, msg_id: &str, outcome: RequestOutcome) {
        let key = key(msg_id, self.limits.timeline_id);
        match self.index.messages.get(&*key) {
            Some(&(id, number)) => self.change(id, |conversation| conversation.end(number, outcome)),
            // A message without an id cannot be referred to later.
            None if key.is_empty() => {}
            None => self.early.of(&key).outcome = Some(outcome),
        }
    }

    /// A link was uploaded or downloaded for the message, or the conversation, with this id; times in microseconds since
    /// the Unix epoch. The message may still be on its way.
    pub fn transfer(&mut self, id: &str, span: LinkTransfer) {
        let key = key(id, self.limits.timeline_id);
        let by_message = self.index.messages.get(&*key).map(|(id, _)| *id);
        match by_message.or_else(|| self.index.correlations.get(&*key).copied()) {
            Some(id) => self.transfer_in(id, span),
            None if key.is_empty() => {}
            None => {
                add(&mut self.early.of(&key).transfers, span);
            }
        }
    }

    /// A link was uploaded or downloaded for a message of that conversation.
    pub fn transfer_in(&mut self, id: ConversationId, span: LinkTransfer) {
        self.change(id, |conversation| {
            add(&mut conversation.transfers, span);
        });
    }

    /// Changes whenever a conversation does.
    pub fn version(&self) -> u64 {
        self.touches + self.counts.expired + self.counts.evicted + self.counts.singles_gone
    }

    /// What was kept and what was evicted.
    pub fn counts(&self) -> TimelineCounts {
        TimelineCounts {
            conversations: self.conversations.len() - self.queues.single.live(),
            singles: self.queues.single.live(),
            lost: self.early.lost(),
            ..self.counts
        }
    }

    /// Begins a conversation, if the message has anything that others could be joined to it by.
    fn begin(&mut self, arrival: &TimelineMessage<'_>, ids: &MessageKeys<'_>) -> Option<ConversationId> {
        let names = [&ids.correlation, &ids.message, &ids.answered];
        let name = names
            .into_iter()
            .find(|name| !name.is_empty())
            .map(|name| &**name);
        let name = name.or_else(|| wanted(arrival.subject, arrival.reply));
        let name = name.or_else(|| Some(&*arrival.digest.reply_to).filter(|subject| !subject.is_empty()))?;
        let id = ConversationId(self.next);
        self.next = self.next.saturating_add(1);
        let conversation =
            Conversation::new(key(name, self.limits.timeline_id).as_ref().into(), arrival.at_us);
        self.counts.bytes += conversation.bytes;
        self.queues.join(conversation.class);
        self.conversations.insert(id, conversation);
        Some(id)
    }

    /// Lets a correlation id that is new lead to a conversation.
    fn name(&mut self, id: ConversationId, correlation: &str) {
        if correlation.is_empty() || self.index.correlations.contains_key(correlation) {
            return;
        }
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return;
        };
        if conversation.correlations.len() < CORRELATIONS {
            let same = *conversation.key == *correlation;
            let name = if same {
                conversation.key.clone()
            } else {
                correlation.into()
            };
            conversation.correlations.push(name.clone());
            conversation.bytes += correlation.len() + KEY;
            self.counts.bytes += correlation.len() + KEY;
            self.index.correlations.insert(name, id);
        }
    }

    fn entry(&mut self, arrival: &TimelineMessage<'_>, ids: &MessageKeys<'_>, found: &Found) -> Entry {
        let digest = arrival.digest;
        let mut marks = found.marks;
        if digest.purpose.eq_ignore_ascii_case("nack") {
            marks.insert(Mark::Nack);
        }
        let asks = !digest.reply_to.is_empty() || wanted(arrival.subject, arrival.reply).is_some();
        // Many peers fill in `reply_to` by habit: a message that is itself an answer only counts as a request once it
        // is answered.
        let part = match found.answers.is_some() || !ids.answered.is_empty() {
            true => Part::Reply,
            false if asks => Part::Request,
            false => Part::Message,
        };
        Entry {
            seq: arrival.seq,
            at_us: arrival.at_us,
            subject: arrival.subject.clone(),
            sender: self.word(&digest.sender),
            receiver: self.word(&digest.receiver),
            purpose: self.word(&digest.purpose),
            msg_id: (!ids.message.is_empty()).then(|| ids.message.as_ref().into()),
            places: [None, None],
            // What names itself, or has found what it answers, waits for nobody else.
            orphan: (marks.has(Mark::UnknownRequest)
                && found.answers.is_none()
                && ids.answered != ids.message)
                .then(|| ids.answered.as_ref().into()),
            answers: found.answers.map(|(_, number)| number),
            latency_us: None,
            replies: 0,
            outcome: None,
            stamp: stamp(&digest.timestamp),
            fingerprint: arrival.fingerprint,
            part,
            marks,
            bytes: arrival.bytes,
            links: digest.links,
        }
    }

    /// Records an answer at its request.
    fn answer(&mut self, id: ConversationId, request: u32, entry: &mut Entry, at_us: i64) {
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return;
        };
        let answered = conversation.answered(request, at_us, self.limit_us);
        entry.latency_us = Some(answered.latency_us);
        if answered.late {
            entry.marks.insert(Mark::Late);
        }
        let Some(asked) = conversation.get(request) else {
            return;
        };
        if answered.first {
            // Who answers without a name is called by where it was asked.
            let who = if entry.sender.is_empty() {
                &asked.subject
            } else {
                &entry.sender
            };
            self.latencies
                .record(&asked.subject, &asked.sender, who, answered.latency_us);
        } else if !asks_many(&asked.subject) {
            entry.marks.insert(Mark::SecondAnswer);
        }
    }

    /// Adds a message to its conversation, and makes it findable, or marks it as a copy.
    fn push(
        &mut self,
        id: ConversationId,
        mut entry: Entry,
        twin: Option<Place>,
        arrival: &TimelineMessage<'_>,
    ) {
        let Some(number) = self.conversations.get(&id).map(Conversation::next) else {
            return;
        };
        let place = (id, number);
        let reply = wanted(arrival.subject, arrival.reply);
        let reply_to = Some(&*arrival.digest.reply_to)
            .filter(|to| !to.is_empty() && Some(*to) != reply && **to != **arrival.subject);
        for ((subject, nats), slot) in [(reply, true), (reply_to, false)].into_iter().zip(0..) {
            if let Some(subject) = subject.filter(|_| twin.is_none() || nats) {
                let waiting = Waiting {
                    place: twin.unwrap_or(place),
                    owner: place,
                    nats,
                    asker: entry.sender.clone(),
                    asked_us: arrival.at_us,
                };
                let key = self.index.wait(
                    &key(subject, self.limits.timeline_id),
                    waiting,
                    self.limits.timeline_waiting,
                );
                if let Some(slot) = entry.places.get_mut(slot) {
                    *slot = Some(key);
                }
            }
        }
        if let Some(orphan) = &entry.orphan {
            self.index.orphans.insert(orphan.clone(), id);
        }
        let msg_id = entry.msg_id.clone();
        if let Some(msg_id) = &msg_id {
            self.index.messages.insert(msg_id.clone(), place);
        }
        let awaited = msg_id
            .as_ref()
            .filter(|msg_id| self.index.orphans.get(*msg_id) == Some(&id));
        if let Some(msg_id) = awaited {
            self.index.orphans.remove(msg_id);
        }
        let told = msg_id.as_ref().and_then(|msg_id| self.early.take(msg_id));
        let correlation = key(&arrival.digest.correlation_id, self.limits.timeline_id);
        let more = self.early.take(&correlation);
        let most = self.limits.timeline_messages.max(1);
        let mut gone = Vec::new();
        self.counts.messages += 1;
        self.change(id, |conversation| {
            conversation.push(entry);
            if let Some(msg_id) = awaited {
                conversation.adopt(msg_id, number);
            }
            if let Some(outcome) = told.as_ref().and_then(|told| told.outcome) {
                conversation.end(number, outcome);
            }
            for span in told.into_iter().chain(more).flat_map(|told| told.transfers) {
                add(&mut conversation.transfers, span);
            }
            while conversation.entries().len() > most {
                let first = conversation.first();
                gone.extend(conversation.pop().map(|entry| (first, entry)));
            }
        });
        for (number, entry) in gone {
            self.index.forget((id, number), &entry);
        }
        self.make_room();
    }

    /// Changes a conversation; its class, its place in the queue and the bytes follow.
    fn change(&mut self, id: ConversationId, change: impl FnOnce(&mut Conversation)) {
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return;
        };
        let before = conversation.bytes;
        change(conversation);
        self.counts.bytes = self.counts.bytes - before + conversation.bytes;
        self.touches += 1;
        conversation.touch = self.touches;
        let class = conversation.class_now();
        let left = std::mem::replace(&mut conversation.class, class);
        if left != class {
            self.queues.leave(left);
            self.queues.join(class);
        }
        let touch = Touch {
            at_us: self.now_us,
            number: self.touches,
            id,
        };
        let conversations = &self.conversations;
        self.queues
            .push(class, touch, |touch| is_current(conversations, touch, class));
    }

    /// Evicts the longest idle conversations until the limits hold: first single messages, then settled ones, then
    /// the rest.
    fn make_room(&mut self) {
        loop {
            let most = self.limits.timeline_conversations;
            let over = self.conversations.len() - self.queues.single.live() > most;
            let heavy = self.counts.bytes > self.limits.timeline_bytes;
            let single = self.queues.single.live() > self.limits.timeline_singles || heavy;
            let mut classes = [
                (Class::Single, single),
                (Class::Settled, over || heavy),
                (Class::Dear, over || heavy),
            ]
            .into_iter()
            .filter(|(_, wanted)| *wanted)
            .map(|(class, _)| class);
            let oldest = classes.find_map(|class| Some((class, self.oldest(class)?)));
            let Some((class, oldest)) = oldest else { return };
            self.remove(oldest.id);
            match class {
                Class::Single => self.counts.singles_gone += 1,
                _ => self.counts.evicted += 1,
            }
        }
    }

    fn oldest(&mut self, class: Class) -> Option<Touch> {
        let conversations = &self.conversations;
        self.queues
            .of(class)
            .oldest(|touch| is_current(conversations, touch, class))
    }

    fn remove(&mut self, id: ConversationId) {
        let Some(mut conversation) = self.conversations.remove(&id) else {
            return;
        };
        self.queues.leave(conversation.class);
        self.counts.bytes -= conversation.bytes;
        self.counts.messages -= u64::from(conversation.next());
        for correlation in &conversation.correlations {
            self.index.correlations.remove(correlation);
        }
        let mut first = conversation.first();
        while let Some(entry) = conversation.pop() {
            self.index.forget((id, first), &entry);
            first += 1;
        }
    }

    fn word(&mut self, text: &str) -> Arc<str> {
        let mut end = text.len().min(self.limits.field_cells);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let number = self.words.intern(&text[..end]).number();
        self.words.text(number)
    }
}

fn is_current(conversations: &HashMap<ConversationId, Conversation>, touch: &Touch, class: Class) -> bool {
    conversations
        .get(&touch.id)
        .is_some_and(|conversation| conversation.touch == touch.number && conversation.class == class)
}
