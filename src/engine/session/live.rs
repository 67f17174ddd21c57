//! One live connection of a session, read by its receiver on a thread of its own. A lost connection is discarded and
//! replaced.

use super::receiver::{Order, Receiver, Signal};
use super::subscriptions::{Subscription, SubscriptionId};
use super::wakers::StoreNotifier;
use crate::clock;
use crate::connect::{ConnectError, ConnectOptions, ConnectionState, ServerInfo, socket};
use crate::connection::TrafficMark;
use crate::store::Store;
use crate::wording::Cause;
use natsbridge_wire::Limits;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Orders that may wait for the receiver, and signals that may wait for the session.
const QUEUE: usize = 512;

/// How long the last of what the broker sent is waited for.
const LAST: Duration = Duration::from_millis(500);

/// A live connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) server: ServerInfo,
    pub(super) server_id: String,
    pub(super) signals: mpsc::Receiver<Signal>,
    pub(super) opened: Instant,
    orders: mpsc::Sender<Order>,
    limits: Limits,
    /// Frames that came.
    frames: Arc<AtomicU64>,
    /// How many had come at the last sign of life, and when that was.
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
    /// Connects and starts receiving, ignoring the session's `own` traffic.
    pub(super) async fn open(
        options: &ConnectOptions,
        store: Store,
        wake: StoreNotifier,
        own: TrafficMark,
    ) -> Result<Self, ConnectError> {
        let (orders, orders_in) = mpsc::channel(QUEUE);
        let (signals_out, signals) = mpsc::channel(QUEUE);
        let (opened_out, opened) = oneshot::channel();
        let frames = Arc::new(AtomicU64::new(0));
        let receiver = Receiver {
            store,
            wake,
            own,
            orders: orders_in,
            signals: signals_out,
            frames: frames.clone(),
            most: options.limits.received_message,
        };
        let asked = options.clone();
        let run = move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                return;
            };
            runtime.block_on(receive(&asked, receiver, opened_out));
            // A name lookup cannot be interrupted and must not be waited for.
            runtime.shutdown_background();
        };
        let no_thread = |why: Cause| {
            ConnectError::unreachable(format!("cannot start a thread for the connection: {why}")).because(why)
        };
        let started = std::thread::Builder::new().name("receiver".into()).spawn(run);
        started.map_err(|error| no_thread(Cause::of(error)))?;
        let opened = opened.await;
        let (server, server_id) = opened.map_err(|_| no_thread(Cause::of("it ended immediately")))??;
        let now = clock::instant();
        Ok(Self {
            server,
            server_id,
            signals,
            opened: now,
            orders,
            limits: options.limits.clone(),
            frames,
            heard: (0, now),
            rtt: None,
        })
    }

    /// Subscribes at the broker.
    pub(super) async fn subscribe(&self, subscription: Subscription) {
        self.order(Order::Subscribe(subscription)).await;
    }

    /// Ends a subscription: what came before is still stored; once this returns, nothing more is.
    pub(super) async fn unsubscribe(&self, id: SubscriptionId) {
        let (done, ended) = oneshot::channel();
        self.order(Order::Unsubscribe(id, done)).await;
        tokio::time::timeout(self.limits.flush_time, ended).await.ok();
    }

    /// Measures a round trip. A receiver that takes no orders any more tells by itself why it ended.
    pub(super) fn ping(&self) {
        self.orders.try_send(Order::Ping).ok();
    }

    /// Waits until the broker has seen all that was asked of it so far, at most `within`.
    pub(super) async fn fence(&self, within: Duration) {
        let (done, seen) = oneshot::channel();
        self.order(Order::Fence(done)).await;
        tokio::time::timeout(within, seen).await.ok();
    }

    async fn order(&self, order: Order) {
        let given = self.orders.send(order);
        tokio::time::timeout(self.limits.flush_time, given).await.ok();
    }

    /// Notes how long a round trip took.
    pub(super) fn measured(&mut self, rtt: Duration) {
        // Jitter is not news: showing it would redraw the screen at every probe.
        if self.rtt.is_none_or(|shown| rtt.abs_diff(shown) > shown / 2) {
            self.rtt = Some(rtt);
        }
    }

    /// Takes silence up to now for no sign of anything: nobody listened.
    pub(super) fn excuse_silence(&mut self) {
        self.heard.1 = clock::instant();
    }

    /// How long nothing has been heard.
    pub(super) fn silence(&self) -> Duration {
        self.heard.1.elapsed()
    }

    /// Its health now: whatever comes is a sign of life.
    pub(super) fn life(&mut self) -> Health {
        let frames = self.frames.load(Ordering::Relaxed);
        if frames != self.heard.0 {
            self.heard = (frames, clock::instant());
        }
        let silence = self.silence();
        if silence <= self.limits.amber_after {
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

    /// Ends it; with `flush`, what the broker sent so far is stored and what it was asked is written.
    pub(super) async fn close(self, flush: bool) {
        let Self {
            mut signals, orders, ..
        } = self;
        let within = self.limits.flush_time;
        if flush {
            let (done, seen) = oneshot::channel();
            orders.try_send(Order::Fence(done)).ok();
            tokio::time::timeout(LAST, seen).await.ok();
        }
        drop(orders);
        // The receiver has ended once nobody can signal any more.
        let ended = async { while signals.recv().await.is_some() {} };
        tokio::time::timeout(within, ended).await.ok();
    }
}

/// Connects, says so, and receives until the connection or its owner is gone.
async fn receive(
    options: &ConnectOptions,
    receiver: Receiver,
    mut opened: oneshot::Sender<Result<(ServerInfo, String), ConnectError>>,
) {
    let socket = tokio::select! {
        socket = socket::open(options) => socket,
        () = opened.closed() => return,
    };
    match socket {
        Ok(socket) => {
            let greeting = (socket.server.clone(), socket.server_id.clone());
            if opened.send(Ok(greeting)).is_ok() {
                receiver.run(socket).await;
            }
        }
        Err(error) => drop(opened.send(Err(error))),
    }
}
