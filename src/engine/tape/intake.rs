//! The receiving end of a recording: copies messages into a bounded queue and never waits for the disk. Messages that
//! find the queue full are counted and recorded as missed.

use super::block::{Block, Piece, weight};
use super::counts::RecordingCounts;
use crate::message::{Gap, Incoming};
use natsbridge_wire::{Blob, Limits};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

/// Takes messages for one recording.
#[derive(Debug)]
pub(crate) struct Intake {
    /// Bounded by what waits, in bytes: see [`Intake::has_room`].
    pieces: Sender<Piece>,
    pub(super) tally: Arc<RecordingCounts>,
    queue: usize,
    largest: usize,
    /// The number of the next message; those that are missed count too.
    next: u64,
    /// The last number that is taken.
    last: u64,
    /// Missed since the last one taken: the first, how many, their bytes.
    untold: Option<(u64, u64, u64)>,
}

impl Intake {
    /// Hands what it takes to that channel, at most so many messages.
    pub(super) fn new(
        pieces: Sender<Piece>,
        tally: Arc<RecordingCounts>,
        limits: &Limits,
        most: Option<u64>,
    ) -> Self {
        Self {
            pieces,
            tally,
            queue: limits.tape_queue,
            largest: limits.tape_message,
            next: 1,
            last: most.unwrap_or(u64::MAX),
            untold: None,
        }
    }

    /// Takes messages, in order.
    pub(crate) fn take(&mut self, messages: &[Incoming<'_>]) {
        let mut block = Block::with_room(messages.iter().map(weight).sum::<usize>().min(self.queue));
        let wanted = usize::try_from(self.last - (self.next - 1)).unwrap_or(usize::MAX);
        for message in messages.iter().take(wanted) {
            let (number, bytes) = (self.next, weight(message));
            self.next += 1;
            if bytes <= self.largest && self.has_room(block.len(), bytes) {
                if self.untold.is_some() {
                    self.send(Piece::Messages(std::mem::take(&mut block)));
                    self.tell_missed();
                }
                block.push(number, message);
            } else {
                self.note_missed(number, message.payload.len() as u64);
            }
        }
        self.send(Piece::Messages(block));
    }

    /// Counts a message of so many bytes that is here no more.
    pub(super) fn miss(&mut self, payload: u64) {
        let number = self.next;
        self.next += 1;
        self.note_missed(number, payload);
    }

    fn note_missed(&mut self, number: u64, payload: u64) {
        let (first, messages, payloads) = self.untold.unwrap_or((number, 0, 0));
        self.untold = Some((first, messages + 1, payloads + payload));
        self.tally.missed.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes a time in which messages may be missing, `since` messages ago.
    pub(crate) fn gap(&mut self, gap: Gap, since: u64) {
        self.tell_missed();
        let before = self.next.saturating_sub(since);
        self.send(Piece::Gap(Gap { before, ..gap }));
    }

    /// Keeps what a link leads to; a body in a file stays there until it is written.
    pub(crate) fn link(&mut self, at_us: i64, url: String, body: Blob) {
        self.send(Piece::Link { at_us, url, body });
    }

    /// Says what was missed since the last message.
    pub(super) fn tell_missed(&mut self) {
        if let Some((from, messages, bytes)) = self.untold.take() {
            self.send(Piece::Missed {
                from,
                messages,
                bytes,
            });
        }
    }

    /// Whether so many bytes may wait beside those of the block being filled. One message always may.
    fn has_room(&self, block: usize, bytes: usize) -> bool {
        let waiting = self.tally.waiting.load(Ordering::Relaxed) + block;
        waiting == 0 || waiting + bytes <= self.queue
    }

    fn send(&mut self, piece: Piece) {
        if let Piece::Messages(block) = &piece {
            if block.messages() == 0 {
                return;
            }
            self.tally.waiting.fetch_add(block.len(), Ordering::Relaxed);
        }
        // The writer outlives the intake: it only stops reading once the intake is gone.
        self.pieces.send(piece).ok();
    }
}
