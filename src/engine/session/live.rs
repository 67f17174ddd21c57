//! One live connection of a session: client, ingest task, probes. A lost connection is discarded and replaced.

use super::client::{ClientThread, Ending, RepairProxy, thread as client_thread};
use super::ingest::{Change, Ingest, Pong};
use super::subscriptions::{Subscription, SubscriptionId};
use super::wakers::StoreNotifier;
use crate::clock;
use crate::connect::{Client, ConnectError, ConnectOptions, ConnectionState, ServerInfo, Signal};
use crate::connection::{Probe, TrafficMark};
use crate::store::Store;
use natsbridge_wire::Limits;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Changes that may wait for the ingest task.
const CHANGES: usize = 64;

/// How long the ingest task may take to notice that the client is gone.
const MOMENT: Duration = Duration::from_millis(100);

/// A client and its thread.
type Opened = (Client, ClientThread);

/// A live connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) server: ServerInfo,
    pub(super) server_id: String,
    pub(super) signals: mpsc::Receiver<Signal>,
    pub(super) pongs: mpsc::Receiver<Pong>,
    pub(super) ingest: JoinHandle<()>,
    pub(super) opened: Instant,
    /// Sentences about messages that were mended.
    pub(super) mended: mpsc::Receiver<String>,
    thread: ClientThread,
    relay: Option<RepairProxy>,
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

/// The health of a connection, by its last sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    /// It answers.
    Answering,
    /// It has not answered for a while.
    Silent,
    /// It has been silent for so long that it is given up.
    Dead,
}

impl Link {
    /// Connects and starts receiving, ignoring the session's `own` traffic; if `mending` names the broker, through a
    /// proxy that repairs messages.
    pub(super) async fn open(
        options: &ConnectOptions,
        mending: Option<&str>,
        store: Store,
        wake: StoreNotifier,
        own: TrafficMark,
    ) -> Result<Self, ConnectError> {
        let limits = options.limits.clone();
        let mended_by = match mending {
            Some(broker) => open_mending(options, broker).await?,
            None => None,
        };
        let ((client, thread), proxy) = match mended_by {
            Some((opened, relay, mended)) => (opened, Some((relay, mended))),
            None => (client_thread::open(options).await?, None),
        };
        let (relay, mended) = proxy.unzip();
        let Client {
            nats,
            signals,
            server,
            server_id,
        } = client;
        let (probe, subscriber) = Probe::start(&nats, limits.flush_time).await.ok_or_else(|| {
            ConnectError::unreachable(format!("{} closed the connection immediately", server.address))
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
            own,
        };
        // On its own thread: on the runtime's workers it would wait for its turn, and its queue could overflow.
        // Unconstrained: it must distinguish an empty queue from a used-up budget.
        let runtime = tokio::runtime::Handle::current();
        let now = clock::instant();
        Ok(Self {
            server,
            server_id,
            signals,
            pongs,
            ingest: tokio::task::spawn_blocking(move || {
                runtime.block_on(tokio::task::unconstrained(ingest.run()));
            }),
            opened: now,
            mended: mended.unwrap_or_else(|| mpsc::channel(1).1),
            thread,
            relay,
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

    /// Subscribes at the broker, if the client still takes commands.
    pub(super) async fn subscribe(&self, subscription: Subscription) {
        let subscribing = async {
            let subscriber = self
                .nats
                .subscribe(subscription.view.pattern.clone())
                .await
                .ok()?;
            self.changes
                .send(Change::Add(subscription, subscriber))
                .await
                .ok()?;
            self.nats.flush().await.ok()
        };
        timeout(self.limits.flush_time, subscribing).await.ok();
    }

    /// Ends a subscription: what came before is still stored; once this returns, nothing more is.
    pub(super) async fn unsubscribe(&self, id: SubscriptionId) {
        let (done, ended) = oneshot::channel();
        let ending = async {
            self.changes.send(Change::Remove(id, done)).await.ok()?;
            ended.await.ok()
        };
        timeout(self.limits.flush_time, ending).await.ok();
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
        self.sent = (self.sent.0 + 1, clock::instant());
        self.probe.send(self.sent.0, self.limits.flush_time).await
    }

    /// Waits until the broker has seen all that was asked of it so far, at most `within`.
    pub(super) async fn fence(&mut self, within: Duration) {
        if !self.ping().await {
            return;
        }
        if let Ok(Some(pong)) = timeout(within, self.pongs.recv()).await {
            self.pong(pong);
        }
    }

    /// Notes a probe that came back.
    pub(super) fn pong(&mut self, (number, at): Pong) {
        self.heard.1 = at;
        if number == self.sent.0 {
            let rtt = at.saturating_duration_since(self.sent.1);
            // Jitter is not news: showing it would redraw the screen at every probe.
            if self.rtt.is_none_or(|shown| rtt.abs_diff(shown) > shown / 2) {
                self.rtt = Some(rtt);
            }
        }
    }

    /// Whether this subject is our probe's.
    pub(super) fn probes(&self, subject: &str) -> bool {
        self.probe.owns(subject)
    }

    /// Stops probing, because we may not; returns whether this is new.
    pub(super) fn give_up_probing(&mut self) -> bool {
        std::mem::take(&mut self.probing)
    }

    /// How long nothing has been heard.
    pub(super) fn silence(&self) -> Duration {
        self.heard.1.elapsed()
    }

    /// Its health now: any message is a sign of life, not only probes.
    pub(super) fn life(&mut self) -> Health {
        let taken = self.statistics.in_messages.load(Ordering::Relaxed);
        if taken != self.heard.0 {
            self.heard = (taken, clock::instant());
        }
        let silence = self.silence();
        if !self.probing || silence <= self.limits.amber_after {
            Health::Answering
        } else if silence <= self.limits.dead_after {
            Health::Silent
        } else {
            Health::Dead
        }
    }

    /// Its state for the screen.
    pub(super) fn state(&mut self) -> ConnectionState {
        ConnectionState::Connected {
            silent: self.life() != Health::Answering,
            server: self.server.clone(),
            rtt: self.rtt,
        }
    }

    /// Why it ended, as the client saw it.
    pub(super) fn ending(&self) -> Ending {
        self.thread.heard.ending().unwrap_or_else(|| Ending {
            // A panicking client has no time to report.
            cause: "the client cannot parse what the broker sent and stopped, as it does on a lone \
                    carriage return in a header"
                .into(),
            unreadable: true,
        })
    }

    /// Why the client takes no commands any more: it may just have ended.
    pub(super) async fn stuck(&mut self) -> Ending {
        match timeout(MOMENT, &mut self.ingest).await {
            Ok(_) => self.ending(),
            Err(_) => Ending::of("the client no longer accepts commands"),
        }
    }

    /// Ends it: messages still in the client are stored, commands given so far are written.
    pub(super) async fn close(self, flush: bool) {
        if flush {
            timeout(self.limits.flush_time, self.nats.flush()).await.ok();
        }
        drop((self.changes, self.nats, self.probe, self.thread, self.relay));
        if !self.ingest.is_finished() {
            timeout(self.limits.flush_time, self.ingest).await.ok();
        }
    }
}

/// Connects through a proxy; `None` if that is impossible (the broker is away, or uses TLS): then the client connects
/// by itself and reports the error itself. Only a refusal is final: asking twice per attempt would lock the account
/// sooner.
async fn open_mending(
    options: &ConnectOptions,
    broker: &str,
) -> Result<Option<(Opened, RepairProxy, mpsc::Receiver<String>)>, ConnectError> {
    let Ok((relay, mended)) = RepairProxy::start(broker, options.limits.connect_time).await else {
        return Ok(None);
    };
    let place = relay.address.to_string();
    let options = ConnectOptions {
        servers: vec![format!("nats://{place}")],
        ..options.clone()
    };
    match client_thread::open(&options).await {
        Ok((mut client, thread)) => {
            broker.clone_into(&mut client.server.address);
            Ok(Some(((client, thread), relay, mended)))
        }
        Err(error) if error.is_final() => Err(error.said_of(&place, broker)),
        Err(_) => Ok(None),
    }
}
