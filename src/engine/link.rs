//! One live connection of a session: client, ingest task, probes. What is lost is thrown away and made anew.

use super::client::{Client, Failure, Signal};
use super::client_thread::{self, ClientThread};
use super::ingest::{Change, Ingest, Pong};
use super::last_words::Ending;
use super::options::ConnectOptions;
use super::probe::Probe;
use super::state::{ConnectionState, ServerFacts};
use super::store::Store;
use super::subscription::{Subscription, SubscriptionId};
use super::wake::Wake;
use crate::wire::Limits;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Changes that may wait for the ingest task.
const CHANGES: usize = 64;

/// A live connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) server: ServerFacts,
    pub(super) server_id: String,
    pub(super) signals: mpsc::Receiver<Signal>,
    pub(super) pongs: mpsc::Receiver<Pong>,
    pub(super) ingest: JoinHandle<()>,
    pub(super) opened: Instant,
    thread: ClientThread,
    nats: async_nats::Client,
    statistics: Arc<async_nats::Statistics>,
    changes: mpsc::Sender<Change>,
    limits: Limits,
    probe: Probe,
    probing: bool,
    sent: (u64, Instant),
    heard: (u64, Instant),
    rtt: Option<Duration>,
}

/// How a connection looks from its last sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// It answers.
    Answering,
    /// It has not answered for a while.
    Silent,
    /// It has not answered for so long that it is given up.
    Dead,
}

impl Link {
    /// Connects and starts taking messages in.
    pub(super) async fn open(options: &ConnectOptions, store: Store, wake: Wake) -> Result<Self, Failure> {
        let limits = options.limits.clone();
        let (client, thread) = client_thread::open(options).await?;
        let Client {
            nats,
            signals,
            server,
            server_id,
        } = client;
        let (probe, subscriber) = Probe::start(&nats, limits.flush_time)
            .await
            .ok_or_else(|| Failure {
                refused: false,
                error: super::connect_error::ConnectError(format!(
                    "{} closed the connection at once",
                    server.address
                )),
            })?;
        let statistics = nats.statistics();
        let (changes, changes_in) = mpsc::channel(CHANGES);
        let (pongs_out, pongs) = mpsc::channel(CHANGES);
        let ingest = Ingest {
            dropped_before: store.counters().dropped,
            drop_mark: limits.drop_mark,
            store,
            statistics: statistics.clone(),
            probe: subscriber,
            pongs: pongs_out,
            changes: changes_in,
            wake,
        };
        // A thread of its own: on the runtime's workers it would wait for its turn, and its queue would have run over by
        // then. Unconstrained: it must be able to tell
        // an empty queue from a used-up turn.
        let runtime = tokio::runtime::Handle::current();
        let now = Instant::now();
        Ok(Self {
            server,
            server_id,
            signals,
            pongs,
            ingest: tokio::task::spawn_blocking(move || {
                runtime.block_on(tokio::task::unconstrained(ingest.run()));
            }),
            opened: now,
            thread,
            nats,
            statistics,
            changes,
            limits,
            probe,
            probing: true,
            sent: (0, now),
            heard: (0, now),
            rtt: None,
        })
    }

    /// Subscribes at the broker; false if the client takes no commands any more.
    pub(super) async fn subscribe(&self, subscription: Subscription) -> bool {
        let subscribing = async {
            let subscriber = self.nats.subscribe(subscription.pattern.clone()).await.ok()?;
            self.changes
                .send(Change::Add(subscription, subscriber))
                .await
                .ok()?;
            self.nats.flush().await.ok()
        };
        matches!(
            tokio::time::timeout(self.limits.flush_time, subscribing).await,
            Ok(Some(()))
        )
    }

    /// Ends a subscription: what came before is still stored; once this returns, nothing more is.
    pub(super) async fn unsubscribe(&self, id: SubscriptionId) {
        let (done, ended) = oneshot::channel();
        let ending = async {
            self.changes.send(Change::Remove(id, done)).await.ok()?;
            ended.await.ok()
        };
        tokio::time::timeout(self.limits.flush_time, ending).await.ok();
    }

    /// Has the ingest task look for losses when nothing comes.
    pub(super) fn look(&self) {
        self.changes.try_send(Change::Look).ok();
    }

    /// Sends the next probe; false if the client takes no commands any more.
    pub(super) async fn ping(&mut self) -> bool {
        if !self.probing {
            return true;
        }
        self.sent = (self.sent.0 + 1, Instant::now());
        self.probe.send(self.sent.0, self.limits.flush_time).await
    }

    /// Waits until the broker has seen all that was asked of it so far, at most `within`.
    pub(super) async fn fence(&mut self, within: Duration) {
        if !self.ping().await {
            return;
        }
        if let Ok(Some(pong)) = tokio::time::timeout(within, self.pongs.recv()).await {
            self.pong(pong);
        }
    }

    /// Notes a probe that came back.
    pub(super) fn pong(&mut self, (number, at): Pong) {
        self.heard.1 = at;
        if number == self.sent.0 {
            let rtt = at.saturating_duration_since(self.sent.1);
            // Jitter is no news: a screen that shows it would be drawn again at every probe.
            if self.rtt.is_none_or(|shown| rtt.abs_diff(shown) > shown / 2) {
                self.rtt = Some(rtt);
            }
        }
    }

    /// Whether this subject is our probe's.
    pub(super) fn probes(&self, subject: &str) -> bool {
        self.probe.owns(subject)
    }

    /// Goes without probes, because we may not send them; whether it did not already.
    pub(super) fn give_up_probing(&mut self) -> bool {
        std::mem::take(&mut self.probing)
    }

    /// How long nothing has been heard.
    pub(super) fn silence(&self) -> Duration {
        self.heard.1.elapsed()
    }

    /// How it looks now: any message is a sign of life, not only probes.
    pub(super) fn life(&mut self) -> Life {
        let taken = self.statistics.in_messages.load(Ordering::Relaxed);
        if taken != self.heard.0 {
            self.heard = (taken, Instant::now());
        }
        let silence = self.silence();
        if !self.probing || silence <= self.limits.amber_after {
            Life::Answering
        } else if silence <= self.limits.dead_after {
            Life::Silent
        } else {
            Life::Dead
        }
    }

    /// Its state for the screen.
    pub(super) fn state(&mut self) -> ConnectionState {
        ConnectionState::Connected {
            silent: self.life() != Life::Answering,
            server: self.server.clone(),
            rtt: self.rtt,
        }
    }

    /// Why it ended, as the client saw it.
    pub(super) fn ending(&self) -> Ending {
        // The client that panics has no time for words.
        self.thread.words.heard().unwrap_or_else(|| Ending {
            cause: "the client stopped on what it cannot read (a lone carriage return in a header stops it, or an impossible length)".into(),
            unreadable: true,
        })
    }

    /// Ends it: what the client still held is stored, commands given so far are written.
    pub(super) async fn close(self, flush: bool) {
        if flush {
            tokio::time::timeout(self.limits.flush_time, self.nats.flush())
                .await
                .ok();
        }
        drop((self.changes, self.nats, self.probe, self.thread));
        if !self.ingest.is_finished() {
            tokio::time::timeout(self.limits.flush_time, self.ingest)
                .await
                .ok();
        }
    }
}
