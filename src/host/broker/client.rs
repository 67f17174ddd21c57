//! One connected client as other sessions see it: its outbox, and its subscriptions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::time::timeout;

use natsbridge_wire::Limits;

/// Bytes that may wait for a client.
const PENDING: usize = Limits::DEFAULT.broker_pending;
/// Bytes waiting from which those who publish to it are slowed down.
const CROWDED: usize = PENDING / 4 * 3;
/// An outbox that once grew beyond this is given back when it is empty.
const KEEP: usize = 1 << 20;

/// A connected client.
#[derive(Debug)]
pub struct Client {
    /// Its number, unique in the life of a broker.
    pub id: u64,
    /// Whether it understands headers.
    pub headers: AtomicBool,
    outbox: Mutex<Outbox>,
    wake: Notify,
    drained: Notify,
    closing: Notify,
    subscriptions: Mutex<HashMap<Box<[u8]>, Arc<Subscription>>>,
}

#[derive(Debug, Default)]
struct Outbox {
    queued: Vec<u8>,
    in_flight: usize,
    announced: bool,
    closed: bool,
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
    /// A client with an empty outbox.
    pub fn new(id: u64) -> Self {
        Self {
            id,
            headers: AtomicBool::new(false),
            outbox: Mutex::default(),
            wake: Notify::new(),
            drained: Notify::new(),
            closing: Notify::new(),
            subscriptions: Mutex::default(),
        }
    }

    /// Queues the parts as one piece. A client with too much queued is told so and disconnected.
    pub fn send(&self, parts: &[&[u8]]) -> Queued {
        let mut outbox = lock(&self.outbox);
        if outbox.closed {
            return Queued::default();
        }
        let waiting =
            outbox.queued.len() + outbox.in_flight + parts.iter().map(|part| part.len()).sum::<usize>();
        if waiting > PENDING {
            outbox.queued.extend_from_slice(b"-ERR 'Slow Consumer'\r\n");
            drop(outbox);
            self.close();
            return Queued::default();
        }
        for part in parts {
            outbox.queued.extend_from_slice(part);
        }
        let wake = !std::mem::replace(&mut outbox.announced, true);
        Queued {
            wake,
            crowded: waiting > CROWDED,
        }
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
            match self.take(&mut batch) {
                Some(true) => {}
                Some(false) => {
                    self.wake.notified().await;
                    continue;
                }
                None => break,
            }
            let mut written = 0;
            while written < batch.len() {
                match timeout(Limits::DEFAULT.broker_write_time, socket.write(&batch[written..])).await {
                    Ok(Ok(count)) if count > 0 => written += count,
                    _ => return,
                }
            }
            self.drained.notify_waiters();
        }
        let _ = socket.shutdown().await;
    }

    /// Swaps the written batch for the queued one: whether there is something to write, or nothing at the end.
    fn take(&self, batch: &mut Vec<u8>) -> Option<bool> {
        batch.clear();
        if batch.capacity() > KEEP {
            *batch = Vec::new();
        }
        let mut outbox = lock(&self.outbox);
        std::mem::swap(&mut outbox.queued, batch);
        outbox.in_flight = batch.len();
        outbox.announced = false;
        (!batch.is_empty() || !outbox.closed).then_some(!batch.is_empty())
    }

    /// Its subscriptions by their identifiers.
    pub fn subscriptions(&self) -> MutexGuard<'_, HashMap<Box<[u8]>, Arc<Subscription>>> {
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
    pub sid: Box<[u8]>,
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
        let subscription = Subscription::new(Arc::new(Client::new(1)), b"a", None, b"1");
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
        let client = Client::new(1);
        let block = vec![b'x'; 1 << 20];
        let mut queued = client.send(&[&block]);
        assert_eq!(
            queued,
            Queued {
                wake: true,
                crowded: false
            }
        );
        for _ in 1..64 {
            queued = client.send(&[&block]);
        }
        assert_eq!(
            queued,
            Queued {
                wake: false,
                crowded: true
            }
        );
        assert_eq!(client.send(&[b"one too many"]), Queued::default());
        client.closing().await;
        let mut written = Vec::new();
        client.write_to(&mut written).await;
        assert_eq!(written.len(), PENDING + 22);
        assert!(written.ends_with(b"-ERR 'Slow Consumer'\r\n"));
    }
}
