//! The timeline of conversations: every message is added in order of arrival and matched to its conversation and
//! request. The clock is passed in; sender timestamps never affect the order.

use super::conversation::{Conversation, Entry};
use super::conversations::Conversations;
use super::early_news::{EarlyReports, add};
use super::index::{Found, MessageKeys, Place, Waiting, asks_many, is_delivery, key, stamp, wanted};
use super::latency::{Latencies, LatencyView};
use super::matching::{find, twin};
use super::model::{
    ConversationId, ConversationView, LinkTransfer, Mark, Part, RequestOutcome, SERVICE_ERROR,
    TimelineCounts, TimelineMessage,
};
use super::views::{ConversationSummary, view};
use crate::subjects::Interner;
use natsbridge_wire::Limits;
use std::sync::Arc;

/// The timeline.
#[derive(Debug)]
pub struct Timeline {
    conversations: Conversations,
    latencies: Latencies,
    early: EarlyReports,
    words: Interner,
    limits: Arc<Limits>,
    newest_us: i64,
}

impl Timeline {
    /// An empty book under these limits.
    pub fn new(limits: Arc<Limits>) -> Self {
        Self {
            conversations: Conversations::new(limits.clone()),
            latencies: Latencies::new(limits.timeline_latencies),
            early: EarlyReports::new(limits.timeline_early),
            words: Interner::new(limits.subjects, "(more names)"),
            limits,
            newest_us: i64::MIN,
        }
    }

    /// Sets the time (microseconds since the Unix epoch), so that idle conversations expire.
    pub fn tell_time(&mut self, now_us: i64) {
        self.conversations.tell_time(now_us);
    }

    /// Adds a message; returns the conversation it belongs to. A message that is not an envelope, wants no answer and
    /// answers nothing belongs to none.
    pub fn enter(&mut self, arrival: &TimelineMessage<'_>) -> Option<ConversationId> {
        self.tell_time(arrival.at_us);
        // What is loaded from a stream's history is older than what came meanwhile.
        let loaded = arrival.at_us < self.newest_us;
        self.newest_us = self.newest_us.max(arrival.at_us);
        let ids = MessageKeys::of(arrival, self.limits.timeline_id);
        if let Some((twin, entry)) = twin(&self.conversations, arrival, &ids) {
            if !loaded && !is_delivery(arrival.reply) {
                self.push(twin.0, entry, Some(twin), arrival);
            }
            return Some(twin.0);
        }
        let found = find(&self.conversations, arrival, &ids);
        let id = match found.conversation {
            Some(id) => id,
            None => self.begin(arrival, &ids)?,
        };
        self.conversations.name(id, &ids.correlation);
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
        match self.conversations.index.messages.get(&*key) {
            Some(&(id, number)) => self.conversations.change(id, |it| it.end(number, outcome)),
            // A message without an id cannot be referred to later.
            None if key.is_empty() => {}
            None => self.early.of(&key).outcome = Some(outcome),
        }
    }

    /// A link was uploaded or downloaded for the message, or the conversation, with this id; times in microseconds since
    /// the Unix epoch. The message may still be on its way.
    pub fn transfer(&mut self, id: &str, span: LinkTransfer) {
        let key = key(id, self.limits.timeline_id);
        let index = &self.conversations.index;
        let by_message = index.messages.get(&*key).map(|(id, _)| *id);
        match by_message.or_else(|| index.correlations.get(&*key).copied()) {
            Some(id) => self.transfer_in(id, span),
            None if key.is_empty() => {}
            None => {
                add(&mut self.early.of(&key).transfers, span);
            }
        }
    }

    /// A link was uploaded or downloaded for a message of that conversation.
    pub fn transfer_in(&mut self, id: ConversationId, span: LinkTransfer) {
        self.conversations.change(id, |conversation| {
            add(&mut conversation.transfers, span);
        });
    }

    /// Changes whenever a conversation does.
    pub fn version(&self) -> u64 {
        self.conversations.version()
    }

    /// What was kept and what was evicted.
    pub fn counts(&self) -> TimelineCounts {
        TimelineCounts {
            lost: self.early.lost,
            ..self.conversations.counts()
        }
    }

    /// Looks at every conversation, in no order; how each stands is told for the time `now_us`.
    pub fn each(&self, now_us: i64, mut visit: impl FnMut(ConversationSummary<'_>)) {
        for conversation in self.conversations.iter() {
            let limit_us = self.conversations.limit_us;
            visit(ConversationSummary::of(conversation, now_us, limit_us));
        }
    }

    /// A conversation with at most so many of its newest messages, as it is at the time `now_us`.
    pub fn view(&self, id: ConversationId, now_us: i64, most: usize) -> Option<ConversationView> {
        let conversation = self.conversations.get(id)?;
        let limit_us = self.conversations.limit_us;
        Some(view((id, conversation), now_us, limit_us, most))
    }

    /// A conversation's key, foreign text.
    pub fn key(&self, id: ConversationId) -> Option<Arc<str>> {
        Some(self.conversations.get(id)?.key.clone())
    }

    /// Whether a conversation's key, or a name, subject or purpose in it, passes a test. Foreign texts.
    pub fn mentions(&self, id: ConversationId, test: impl FnMut(&str) -> bool) -> bool {
        self.conversations.get(id).is_some_and(|it| it.mentions(test))
    }

    /// The numbers of its messages, rising.
    pub fn seqs(&self, id: ConversationId) -> Vec<u64> {
        let conversation = self.conversations.get(id).into_iter();
        let entries = conversation.flat_map(Conversation::entries);
        entries.map(|entry| entry.seq).collect()
    }

    /// How many answers came to a message of a conversation.
    pub fn replies(&self, id: ConversationId, seq: u64) -> Option<u32> {
        let entries = self.conversations.get(id)?.entries();
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

    /// Begins a conversation, if the message has anything that others could be joined to it by.
    fn begin(&mut self, arrival: &TimelineMessage<'_>, ids: &MessageKeys<'_>) -> Option<ConversationId> {
        let reply = wanted(arrival.subject, arrival.reply).unwrap_or_default();
        let names = [
            &*ids.correlation,
            &*ids.message,
            &*ids.answered,
            reply,
            &*arrival.digest.reply_to,
        ];
        let name = names.into_iter().find(|name| !name.is_empty())?;
        Some(self.conversations.begin(name, arrival.at_us))
    }

    fn entry(&mut self, arrival: &TimelineMessage<'_>, ids: &MessageKeys<'_>, found: &Found) -> Entry {
        let digest = arrival.digest;
        let mut marks = found.marks;
        if digest.purpose.eq_ignore_ascii_case("nack") || digest.purpose == SERVICE_ERROR {
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
        let limit_us = self.conversations.limit_us;
        let Some(conversation) = self.conversations.get_mut(id) else {
            return;
        };
        let answered = conversation.answered(request, at_us, limit_us);
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
        let Some(number) = self.conversations.get(id).map(Conversation::next) else {
            return;
        };
        let place = (id, number);
        let index = &mut self.conversations.index;
        let reply = wanted(arrival.subject, arrival.reply);
        let reply_to = Some(&*arrival.digest.reply_to)
            .filter(|to| !to.is_empty() && Some(*to) != reply && **to != **arrival.subject);
        let wanted = [(reply, true), (reply_to, false)].into_iter();
        for ((subject, nats), slot) in wanted.zip(&mut entry.places) {
            if let Some(subject) = subject.filter(|_| twin.is_none() || nats) {
                let waiting = Waiting {
                    place: twin.unwrap_or(place),
                    owner: place,
                    nats,
                    asker: entry.sender.clone(),
                    asked_us: arrival.at_us,
                };
                let subject = key(subject, self.limits.timeline_id);
                *slot = Some(index.wait(&subject, waiting, self.limits.timeline_waiting));
            }
        }
        if let Some(orphan) = &entry.orphan {
            index.orphans.insert(orphan.clone(), id);
        }
        let msg_id = entry.msg_id.clone();
        if let Some(msg_id) = &msg_id {
            index.messages.insert(msg_id.clone(), place);
        }
        let awaited = msg_id
            .as_ref()
            .filter(|msg_id| index.orphans.get(*msg_id) == Some(&id));
        if let Some(msg_id) = awaited {
            index.orphans.remove(msg_id);
        }
        let told = msg_id.as_ref().and_then(|msg_id| self.early.take(msg_id));
        let correlation = key(&arrival.digest.correlation_id, self.limits.timeline_id);
        let more = self.early.take(&correlation);
        let most = self.limits.timeline_messages.max(1);
        let mut gone = Vec::new();
        self.conversations.change(id, |conversation| {
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
                gone.extend(conversation.pop());
            }
        });
        for (number, entry) in gone {
            self.conversations.index.forget((id, number), &entry);
        }
        self.conversations.make_room();
    }

    fn word(&mut self, text: &str) -> Arc<str> {
        let number = self.words.word(text, self.limits.field_cells);
        self.words.text(number)
    }
}
