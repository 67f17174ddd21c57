//! Finds where an arriving message belongs: first by the ids it names, then by subject.

use super::conversation::Entry;
use super::index::{Found, MessageKeys, Place, Waiting, key, stamp, wanted};
use super::model::{ConversationId, Mark, Marks, TimelineMessage};
use super::timeline::Timeline;

impl Timeline {
    /// The message that came before with the same id and payloads, and the entry for the one that came now.
    pub(super) fn twin(
        &self,
        arrival: &TimelineMessage<'_>,
        ids: &MessageKeys<'_>,
    ) -> Option<(Place, Entry)> {
        if ids.message.is_empty() {
            return None;
        }
        let place = *self.index.messages.get(&*ids.message)?;
        let original = self.conversations.get(&place.0)?.get(place.1)?;
        if original.fingerprint != arrival.fingerprint {
            return None;
        }
        let mut marks = Marks::default();
        let same = *original.subject == **arrival.subject;
        marks.insert(if same { Mark::Duplicate } else { Mark::Copy });
        let entry = Entry {
            seq: arrival.seq,
            at_us: arrival.at_us,
            subject: arrival.subject.clone(),
            // The ways to it lead to the original.
            msg_id: None,
            places: [None, None],
            orphan: None,
            replies: 0,
            outcome: None,
            stamp: stamp(&arrival.digest.timestamp),
            marks,
            bytes: arrival.bytes,
            latency_us: None,
            ..original.clone()
        };
        Some((place, entry))
    }

    /// Where a message belongs, by what it names first, then by where it was sent.
    pub(super) fn find(&self, arrival: &TimelineMessage<'_>, ids: &MessageKeys<'_>) -> Found {
        let mut found = Found::default();
        let known = self.index.correlations.get(&*ids.correlation).copied();
        if !ids.message.is_empty() && self.index.messages.contains_key(&*ids.message) {
            found.marks.insert(Mark::IdReused);
        }
        if !ids.answered.is_empty() {
            found.answers = self.index.messages.get(&*ids.answered).copied();
            if found.answers.is_none() {
                found.marks.insert(Mark::UnknownRequest);
            }
        }
        if found.answers.is_none()
            && let Some(waiting) = self.by_subject(arrival, ids, known)
        {
            found.answers = Some(waiting.place);
            if !waiting.nats && known.is_none() {
                found.marks.insert(Mark::BySubject);
            }
        }
        let named = self.index.orphans.get(&*ids.message).copied();
        found.conversation = found.answers.map(|(id, _)| id).or(known).or(named);
        found
    }

    /// The request that waits on the message's subject, the longest waiting one first. A NATS reply subject belongs
    /// to one requester; an envelope's `reply_to` may be shared, so more must match.
    fn by_subject(
        &self,
        arrival: &TimelineMessage<'_>,
        ids: &MessageKeys<'_>,
        known: Option<ConversationId>,
    ) -> Option<&Waiting> {
        let waiting = self
            .index
            .waiting
            .get(&*key(arrival.subject, self.limits.timeline_id))?;
        let asks = !arrival.digest.reply_to.is_empty() || wanted(arrival.subject, arrival.reply).is_some();
        let fits = |waiting: &&Waiting| match known {
            Some(id) if id != waiting.place.0 => false,
            _ if waiting.nats => true,
            Some(_) => ids.answered.is_empty() && *waiting.asker != *arrival.digest.sender,
            None => {
                let soon = arrival.at_us.saturating_sub(waiting.asked_us) <= self.limit_us;
                let other = waiting.asker.is_empty() || *waiting.asker != *arrival.digest.sender;
                ids.answered.is_empty() && !asks && soon && other
            }
        };
        let replies = |(id, number): Place| {
            let entry = self
                .conversations
                .get(&id)
                .and_then(|conversation| conversation.get(number));
            entry.map_or(u32::MAX, |entry| entry.replies)
        };
        let open = waiting
            .iter()
            .filter(fits)
            .find(|waiting| replies(waiting.place) == 0);
        // Another answer belongs to the last request, unless several are possible.
        open.or_else(|| {
            let sole = waiting.len() == 1;
            waiting
                .iter()
                .rev()
                .filter(fits)
                .find(|waiting| known.is_some() || (waiting.nats && sole))
        })
    }
}
