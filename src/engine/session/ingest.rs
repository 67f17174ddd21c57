//! The ingest task of one connection: takes messages from all subscriptions and copies them into the store. It does
//! nothing else and never waits: anything more would cost messages. It uses no timers, so it can run on its own
//! thread that outlives the runtime's timers.
//!
//! A message that matches several subscriptions arrives once through each. It is stored from the first one (in the
//! order they were added) and recognised as a copy from the others, which is not a loss.

use super::loss_ledger::Ledger;
use super::subscriptions::{Subscription, SubscriptionId};
use super::wakers::StoreNotifier;
use crate::clock;
use crate::connection::{TrafficMark, is_probe, probe_number};
use crate::message::{Gap, Headers, Incoming};
use crate::store::Store;
use crate::subjects::subject_matches;
use crate::wording::counted;
use async_nats::{Message, Statistics, Subscriber};
use futures_util::Stream;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Messages taken per round.
const ROUND: usize = 1024;
/// Payload bytes taken per round.
const ROUND_BYTES: usize = 8 << 20;
/// The route of messages that came through the probe's own subscription.
const PROBE: usize = usize::MAX;
/// How long stragglers of an ended subscription may take.
const CALM: Duration = Duration::from_secs(1);

/// A change to what is taken in.
#[derive(Debug)]
pub(super) enum Change {
    /// Takes messages from this one too.
    Add(Subscription, Subscriber),
    /// Stops taking messages from this one; replies when that is done.
    Remove(SubscriptionId, oneshot::Sender<()>),
    /// No change, but check for losses since the last message.
    Look,
}

/// A probe that came back, and when.
pub(super) type Pong = (u64, Instant);

/// What the task is made of.
#[derive(Debug)]
pub(super) struct Ingest {
    pub(super) store: Store,
    pub(super) statistics: Arc<Statistics>,
    pub(super) probe: Subscriber,
    pub(super) pongs: mpsc::Sender<Pong>,
    pub(super) changes: mpsc::Receiver<Change>,
    pub(super) wake: StoreNotifier,
    /// What is left out: it is neither received nor lost.
    pub(super) own: TrafficMark,
    /// Messages dropped by earlier connections.
    pub(super) dropped_before: u64,
    /// Minimum time between two marks of dropped messages.
    pub(super) drop_mark: Duration,
}

#[derive(Debug)]
struct Route {
    subscription: Subscription,
    subscriber: Subscriber,
}

#[derive(Debug, Default)]
struct Round {
    /// Messages with the index of the route they came through.
    messages: Vec<(usize, Message)>,
    bytes: usize,
    /// Whether every queue was seen empty.
    drained: bool,
    /// Whether the client is gone.
    ended: bool,
}

impl Ingest {
    /// Runs until the client is gone or `changes` is closed; then empties the queues once more.
    pub(super) async fn run(mut self) {
        let mut routes: Vec<Route> = Vec::new();
        let mut books = Account::default();
        books.clear_us = books.now();
        let mut round = Round::default();
        loop {
            tokio::select! {
                biased;
                change = self.changes.recv() => match change {
                    Some(Change::Add(subscription, subscriber)) => {
                        routes.push(Route { subscription, subscriber });
                        routes.sort_by_key(|route| route.subscription.view.id);
                    }
                    Some(Change::Remove(id, done)) => {
                        self.empty(&mut routes, &mut round, &mut books).await;
                        routes.retain(|route| route.subscription.view.id != id);
                        books.settle();
                        done.send(()).ok();
                    }
                    Some(Change::Look) => {
                        self.empty(&mut routes, &mut round, &mut books).await;
                        self.close(&mut books);
                    }
                    None => break,
                },
                () = std::future::poll_fn(|cx| poll_round(&mut self.probe, &mut routes, &mut round, cx)) => {
                    self.take(&routes, &mut round, &mut books);
                    if round.ended {
                        break;
                    }
                    if round.drained {
                        self.close(&mut books);
                    }
                }
            }
        }
        self.empty(&mut routes, &mut round, &mut books).await;
        books
            .ledger
            .finish(self.statistics.in_messages.load(Ordering::Relaxed));
        self.store
            .set_dropped(self.dropped_before + books.ledger.dropped());
        self.mark(&mut books, Duration::ZERO);
    }

    /// Takes all that is ready.
    async fn empty(&mut self, routes: &mut [Route], round: &mut Round, books: &mut Account) {
        loop {
            std::future::poll_fn(|cx| {
                // Pending means that the queue is empty, which is what we need to know.
                let _ = poll_round(&mut self.probe, routes, round, cx);
                Poll::Ready(())
            })
            .await;
            if round.messages.is_empty() {
                return;
            }
            self.take(routes, round, books);
        }
    }

    /// Stores the messages taken, reports returned probes, and accounts for every message.
    fn take(&self, routes: &[Route], round: &mut Round, books: &mut Account) {
        let at_us = books.now();
        let mine = |(index, message): &(usize, Message)| {
            let Some(route) = routes.get(*index) else {
                if let Some(number) = probe_number(message) {
                    self.pongs.try_send((number, clock::instant())).ok();
                }
                return false;
            };
            if is_probe(message) || self.own.is_it(message) {
                return false;
            }
            route.subscription.received.fetch_add(1, Ordering::Relaxed);
            let earlier = &routes[..*index];
            !earlier
                .iter()
                .any(|route| subject_matches(&route.subscription.view.pattern, &message.subject))
        };
        let before = self.store.range().end;
        self.store.append(
            round
                .messages
                .iter()
                .filter(|entry| mine(entry))
                .map(|(_, message)| Incoming {
                    at_us,
                    subject: &message.subject,
                    reply: message.reply.as_deref(),
                    headers: Headers::of_client(message.headers.as_ref()),
                    payload: &message.payload,
                }),
        );
        books.ledger.account(round.messages.len() as u64);
        round.messages.clear();
        round.bytes = 0;
        if self.store.range().end > before {
            self.wake.stored();
        }
    }

    /// Closes a round: all queues were empty just now.
    fn close(&self, books: &mut Account) {
        let taken = self.statistics.in_messages.load(Ordering::Relaxed);
        let before = books.ledger.dropped();
        books.ledger.round(taken, books.calm());
        if books.ledger.dropped() != before {
            self.store
                .set_dropped(self.dropped_before + books.ledger.dropped());
            self.wake.changed();
        }
        self.mark(books, self.drop_mark);
    }

    /// Marks where messages were dropped, if the last mark is at least `rest` ago.
    fn mark(&self, books: &mut Account, rest: Duration) {
        let dropped = books.ledger.dropped();
        let news = dropped.saturating_sub(books.marked.0);
        let Ok(rest_us) = i64::try_from(rest.as_micros()) else {
            return;
        };
        let now_us = books.now();
        if news == 0 {
            books.clear_us = now_us;
        } else if now_us - books.marked.1 >= rest_us {
            books.marked = (dropped, now_us);
            self.store.mark_gap(Gap {
                before: self.store.range().end,
                from_us: books.clear_us,
                to_us: now_us,
                cause: format!(
                    "{} dropped: more arrived than could be processed",
                    counted(news, "message")
                ),
            });
            books.clear_us = now_us;
            self.wake.changed();
        }
    }
}

/// Takes what is ready, at most a round's worth. Runs outside tokio's cooperative budget (the session sees to
/// that), so that "pending" means that a queue is empty.
fn poll_round(
    probe: &mut Subscriber,
    routes: &mut [Route],
    round: &mut Round,
    cx: &mut Context<'_>,
) -> Poll<()> {
    round.drained = true;
    loop {
        match Pin::new(&mut *probe).poll_next(cx) {
            Poll::Ready(Some(message)) => round.messages.push((PROBE, message)),
            Poll::Ready(None) => {
                round.ended = true;
                break;
            }
            Poll::Pending => break,
        }
    }
    for (index, route) in routes.iter_mut().enumerate() {
        while let Poll::Ready(Some(message)) = Pin::new(&mut route.subscriber).poll_next(cx) {
            round.bytes += message.payload.len();
            round.messages.push((index, message));
            if round.messages.len() >= ROUND || round.bytes >= ROUND_BYTES {
                round.drained = false;
                return Poll::Ready(());
            }
        }
    }
    if round.messages.is_empty() && !round.ended {
        Poll::Pending
    } else {
        Poll::Ready(())
    }
}

/// The ledger with its two clocks.
#[derive(Debug, Default)]
struct Account {
    ledger: Ledger,
    settled_at: Option<Instant>,
    last_us: i64,
    /// Dropped messages that have been marked, and when the last were.
    marked: (u64, i64),
    /// The last time without unmarked losses.
    clear_us: i64,
}

impl Account {
    /// The time of arrival; never goes back, so that the order of arrival is the order of times.
    fn now(&mut self) -> i64 {
        self.last_us = self.last_us.max(clock::now_us());
        self.last_us
    }

    fn settle(&mut self) {
        self.ledger.settle();
        self.settled_at = Some(clock::instant());
    }

    fn calm(&self) -> bool {
        self.settled_at.is_none_or(|at| at.elapsed() >= CALM)
    }
}
