//! What a message of a conversation holds, in a few words: the names and kinds of its payloads. Nothing is decoded for that.

use natsbridge_engine::Store;
use natsbridge_wire::{KINDS, SafeText, Transport, read};

/// Larger messages are not read for that; their kinds are known.
const MOST_BYTES: u32 = 64 << 10;
/// Payloads that are told one by one.
const MOST: usize = 8;

/// `message text, rows table ⇗`; of a message that is not kept, nothing.
pub fn payload_words(store: &Store, seq: u64) -> String {
    let Some(row) = store.row(seq) else {
        return String::new();
    };
    let message = Some(row.bytes).filter(|bytes| *bytes <= MOST_BYTES);
    let message = message.and_then(|_| store.message(seq));
    let reading = message.as_ref().map(|message| read(&message.payload));
    let envelope = reading.as_ref().and_then(|reading| reading.envelope.as_ref());
    if let Some((_, envelope)) = envelope {
        let word = |payload: &natsbridge_wire::EnvelopePayload<'_>| {
            let name = SafeText::new(&payload.dataname);
            let link = if payload.transport == Transport::Link {
                " ⇗"
            } else {
                ""
            };
            let gap = if name.width() > 0 { " " } else { "" };
            format!("{name}{gap}{}{link}", payload.kind.name())
        };
        let mut words: Vec<String> = envelope.payloads.iter().take(MOST).map(word).collect();
        if envelope.payloads.len() > MOST {
            words.push(format!("{} more", envelope.payloads.len() - MOST));
        }
        return words.join(", ");
    }
    let kinds = row.digest.map(|digest| digest.kinds).unwrap_or_default();
    let kinds = KINDS.iter().filter(|known| kinds.contains(known.kind));
    kinds.map(|known| known.name).collect::<Vec<_>>().join(", ")
}
