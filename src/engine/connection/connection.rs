//! A connection without a screen: open, subscribe, publish, and know how far each message got. The client reconnects
//! by itself, to each of its servers in turn; use a session if messages that break the client must be survived.

use super::error::ConnectionError;
use super::heard::Heard;
use super::heartbeat::RoundTrips;
use super::messages::Messages;
use super::outgoing::{Outgoing, header_map};
use super::own_traffic::TrafficMark;
use super::proved::Proved;
use crate::clock;
use crate::connect::address::without_scheme;
use crate::connect::{ConnectError, ConnectOptions, Denial, ServerInfo, Socket, Turns, client, socket};
use crate::subjects::check_pattern;
use async_nats::HeaderMap;
use bytes::Bytes;
use natsbridge_wire::Limits;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::time::{sleep, timeout};

/// How long the broker's complaint may arrive after the probe that followed its cause.
const COMPLAINT: Duration = Duration::from_millis(25);
/// Pause between looks whether the client is connected again.
const LOOK: Duration = Duration::from_millis(25);

/// A connection to the broker; clones share it.
#[derive(Debug, Clone)]
pub struct Connection {
    pub(crate) nats: async_nats::Client,
    turns: Turns,
    /// What it was opened with.
    options: Arc<ConnectOptions>,
    /// The limits it was opened with.
    pub(crate) limits: Limits,
    /// What the subjects of the JetStream API begin with.
    pub(crate) jetstream_prefix: Arc<str>,
    /// The mark of its requests.
    pub(crate) own: TrafficMark,
    round_trips: Option<Arc<Mutex<RoundTrips>>>,
    /// What the client tells.
    pub(crate) heard: watch::Receiver<Heard>,
    /// What was found permitted: no need to wait for the broker's complaint about it again.
    proved: Arc<Mutex<Proved>>,
    /// What the subjects of our own inboxes begin with.
    inboxes: Arc<str>,
    /// Deliveries that may wait at once.
    delivering: Arc<Semaphore>,
}

impl Connection {
    /// Connects to the first of the servers that answers; when that is lost, to the next one, and so on in turn.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use natsbridge_engine::{ConnectOptions, Connection};
    /// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
    /// let mut messages = connection.subscribe(&["chat.>"]).await?;
    /// while let Some(message) = messages.next().await {
    ///     println!("{} {} bytes", message.subject, message.payload.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn open(options: &ConnectOptions) -> Result<Self, ConnectError> {
        Self::open_marked(options, TrafficMark::new()).await
    }

    /// Like [`Connection::open`]; its JetStream requests carry that mark.
    pub(crate) async fn open_marked(
        options: &ConnectOptions,
        own: TrafficMark,
    ) -> Result<Self, ConnectError> {
        let client = client::open(options).await?;
        let client::Client { nats, signals, turns } = client;
        let inbox = nats.new_inbox();
        let inboxes = inbox.rsplit_once('.').map_or(&*inbox, |(prefix, _)| prefix);
        let round_trips = RoundTrips::start(&nats, options.limits.flush_time).await;
        Ok(Self {
            nats,
            turns,
            options: options.clone().into(),
            limits: options.limits.clone(),
            jetstream_prefix: options.jetstream_prefix.as_deref().unwrap_or("$JS.API").into(),
            own,
            round_trips: round_trips.map(|trips| Arc::new(Mutex::new(trips))),
            heard: Heard::listen(signals),
            proved: Arc::default(),
            inboxes: inboxes.into(),
            delivering: Arc::new(Semaphore::new(options.limits.deliveries.max(1))),
        })
    }

    /// Detects, without contacting a broker, whether these options can ever connect: unreadable files, malformed
    /// seeds, a certificate without its key.
    pub fn check(options: &ConnectOptions) -> Result<(), ConnectError> {
        client::check(options)
    }

    /// What the server said that it is connected to now, or was last.
    pub fn server(&self) -> ServerInfo {
        let (info, server) = (self.nats.server_info(), self.turns.current());
        ServerInfo {
            tls: info.tls_required || server.starts_with("tls://") || self.options.tls.wanted(),
            name: info.server_name,
            version: info.version,
            max_payload: self.max_payload(),
            jetstream: info.jetstream,
            address: without_scheme(server).to_owned(),
            inbox: self.new_inbox(),
            read_only: self.options.read_only,
        }
    }

    /// Whether that server is one of a cluster: then others may take over, and who leads is chosen among them.
    pub fn is_clustered(&self) -> bool {
        let cluster = self.nats.server_info().cluster;
        cluster.is_some_and(|name| !name.is_empty())
    }

    /// One more connection to the same server, for whoever reads its frames.
    pub(crate) async fn socket(&self) -> Result<Socket, ConnectError> {
        let mut here = ConnectOptions::clone(&self.options);
        here.servers = vec![self.turns.current().to_owned()];
        socket::open(&here).await
    }

    /// The largest message, headers counted, that the server accepts now; a reconnect may have changed it.
    pub fn max_payload(&self) -> usize {
        self.nats.max_payload()
    }

    /// An error while there is no connection: the client would buffer what it is given, for an unknown time.
    pub(crate) fn up(&self) -> Result<(), ConnectionError> {
        match self.nats.connection_state() {
            async_nats::connection::State::Connected => Ok(()),
            _ => Err(self.down()),
        }
    }

    /// Waits until there is a connection again, at most for the connect timeout.
    pub(crate) async fn wait_until_up(&self) {
        let up = async {
            while self.up().is_err() {
                sleep(LOOK).await;
            }
        };
        timeout(self.limits.connect_time, up).await.ok();
    }

    /// Waits while it goes over to another of its servers. Where there is no other, nobody knows for how long.
    async fn wait_for_another(&self) {
        if self.options.servers.len() > 1 && self.up().is_err() {
            self.wait_until_up().await;
        }
    }

    /// Whether the client has stopped for good, as it does on a message it cannot parse.
    pub(crate) async fn is_over(&self) -> bool {
        let flushed = timeout(self.limits.flush_time, self.nats.flush()).await;
        matches!(flushed, Ok(Err(_)))
    }

    /// Waits for the broker to say that we may not publish to `subject`.
    pub(crate) async fn denied(&self, subject: &str) -> ConnectionError {
        let denial = denial(true, subject);
        let mut heard = self.heard.clone();
        let denied = heard.wait_for(|heard| heard.denials.contains(&denial));
        if denied.await.is_err() {
            return std::future::pending().await;
        }
        refused(denial)
    }

    /// JetStream over it.
    pub(crate) fn jetstream(&self) -> async_nats::jetstream::Context {
        async_nats::jetstream::with_prefix(self.nats.clone(), &self.jetstream_prefix)
    }

    /// Messages that arrived faster than they were read and were dropped by the client (at least this many).
    pub fn dropped(&self) -> u64 {
        self.heard.borrow().dropped
    }

    /// The subjects the broker refused to let us publish to, as far as it said so on this connection. It reports this
    /// afterwards: check once [`Connection::flush`] has returned.
    pub fn denied_subjects(&self) -> Vec<String> {
        let heard = self.heard.borrow();
        let denials = heard.denials.iter().filter(|denial| denial.publish);
        denials.map(|denial| denial.subject.clone()).collect()
    }

    /// Messages that came over it so far, our own probes not counted: taken, waiting to be taken, and dropped by the client.
    pub(crate) async fn came(&self) -> u64 {
        let came = || self.nats.statistics().in_messages.load(Ordering::Relaxed);
        let Some(trips) = &self.round_trips else {
            return came();
        };
        match timeout(self.limits.flush_time, trips.lock()).await {
            Ok(mut trips) => came().saturating_sub(trips.returned()),
            Err(_) => came(),
        }
    }

    /// A subject of our own for replies.
    pub fn new_inbox(&self) -> String {
        self.nats.new_inbox()
    }

    /// Subscribes to all of `patterns`; a message that several match comes once. When this returns, the broker knows
    /// of the subscriptions: nothing published from now on is missed.
    pub async fn subscribe(&self, patterns: &[impl AsRef<str>]) -> Result<Messages, ConnectionError> {
        self.subscribe_among(patterns, None).await
    }

    /// Like [`Connection::subscribe`], in a queue group: one subscriber of the `group` gets each message.
    pub(crate) async fn subscribe_among(
        &self,
        patterns: &[impl AsRef<str>],
        group: Option<&str>,
    ) -> Result<Messages, ConnectionError> {
        let mut subscribers = Vec::new();
        for pattern in patterns.iter().map(AsRef::as_ref) {
            check_pattern(pattern)?;
            let subscribing = async {
                match group {
                    Some(group) => (self.nats.queue_subscribe(pattern.to_owned(), group.to_owned())).await,
                    None => self.nats.subscribe(pattern.to_owned()).await,
                }
            };
            let subscribed = timeout(self.limits.flush_time, subscribing).await;
            let subscriber = subscribed.ok().and_then(Result::ok).ok_or_else(|| self.down())?;
            subscribers.push((pattern.to_owned(), subscriber));
        }
        if self.round_trip().await.is_none() && self.up().is_err() {
            return Err(self.down());
        }
        for (pattern, _) in &subscribers {
            self.permitted(false, pattern).await?;
        }
        Ok(Messages::new(subscribers))
    }

    /// Hands a message over; see [`Connection::flush`] for whether it got further. While the connection goes over from a
    /// lost server to another one, that is waited for, at most for the connect timeout.
    pub async fn publish(&self, message: Outgoing<'_>) -> Result<(), ConnectionError> {
        self.wait_for_another().await;
        let headers = self.checked(&message)?;
        let subject = message.subject.to_owned();
        let payload = Bytes::copy_from_slice(message.payload);
        let publishing = async {
            match message.wanted_reply().map(str::to_owned) {
                Some(reply) => {
                    self.nats
                        .publish_with_reply_and_headers(subject, reply, headers, payload)
                        .await
                }
                None if headers.is_empty() => self.nats.publish(subject, payload).await,
                None => self.nats.publish_with_headers(subject, headers, payload).await,
            }
        };
        match timeout(self.limits.flush_time, publishing).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(self.down()),
        }
    }

    /// Publishes and waits for confirmation: true if the broker has read the message, false if that is not known (no
    /// answer in time, or the connection was lost and the message may have arrived). It does not mean that anybody
    /// received it.
    pub async fn deliver(&self, message: Outgoing<'_>) -> Result<bool, ConnectionError> {
        self.hand_over(message).await?.await
    }

    /// The first half of [`Connection::deliver`]: once the message is handed over, the broker's word on it can be waited
    /// for. An error if the broker refused it, or the connection was remade meanwhile to one that takes no message of its
    /// size.
    pub(crate) async fn hand_over<'a>(
        &'a self,
        message: Outgoing<'a>,
    ) -> Result<impl Future<Output = Result<bool, ConnectionError>> + 'a, ConnectionError> {
        // More at once could be denied at once, and the client would not pass on every complaint.
        let turn = self.delivering.acquire().await;
        self.wait_for_another().await;
        let before = self.connects();
        self.publish(message).await?;
        Ok(async move {
            let _turn = turn;
            let answered = self.flush(message.subject).await?;
            // An answer on a later connection says nothing about what was written to this one.
            if answered && self.connects() == before {
                return Ok(true);
            }
            self.fits(message.size()).map(|()| false)
        })
    }

    /// How often it has connected, the first time included. What was published shortly before another one may be lost.
    pub fn connects(&self) -> u64 {
        self.nats.statistics().connects.load(Ordering::Relaxed)
    }

    /// Waits until the broker has seen everything published so far, at most the flush time; false if it did not answer
    /// (or we may not ask it). An error if it refused `subject`. A connection lost and made anew meanwhile goes unnoticed:
    /// [`Connection::deliver`] notices it.
    pub async fn flush(&self, subject: &str) -> Result<bool, ConnectionError> {
        let answered = self.answers().await;
        self.permitted(true, subject).await?;
        Ok(answered)
    }

    /// The time the broker takes to answer; `None` if it did not within the flush time.
    pub async fn round_trip(&self) -> Option<Duration> {
        let within = self.limits.flush_time;
        let mut trips = timeout(within, self.round_trips.as_ref()?.lock()).await.ok()?;
        trips.next(within, self.heard.clone()).await
    }

    /// Whether the broker answers after everything published so far. One answer serves all waiters.
    async fn answers(&self) -> bool {
        let (since, within) = (clock::instant(), self.limits.flush_time);
        let Some(trips) = &self.round_trips else {
            return false;
        };
        let Ok(mut trips) = timeout(within, trips.lock()).await else {
            return false;
        };
        if trips.answered.is_some_and(|sent| sent > since) {
            return true;
        }
        // A disconnected client would only buffer the probe.
        self.up().is_ok() && trips.next(within, self.heard.clone()).await.is_some()
    }

    /// Ends the connection, and with it all clones: waits until the broker has read everything that was published, then
    /// until what it still sends has been taken; each at most the flush time. False if it is not known whether all was
    /// written.
    pub async fn close(self) -> bool {
        if self.up().is_err() {
            return false;
        }
        // A broker that is silent, or does not let us ask, may have taken it all the same.
        let written = self.round_trip().await.is_some()
            || matches!(
                timeout(self.limits.flush_time, self.nats.flush()).await,
                Ok(Ok(()))
            );
        written && self.drain().await
    }

    /// Writes what the client still holds, takes what the broker still sends, and ends.
    pub(crate) async fn drain(&self) -> bool {
        let mut heard = self.heard.clone();
        let drained = async {
            self.nats.drain().await.ok()?;
            heard.wait_for(|heard| heard.closed).await.ok().map(|_| ())
        };
        matches!(timeout(self.limits.flush_time, drained).await, Ok(Some(())))
    }

    /// Fails if nothing may be published, uploaded or deleted over it. Whatever leads to one of these asks here first.
    pub(crate) fn may_write(&self) -> Result<(), ConnectionError> {
        if self.options.read_only {
            return Err(ConnectionError::ReadOnly);
        }
        Ok(())
    }

    /// The headers of a message that can be sent now.
    pub(crate) fn checked(&self, message: &Outgoing<'_>) -> Result<HeaderMap, ConnectionError> {
        self.may_write()?;
        message.check(&self.limits)?;
        let headers = header_map(message.headers)?;
        self.fits(message.size())?;
        self.up()?;
        Ok(headers)
    }

    /// Fails for more bytes than the broker takes.
    fn fits(&self, size: usize) -> Result<(), ConnectionError> {
        let most = self.nats.max_payload();
        if size > most {
            return Err(ConnectionError::TooLarge { size, most });
        }
        Ok(())
    }

    async fn permitted(&self, publish: bool, subject: &str) -> Result<(), ConnectionError> {
        let denial = denial(publish, subject);
        let like = self.like(&denial);
        let mut heard = self.heard.clone();
        let connects = self.connects();
        // Polled rather than awaited where it was permitted before: the shortest wait takes a millisecond.
        let denied = if self.proved.lock().await.contains(connects, &like) {
            heard.borrow().denials.contains(&denial)
        } else {
            let complaint = heard.wait_for(|heard| heard.denials.contains(&denial));
            matches!(timeout(COMPLAINT, complaint).await, Ok(Ok(_)))
        };
        if denied {
            return Err(refused(denial));
        }
        self.proved.lock().await.insert(connects, like);
        Ok(())
    }

    /// What a permission to subscribe cannot tell apart: of an inbox of our own only the random last part is new.
    fn like(&self, denial: &Denial) -> Denial {
        match denial.subject.rsplit_once('.') {
            Some((prefix, _)) if !denial.publish && *prefix == *self.inboxes => self::denial(false, prefix),
            _ => denial.clone(),
        }
    }

    pub(crate) fn down(&self) -> ConnectionError {
        ConnectionError::Down {
            address: self.options.address(),
        }
    }
}

fn denial(publish: bool, subject: &str) -> Denial {
    Denial {
        publish,
        subject: subject.to_owned(),
    }
}

fn refused(denial: Denial) -> ConnectionError {
    ConnectionError::NotPermitted {
        deed: if denial.publish {
            "publish to"
        } else {
            "subscribe to"
        },
        subject: denial.subject,
    }
}
