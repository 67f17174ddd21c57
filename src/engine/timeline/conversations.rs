//! The conversations kept: found by their ids, counted, and let go when they were idle for long or there are too many.
//! What messages mean for them is decided elsewhere.

use super::conversation::{Class, Conversation, KEY};
use super::eviction::{Queues, Touch};
use super::index::{ConversationIndex, key};
use super::model::{ConversationId, TimelineCounts};
use natsbridge_wire::Limits;
use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

/// Correlation ids that may lead to one conversation.
const CORRELATIONS: usize = 16;

/// The conversations of one timeline.
#[derive(Debug)]
pub(super) struct Conversations {
    pub(super) index: ConversationIndex,
    pub(super) limits: Arc<Limits>,
    /// A request counts as unanswered after so long.
    pub(super) limit_us: i64,
    kept: HashMap<ConversationId, Conversation>,
    counts: TimelineCounts,
    queues: Queues,
    kept_us: i64,
    next: NonZeroU64,
    touches: u64,
    now_us: i64,
    /// When the next conversation may expire.
    due_us: i64,
}

impl Conversations {
    /// None yet.
    pub(super) fn new(limits: Arc<Limits>) -> Self {
        let us = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Self {
            index: ConversationIndex::default(),
            limit_us: us(limits.timeline_unanswered),
            kept: HashMap::new(),
            counts: TimelineCounts::default(),
            queues: Queues::default(),
            kept_us: us(limits.timeline_kept),
            limits,
            next: NonZeroU64::MIN,
            touches: 0,
            now_us: i64::MIN,
            due_us: i64::MIN,
        }
    }

    pub(super) fn get(&self, id: ConversationId) -> Option<&Conversation> {
        self.kept.get(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (ConversationId, &Conversation)> {
        self.kept.iter().map(|(id, conversation)| (*id, conversation))
    }

    /// Changes whenever a conversation does.
    pub(super) fn version(&self) -> u64 {
        self.touches + self.counts.expired + self.counts.evicted + self.counts.singles_gone
    }

    /// What was kept and what was evicted.
    pub(super) fn counts(&self) -> TimelineCounts {
        TimelineCounts {
            conversations: self.kept.len() - self.queues.single.live,
            singles: self.queues.single.live,
            ..self.counts
        }
    }

    /// Begins a conversation that is called so.
    pub(super) fn begin(&mut self, name: &str, at_us: i64) -> ConversationId {
        let id = ConversationId(self.next);
        self.next = self.next.saturating_add(1);
        let name = key(name, self.limits.timeline_id);
        let conversation = Conversation::new(name.as_ref().into(), at_us);
        self.counts.bytes += conversation.bytes;
        self.queues.of(conversation.class).live += 1;
        self.kept.insert(id, conversation);
        id
    }

    /// Lets a correlation id that is new lead to a conversation.
    pub(super) fn name(&mut self, id: ConversationId, correlation: &str) {
        if correlation.is_empty() || self.index.correlations.contains_key(correlation) {
            return;
        }
        let conversation = self.kept.get_mut(&id);
        let few = |it: &&mut Conversation| it.correlations.len() < CORRELATIONS;
        if let Some(conversation) = conversation.filter(few) {
            let name = if *conversation.key == *correlation {
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

    /// A conversation, to note an answer in it before the answer itself goes in with [`Conversations::change`].
    pub(super) fn get_mut(&mut self, id: ConversationId) -> Option<&mut Conversation> {
        self.kept.get_mut(&id)
    }

    /// Changes a conversation; its class, its place in the queue and the bytes follow.
    pub(super) fn change(&mut self, id: ConversationId, change: impl FnOnce(&mut Conversation)) {
        let Some(conversation) = self.kept.get_mut(&id) else {
            return;
        };
        let (bytes, messages) = (conversation.bytes, conversation.next());
        change(conversation);
        self.counts.bytes = self.counts.bytes - bytes + conversation.bytes;
        self.counts.messages += u64::from(conversation.next() - messages);
        self.touches += 1;
        conversation.touch = self.touches;
        let class = conversation.class_now();
        let left = std::mem::replace(&mut conversation.class, class);
        self.queues.of(left).live -= 1;
        self.queues.of(class).live += 1;
        let touch = Touch {
            at_us: self.now_us,
            number: self.touches,
            id,
        };
        let kept = &self.kept;
        self.queues
            .push(class, touch, |touch| is_current(kept, touch, class));
    }

    /// Sets the time, so that idle conversations expire.
    pub(super) fn tell_time(&mut self, now_us: i64) {
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

    /// Evicts the longest idle conversations until the limits hold: first single messages, then settled ones, then
    /// the rest.
    pub(super) fn make_room(&mut self) {
        loop {
            let counts = self.counts();
            let heavy = counts.bytes > self.limits.timeline_bytes;
            let single = heavy || counts.singles > self.limits.timeline_singles;
            let over = heavy || counts.conversations > self.limits.timeline_conversations;
            let mut classes = [
                (Class::Single, single),
                (Class::Settled, over),
                (Class::Dear, over),
            ]
            .into_iter()
            .filter(|(_, wanted)| *wanted);
            let oldest = classes.find_map(|(class, _)| Some((class, self.oldest(class)?)));
            let Some((class, oldest)) = oldest else { return };
            self.remove(oldest.id);
            match class {
                Class::Single => self.counts.singles_gone += 1,
                _ => self.counts.evicted += 1,
            }
        }
    }

    fn oldest(&mut self, class: Class) -> Option<Touch> {
        let kept = &self.kept;
        let queue = self.queues.of(class);
        queue.oldest(|touch| is_current(kept, touch, class))
    }

    fn remove(&mut self, id: ConversationId) {
        let Some(mut conversation) = self.kept.remove(&id) else {
            return;
        };
        self.queues.of(conversation.class).live -= 1;
        self.counts.bytes -= conversation.bytes;
        self.counts.messages -= u64::from(conversation.next());
        for correlation in &conversation.correlations {
            self.index.correlations.remove(correlation);
        }
        while let Some((number, entry)) = conversation.pop() {
            self.index.forget((id, number), &entry);
        }
    }
}

fn is_current(kept: &HashMap<ConversationId, Conversation>, touch: &Touch, class: Class) -> bool {
    kept.get(&touch.id)
        .is_some_and(|conversation| conversation.touch == touch.number && conversation.class == class)
}
