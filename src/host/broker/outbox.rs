//! What waits to be written to one client. Little is copied, ready to be written; what would wait as a copy for each of
//! several slow clients is kept once for all of them.

use natsbridge_wire::Limits;
use std::cell::OnceCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that wait as copies for a client beside others; also the most that is written at once.
const COPIED: usize = 256 << 10;
/// A message from this size on is written from where it is kept.
const LARGE: usize = 64 << 10;
/// What a piece in the queue takes, at worst while the queue grows.
const PIECE: usize = 2 * size_of::<Piece>();

/// Bytes that wait for all clients of a broker; what is kept for several counts once.
#[derive(Debug, Default)]
pub struct Backlog {
    waiting: AtomicUsize,
    /// The limits of the broker.
    pub limits: Limits,
}

impl Backlog {
    /// One in which nothing waits yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            waiting: AtomicUsize::new(0),
            limits,
        }
    }

    /// Whether more waits than may.
    pub fn is_over(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > self.limits.broker_backlog
    }

    fn add(&self, bytes: usize) {
        self.waiting.fetch_add(bytes, Ordering::Relaxed);
    }

    fn sub(&self, bytes: usize) {
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// A message for its receivers, complete but for the identifiers of their subscriptions.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// `MSG` or `HMSG`, with a space.
    pub verb: &'static [u8],
    /// The subject.
    pub subject: &'a [u8],
    /// What follows the identifier, up to the end of the line.
    pub tail: &'a [u8],
    /// Headers, payload and the closing line end.
    pub body: &'a [u8],
    /// Whether there is but one receiver, so that a copy is no waste.
    pub alone: bool,
    kept: OnceCell<Arc<Kept>>,
}

impl<'a> Outgoing<'a> {
    /// One that nobody has kept yet.
    pub fn new(verb: &'static [u8], subject: &'a [u8], tail: &'a [u8], body: &'a [u8], alone: bool) -> Self {
        Self {
            verb,
            subject,
            tail,
            body,
            alone,
            kept: OnceCell::new(),
        }
    }
}

/// A message that several clients wait for.
#[derive(Debug)]
pub struct Kept {
    verb: &'static [u8],
    /// Subject, tail and body.
    bytes: Box<[u8]>,
    subject: usize,
    tail: usize,
    backlog: Arc<Backlog>,
}

impl Kept {
    fn new(message: &Outgoing<'_>, backlog: &Arc<Backlog>) -> Arc<Self> {
        let kept = Self {
            verb: message.verb,
            bytes: [message.subject, message.tail, message.body].concat().into(),
            subject: message.subject.len(),
            tail: message.subject.len() + message.tail.len(),
            backlog: Arc::clone(backlog),
        };
        backlog.add(kept.cost());
        Arc::new(kept)
    }

    fn head(&self, sid: &[u8], line: &mut Vec<u8>) {
        let (subject, tail) = (&self.bytes[..self.subject], &self.bytes[self.subject..self.tail]);
        for part in [self.verb, subject, b" ", sid, tail] {
            line.extend_from_slice(part);
        }
    }

    /// Headers, payload and the closing line end.
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.tail..]
    }

    fn cost(&self) -> usize {
        self.bytes.len() + size_of::<Self>() + 4 * size_of::<usize>()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.backlog.sub(self.cost());
    }
}

#[derive(Debug)]
enum Piece {
    Copied(Vec<u8>),
    Shared(Arc<Kept>, Arc<[u8]>),
}

/// The queue of one client.
#[derive(Debug)]
pub struct Outbox {
    pieces: VecDeque<Piece>,
    /// Bytes not yet written, those included that are being written.
    waiting: usize,
    in_flight: usize,
    /// Bytes of the copy that is being written.
    batch: usize,
    /// Nothing more is queued.
    pub closed: bool,
    backlog: Arc<Backlog>,
}

/// What the writer has to do next.
#[derive(Debug)]
pub enum Taken {
    /// Wait.
    Nothing,
    /// Write the batch, then the body of that message.
    Batch(Option<Arc<Kept>>),
    /// Everything is written and nothing more comes.
    Over,
}

impl Outbox {
    /// An empty one, counted there.
    pub fn new(backlog: Arc<Backlog>) -> Self {
        Self {
            pieces: VecDeque::new(),
            waiting: 0,
            in_flight: 0,
            batch: 0,
            closed: false,
            backlog,
        }
    }

    /// Bytes not yet written.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether those who publish to it should wait a little.
    pub fn is_crowded(&self) -> bool {
        self.waiting > self.backlog.limits.broker_pending / 4 * 3
    }

    /// Queues a line of our own; false if there is no room.
    pub fn line(&mut self, parts: &[&[u8]]) -> bool {
        let length = parts.iter().map(|part| part.len()).sum();
        let fits = self.has_room(length);
        if fits {
            self.copy(parts, length);
        }
        fits
    }

    /// Queues a message; false if there is no room.
    pub fn message(&mut self, message: &Outgoing<'_>, sid: &Arc<[u8]>) -> bool {
        let Outgoing {
            verb,
            subject,
            tail,
            body,
            ..
        } = *message;
        let parts = [verb, subject, b" ", sid, tail, body];
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if !self.has_room(length) {
            return false;
        }
        let few = self.waiting - self.in_flight <= COPIED && body.len() < LARGE;
        if message.alone || few {
            self.copy(&parts, length);
        } else {
            let kept = message.kept.get_or_init(|| Kept::new(message, &self.backlog));
            self.pieces
                .push_back(Piece::Shared(Arc::clone(kept), Arc::clone(sid)));
            self.backlog.add(PIECE);
            self.waiting += length;
        }
        true
    }

    /// Whether so many bytes more may wait for the client.
    fn has_room(&self, bytes: usize) -> bool {
        self.waiting + bytes <= self.backlog.limits.broker_pending
    }

    fn copy(&mut self, parts: &[&[u8]], length: usize) {
        self.waiting += length;
        self.backlog.add(length);
        if !matches!(self.pieces.back(), Some(Piece::Copied(last)) if last.len() + length <= COPIED) {
            self.pieces.push_back(Piece::Copied(Vec::with_capacity(length)));
        }
        if let Some(Piece::Copied(last)) = self.pieces.back_mut() {
            for part in parts {
                last.extend_from_slice(part);
            }
        }
    }

    /// The last batch is written; swaps it for the next.
    pub fn take(&mut self, batch: &mut Vec<u8>) -> Taken {
        self.waiting -= std::mem::take(&mut self.in_flight);
        self.backlog.sub(std::mem::take(&mut self.batch));
        batch.clear();
        let mut large = None;
        match self.pieces.pop_front() {
            Some(Piece::Copied(copied)) => *batch = copied,
            Some(shared) => {
                self.pieces.push_front(shared);
                large = self.gather(batch);
                self.backlog.add(batch.len());
            }
            None => {
                self.pieces = VecDeque::new();
                return if self.closed { Taken::Over } else { Taken::Nothing };
            }
        }
        self.batch = batch.len();
        self.in_flight = batch.len() + large.as_ref().map_or(0, |kept: &Arc<Kept>| kept.body().len());
        Taken::Batch(large)
    }

    /// Copies shared messages as far as they go into a batch; the one that is written from where it is kept.
    fn gather(&mut self, batch: &mut Vec<u8>) -> Option<Arc<Kept>> {
        while let Some(Piece::Shared(kept, sid)) = self.pieces.front()
            && batch.len() < COPIED
        {
            kept.head(sid, batch);
            let large = (kept.body().len() >= LARGE).then(|| Arc::clone(kept));
            if large.is_none() {
                batch.extend_from_slice(kept.body());
            }
            self.pieces.pop_front();
            self.backlog.sub(PIECE);
            if large.is_some() {
                return large;
            }
        }
        None
    }

    /// Drops what waits, but for what is being written, and closes it with a last line; how many bytes were dropped.
    pub fn cut(&mut self, last: &[u8]) -> usize {
        let dropped = self.waiting - self.in_flight;
        self.clear();
        self.waiting = self.in_flight;
        if !last.is_empty() {
            self.copy(&[last], last.len());
        }
        self.closed = true;
        dropped
    }

    fn clear(&mut self) {
        for piece in std::mem::take(&mut self.pieces) {
            self.backlog.sub(match piece {
                Piece::Copied(bytes) => bytes.len(),
                Piece::Shared(..) => PIECE,
            });
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.clear();
        self.backlog.sub(self.batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that is queued, as it is written.
    fn written(outbox: &mut Outbox) -> Vec<u8> {
        let (mut all, mut batch) = (Vec::new(), Vec::new());
        while let Taken::Batch(large) = outbox.take(&mut batch) {
            all.extend_from_slice(&batch);
            all.extend_from_slice(large.as_ref().map_or(b"", |kept| kept.body()));
        }
        all
    }

    #[test]
    fn messages_keep_their_order_and_are_kept_once_for_all() {
        let backlog = Arc::<Backlog>::default();
        let mut outboxes: Vec<_> = (0..20).map(|_| Outbox::new(Arc::clone(&backlog))).collect();
        let sids: Vec<Arc<[u8]>> = (0..20).map(|n| n.to_string().into_bytes().into()).collect();
        let mut expected = vec![Vec::new(); 20];
        for round in 0..400_usize {
            // Small and large ones in turns, and lines between them.
            let body = vec![b'a' + (round % 26) as u8; if round % 50 == 7 { 300_000 } else { 3000 }];
            let message = Outgoing::new(b"MSG ", b"s", b" 1\r\n", &body, false);
            for ((outbox, sid), expected) in outboxes.iter_mut().zip(&sids).zip(&mut expected) {
                assert!(outbox.message(&message, sid));
                expected.extend([b"MSG s ", &**sid, b" 1\r\n", &body].concat());
                if round % 3 == 0 {
                    assert!(outbox.line(&[b"PING", b"\r\n"]));
                    expected.extend_from_slice(b"PING\r\n");
                }
            }
        }
        let (used, alone) = (backlog.waiting.load(Ordering::Relaxed), expected[0].len());
        assert!(used < alone + 20 * 2 * COPIED, "{used} for 20 times {alone}");
        for (outbox, expected) in outboxes.iter_mut().zip(&expected) {
            assert_eq!(outbox.waiting(), expected.len());
            assert!(written(outbox) == *expected);
            assert_eq!(outbox.waiting(), 0);
        }
        assert_eq!(backlog.waiting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_is_cut_ends_behind_what_is_being_written() {
        let backlog = Arc::<Backlog>::default();
        let mut outbox = Outbox::new(Arc::clone(&backlog));
        let body = vec![b'x'; 1 << 20];
        let message = Outgoing::new(b"MSG ", b"s", b" 1\r\n", &body, false);
        while outbox.message(&message, &Arc::from(&b"1"[..])) {}
        assert!(outbox.is_crowded());
        let mut batch = Vec::new();
        assert!(matches!(outbox.take(&mut batch), Taken::Batch(Some(_))));
        let one = b"MSG s 1 1\r\n".len() + body.len();
        assert_eq!(outbox.cut(b"-ERR\r\n"), 62 * one);
        assert_eq!(written(&mut outbox), b"-ERR\r\n");
        assert!(matches!(outbox.take(&mut batch), Taken::Over));
        drop((outbox, message));
        assert_eq!(backlog.waiting.load(Ordering::Relaxed), 0);
    }
}
