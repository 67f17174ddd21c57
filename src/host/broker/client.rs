//! One connected client as other sessions see it: its outbox, and its subscriptions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::cut_off::CutOffReason;
use super::outbox::{Backlog, Outbox, Outgoing, Taken};

/// A batch that once grew beyond this is given back when it is written.
const KEEP: usize = 1 << 20;

/// A connected client.
#[derive(Debug)]
pub struct Client {
    /// Its number, unique in the life of a broker.
    pub id: u64,
    /// Whether it understands headers.
    pub headers: AtomicBool,
    outbox: Mutex<Outbox>,
    backlog: Arc<Backlog>,
    announced: AtomicBool,
    wake: Notify,
    drained: Notify,
    closing: Notify,
    cut_off: OnceLock<(CutOffReason, usize)>,
    subscriptions: Mutex<HashMap<Arc<[u8]>, Arc<Subscription>>>,
}

/// The result of queueing bytes in an outbox.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    /// The caller must call [`Client::wake`] when its batch is done.
    pub wake: bool,
    /// The outbox fills up: the publisher should wait a little.
    pub crowded: bool,
}

impl Client {
    /// A client with an empty outbox, counted there.
    pub fn new(id: u64, backlog: Arc<Backlog>) -> Self {
        Self {
            id,
            headers: AtomicBool::new(false),
            outbox: Mutex::new(Outbox::new(Arc::clone(&backlog))),
            backlog,
            announced: AtomicBool::new(false),
            wake: Notify::new(),
            drained: Notify::new(),
            closing: Notify::new(),
            cut_off: OnceLock::new(),
            subscriptions: Mutex::default(),
        }
    }

    /// Queues a line of our own, in parts.
    pub fn send(&self, parts: &[&[u8]]) -> Queued {
        self.queue(|outbox| outbox.line(parts))
    }

    /// Queues a message for one of its subscriptions.
    pub fn deliver(&self, message: &Outgoing<'_>, sid: &Arc<[u8]>) -> Queued {
        self.queue(|outbox| outbox.message(message, sid))
    }

    /// A client with too much queued is told so and disconnected.
    fn queue(&self, push: impl FnOnce(&mut Outbox) -> bool) -> Queued {
        let mut outbox = lock(&self.outbox);
        if outbox.closed {
            return Queued::default();
        }
        if !push(&mut outbox) {
            drop(outbox);
            self.cut(CutOffReason::Slow);
            return Queued::default();
        }
        Queued {
            wake: !self.announced.swap(true, Ordering::SeqCst),
            crowded: outbox.is_crowded(),
        }
    }

    /// Bytes that wait for it.
    pub fn waiting(&self) -> usize {
        lock(&self.outbox).waiting()
    }

    /// Cuts it off: what it has not begun to be sent is dropped, and it is told why.
    pub fn cut(&self, why: CutOffReason) {
        let mut outbox = lock(&self.outbox);
        if !outbox.closed {
            let dropped = outbox.cut(why.last_line());
            let _ = self.cut_off.set((why, dropped));
        }
        drop(outbox);
        self.close();
    }

    /// Why it was cut off, if it was, and how many bytes for it were dropped.
    pub fn cut_off(&self) -> Option<(CutOffReason, usize)> {
        self.cut_off.get().copied()
    }

    /// Lets the writer run.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Nothing more is queued from now on; what is queued is still written.
    pub fn close(&self) {
        lock(&self.outbox).closed = true;
        self.wake.notify_one();
        self.closing.notify_one();
    }

    /// Waits until somebody calls [`Self::close`].
    pub async fn closing(&self) {
        self.closing.notified().await;
    }

    /// Waits until the writer has made progress, but not longer than `limit`.
    pub async fn drained(&self, limit: Duration) {
        let _ = timeout(limit, self.drained.notified()).await;
    }

    /// Writes what is queued until the client is closed and its outbox empty, or the socket fails or stalls.
    pub async fn write_to(&self, mut socket: impl AsyncWrite + Unpin) {
        let mut batch = Vec::new();
        loop {
            self.announced.store(false, Ordering::SeqCst);
            if batch.capacity() > KEEP {
                batch = Vec::new();
            }
            let taken = lock(&self.outbox).take(&mut batch);
            match taken {
                Taken::Batch(large) => {
                    let body = large.as_ref().map_or(&b""[..], |kept| kept.body());
                    if !(self.write(&mut socket, &batch).await && self.write(&mut socket, body).await) {
                        return;
                    }
                }
                Taken::Nothing => {
                    self.wake.notified().await;
                    continue;
                }
                Taken::Over => break,
            }
            self.drained.notify_waiters();
        }
        let _ = socket.shutdown().await;
    }

    /// Writes it all, unless the socket fails or stalls.
    async fn write(&self, socket: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> bool {
        let mut written = 0;
        while written < bytes.len() {
            match timeout(
                self.backlog.limits.broker_write_time,
                socket.write(&bytes[written..]),
            )
            .await
            {
                Ok(Ok(count)) if count > 0 => written += count,
                Ok(_) => return false,
                Err(_) => {
                    self.cut(CutOffReason::Stalled);
                    return false;
                }
            }
        }
        true
    }

    /// Its subscriptions by their identifiers.
    pub fn subscriptions(&self) -> MutexGuard<'_, HashMap<Arc<[u8]>, Arc<Subscription>>> {
        lock(&self.subscriptions)
    }
}

/// Takes a lock even after a panic elsewhere: the data is consistent at every step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A client's interest in a subject.
#[derive(Debug)]
pub struct Subscription {
    /// Who is interested.
    pub client: Arc<Client>,
    /// In what, a valid pattern.
    pub pattern: Box<[u8]>,
    /// As a member of which group.
    pub queue: Option<Box<[u8]>>,
    /// The client's own identifier for it.
    pub sid: Arc<[u8]>,
    delivered: AtomicU64,
    limit: AtomicU64,
}

/// Whether one more message may be delivered.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// Yes.
    Granted,
    /// Yes, and the subscription has ended with it.
    Last,
    /// No, it has ended.
    Ended,
}

impl PartialEq for Subscription {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Subscription {
    /// Interest without an end.
    pub fn new(client: Arc<Client>, pattern: &[u8], queue: Option<&[u8]>, sid: &[u8]) -> Self {
        Self {
            client,
            pattern: pattern.into(),
            queue: queue.map(Into::into),
            sid: sid.into(),
            delivered: AtomicU64::new(0),
            limit: AtomicU64::new(u64::MAX),
        }
    }

    /// Ends after `max` messages in total; returns whether that is already the case.
    pub fn limit_to(&self, max: u64) -> bool {
        self.limit.store(max, Ordering::SeqCst);
        self.delivered.load(Ordering::SeqCst) >= max
    }

    /// Counts one delivery.
    pub fn claim(&self) -> Claim {
        let count = self.delivered.fetch_add(1, Ordering::SeqCst) + 1;
        match count.cmp(&self.limit.load(Ordering::SeqCst)) {
            std::cmp::Ordering::Less => Claim::Granted,
            std::cmp::Ordering::Equal => Claim::Last,
            std::cmp::Ordering::Greater => Claim::Ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_ends_after_its_limit() {
        let subscription = Subscription::new(Arc::new(Client::new(1, Arc::default())), b"a", None, b"1");
        assert_eq!(subscription.claim(), Claim::Granted);
        assert!(!subscription.limit_to(3));
        assert_eq!(
            [subscription.claim(), subscription.claim()],
            [Claim::Granted, Claim::Last]
        );
        assert_eq!(subscription.claim(), Claim::Ended);
        assert!(subscription.limit_to(0));
    }

    #[tokio::test]
    async fn a_slow_consumer_is_told_and_let_go() {
        let backlog = Arc::<Backlog>::default();
        let client = Client::new(1, Arc::clone(&backlog));
        let block = vec![b'x'; 1 << 20];
        let queued = |wake, crowded| Queued { wake, crowded };
        assert_eq!(client.send(&[&block]), queued(true, false));
        for _ in 1..63 {
            client.send(&[&block]);
        }
        assert_eq!(client.send(&[&block]), queued(false, true));
        assert_eq!(client.send(&[b"one too many"]), Queued::default());
        client.closing().await;
        assert_eq!(
            client.cut_off(),
            Some((CutOffReason::Slow, backlog.limits.broker_pending))
        );
        let mut written = Vec::new();
        client.write_to(&mut written).await;
        assert_eq!(written, b"-ERR 'Slow Consumer'\r\n");
    }
}
