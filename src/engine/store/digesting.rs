//! Digesting messages: scanned in order of arrival and outside of every lock that readers take, entered into the timeline, and
//! noted in their rows.

use super::contents::{Contents, TURN};
use super::record::Record;
use crate::doctor::{Ids, SeenMessages, Sequence};
use crate::lock::lock;
use crate::message::marker;
use crate::timeline::{Timeline, TimelineMessage, fingerprint};
use bytes::Bytes;
use natsbridge_wire::{Digest, Limits, scan};
use std::sync::{Arc, Mutex};

/// What digests the messages of one store.
#[derive(Debug)]
pub(super) struct Digesting {
    contents: Arc<Contents>,
    timeline: Mutex<Timeline>,
    /// Held while messages are digested.
    seen: Mutex<SeenMessages>,
}

/// A message that has no digest yet.
#[derive(Debug)]
struct Undigested {
    seq: u64,
    at_us: i64,
    subject: Arc<str>,
    record: Record,
    bytes: Bytes,
}

impl Undigested {
    fn payload(&self) -> &[u8] {
        &self.bytes[..self.record.payload as usize]
    }

    /// What it deletes, or that it is an error, where its headers or its subject say so.
    fn marker(&self) -> Option<&'static str> {
        marker(
            &self.subject,
            self.record.header_lines(&self.bytes),
            self.payload(),
        )
    }
}

impl Digesting {
    /// Nothing digested yet.
    pub(super) fn new(limits: Arc<Limits>, contents: Arc<Contents>) -> Self {
        Self {
            contents,
            seen: Mutex::new(SeenMessages::new(limits.checked_history)),
            timeline: Mutex::new(Timeline::new(limits)),
        }
    }

    /// Accesses the conversations.
    pub(super) fn timeline<T>(&self, look: impl FnOnce(&mut Timeline) -> T) -> T {
        look(&mut lock(&self.timeline))
    }

    /// Digests up to `most` messages; returns how many it did.
    pub(super) fn pending(&self, most: usize) -> usize {
        // Held throughout: the timeline is told of messages in the order in which they came.
        let mut seen = lock(&self.seen);
        let mut done = 0;
        while done < most
            && let Some((end, messages)) = self.take(most - done)
        {
            messages
                .chunks(TURN)
                .for_each(|turn| self.digest(turn, &mut seen));
            self.contents.books().digested_until(end);
            done += messages.len();
        }
        done
    }

    /// Takes messages that nobody has taken yet, of one page; gives the number after them.
    fn take(&self, most: usize) -> Option<(u64, Vec<Undigested>)> {
        let from = self.contents.books().undigested;
        let taken = self
            .contents
            .read(from..u64::MAX, (most, usize::MAX), |books, seq, slot, bytes| {
                Undigested {
                    seq,
                    at_us: slot.at_us,
                    subject: books.subject_of(slot, bytes),
                    record: slot.record,
                    bytes: bytes.clone(),
                }
            })?;
        self.contents.books().taken(taken.0);
        Some(taken)
    }

    fn digest(&self, turn: &[Undigested], seen: &mut SeenMessages) {
        let digests: Vec<(Digest<'_>, u64)> = turn
            .iter()
            .map(|message| {
                let mut digest = scan(message.payload());
                if let Some(word) = message.marker().filter(|_| digest.dialect.is_none()) {
                    digest.purpose = word.into();
                }
                let print = payloads_print(message.payload(), &digest);
                (digest, print)
            })
            .collect();
        let conversations: Vec<_> = {
            let mut timeline = lock(&self.timeline);
            let enter = |(message, (digest, print)): (&Undigested, &(Digest<'_>, u64))| {
                timeline.enter(&TimelineMessage {
                    seq: message.seq,
                    at_us: message.at_us,
                    subject: &message.subject,
                    reply: message.record.reply(&message.bytes),
                    bytes: message.record.payload,
                    fingerprint: *print,
                    digest,
                })
            };
            turn.iter().zip(&digests).map(enter).collect()
        };
        let sequences: Vec<_> = digests
            .iter()
            .map(|(digest, _)| Ids::of(digest).map_or_else(Sequence::default, |ids| seen.take(ids)))
            .collect();
        let mut late = Vec::new();
        {
            let mut books = self.contents.books();
            let contexts = conversations.into_iter().zip(sequences);
            for ((message, (digest, _)), context) in turn.iter().zip(&digests).zip(contexts) {
                let digest = books.digest(digest, context);
                if let Some((first, stored)) = books.digested(message.seq, digest) {
                    late.push((message.seq, digest, first, stored));
                }
            }
        }
        self.contents.digest_on_disk(&late);
    }
}

/// The hash of a message's payloads; where they cannot be told, of all its bytes. Only messages with an id need one.
fn payloads_print(message: &[u8], digest: &Digest<'_>) -> u64 {
    if digest.msg_id.is_empty() {
        return 0;
    }
    let payloads = message.get(digest.payloads_at.clone());
    fingerprint(payloads.filter(|bytes| !bytes.is_empty()).unwrap_or(message))
}
