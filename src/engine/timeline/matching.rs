//! Finds where an arriving message belongs: first by the ids it names, then by subject.

use super::conversation::Entry;
use super::conversations::Conversations;
use super::index::{Found, MessageKeys, Place, Waiting, key, stamp, wanted};
use super::model::{ConversationId, Mark, Marks, TimelineMessage};

/// The message that came before with the same id and payloads, and the entry for the one that came now.
pub(super) fn twin(
    conversations: &Conversations,
    arrival: &TimelineMessage<'_>,
    ids: &MessageKeys<'_>,
) -> Option<(Place, Entry)> {
    if ids.message.is_empty() {
        return None;
    }
    let place = *conversations.index.messages.get(&*ids.message)?;
    let original = conversations.get(place.0)?.get(place.1)?;
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
pub(super) fn find(
    conversations: &Conversations,
    arrival: &TimelineMessage<'_>,
    ids: &MessageKeys<'_>,
) -> Found {
    let index = &conversations.index;
    let mut found = Found::default();
    let known = index.correlations.get(&*ids.correlation).copied();
    if !ids.message.is_empty() && index.messages.contains_key(&*ids.message) {
        found.marks.insert(Mark::IdReused);
    }
    if !ids.answered.is_empty() {
        found.answers = index.messages.get(&*ids.answered).copied();
        if found.answers.is_none() {
            found.marks.insert(Mark::UnknownRequest);
        }
    }
    if found.answers.is_none()
        && let Some(waiting) = by_subject(conversations, arrival, ids, known)
    {
        found.answers = Some(waiting.place);
        if !waiting.nats && known.is_none() {
            found.marks.insert(Mark::BySubject);
        }
    }
    let named = index.orphans.get(&*ids.message).copied();
    found.conversation = found.answers.map(|(id, _)| id).or(known).or(named);
    found
}

/// The request that waits on the message's subject, the longest waiting one first. A NATS reply subject belongs
/// to one requester; an envelope's `reply_to` may be shared, so more must match.
fn by_subject<'c>(
    conversations: &'c Conversations,
    arrival: &TimelineMessage<'_>,
    ids: &MessageKeys<'_>,
    known: Option<ConversationId>,
) -> Option<&'c Waiting> {
    let subject = key(arrival.subject, conversations.limits.timeline_id);
    let waiting = conversations.index.waiting.get(&*subject)?;
    let asks = !arrival.digest.reply_to.is_empty() || wanted(arrival.subject, arrival.reply).is_some();
    let fits = |waiting: &&Waiting| match known {
        Some(id) if id != waiting.place.0 => false,
        _ if waiting.nats => true,
        Some(_) => ids.answered.is_empty() && *waiting.asker != *arrival.digest.sender,
        None => {
            let soon = arrival.at_us.saturating_sub(waiting.asked_us) <= conversations.limit_us;
            let other = waiting.asker.is_empty() || *waiting.asker != *arrival.digest.sender;
            ids.answered.is_empty() && !asks && soon && other
        }
    };
    let is_open = |waiting: &&Waiting| {
        let (id, number) = waiting.place;
        let entry = conversations.get(id).and_then(|it| it.get(number));
        entry.is_some_and(|entry| entry.replies == 0)
    };
    let open = waiting.iter().filter(fits).find(is_open);
    // Another answer belongs to the last request, unless several are possible.
    open.or_else(|| {
        let sole = waiting.len() == 1;
        let mut latest = waiting.iter().rev().filter(fits);
        latest.find(|waiting| known.is_some() || (waiting.nats && sole))
    })
}
