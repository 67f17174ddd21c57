//! A connection without a screen: open, subscribe, publish, and know how far each message got. The client reconnects
//! by itself; use a session if messages that break the client must be survived.

use super::error::ConnectionError;
use super::heartbeat::Probe;
use super::messages::Messages;
use super::own_traffic::TrafficMark;
use crate::connect::{ConnectError, ConnectOptions, Denial, ReconnectPolicy, ServerInfo, Signal, client};
use crate::subjects::{check_pattern, check_subject};
use async_nats::{HeaderMap, HeaderName, HeaderValue, Subscriber};
use natsbridge_wire::Limits;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Semaphore, watch};

/// How long the broker's complaint may arrive after the probe that followed its cause.
const COMPLAINT: Duration = Duration::from_millis(25);
/// Pause between looks whether the client is connected again.
const LOOK: Duration = Duration::from_millis(25);

/// A connection to the broker; clones share it.
#[derive(Debug, Clone)]
pub struct Connection {
    pub(super) nats: async_nats::Client,
    server: ServerInfo,
    pub(super) limits: Limits,
    /// What the subjects of the JetStream API begin with.
    jetstream_prefix: Arc<str>,
    own: TrafficMark,
    pub(super) probe: Option<Arc<Mutex<Probing>>>,
    heard: watch::Receiver<Heard>,
    /// The subject last found permitted: no need to wait for it again.
    proved: Arc<Mutex<Option<Denial>>>,
    /// Deliveries that may wait at once.
    pub(super) delivering: Arc<Semaphore>,
}

#[derive(Debug)]
pub(super) struct Probing {
    pub(super) probe: Probe,
    pub(super) back: Subscriber,
    pub(super) number: u64,
    /// When the last answered probe was sent.
    pub(super) answered: Option<Instant>,
}

/// What the client told so far.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(super) denials: Vec<Denial>,
    dropped: u64,
    /// How often the connection was lost.
    pub(crate) losses: u64,
    /// Whether it has ended in order.
    pub(super) closed: bool,
}

/// One message to send.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outgoing<'a> {
    /// Subject, without wildcards.
    pub subject: &'a str,
    /// NATS reply subject.
    pub reply: Option<&'a str>,
    /// Headers in order.
    pub headers: &'a [(String, String)],
    /// Payload.
    pub payload: &'a [u8],
}

impl Outgoing<'_> {
    /// Whether it can be sent, as far as that is known without a broker; the error says why not.
    pub fn check(&self, limits: &Limits) -> Result<(), ConnectionError> {
        check_subject(self.subject)?;
        let reply = self.wanted_reply().unwrap_or_default();
        if !reply.is_empty() {
            check_subject(reply).map_err(ConnectionError::BadReply)?;
        }
        let (bytes, most) = (self.subject.len() + reply.len(), limits.control_line);
        if bytes > most {
            return Err(ConnectionError::LongSubjects { bytes, most });
        }
        header_map(self.headers).map(|_| ())
    }

    /// Its bytes, headers counted.
    pub(super) fn size(&self) -> usize {
        self.payload.len() + wire_length(self.headers)
    }

    /// The reply subject; an empty one is none.
    pub(super) fn wanted_reply(&self) -> Option<&str> {
        self.reply.filter(|reply| !reply.is_empty())
    }
}

impl Connection {
    /// Connects to the first of the servers that answers.
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
        let client = client::open(options, ReconnectPolicy::Client)
            .await
            .map_err(|failure| failure.error)?;
        let client::Client {
            nats,
            mut signals,
            server,
            ..
        } = client;
        let (hear, heard) = watch::channel(Heard::default());
        tokio::spawn(async move {
            while let Some(signal) = signals.recv().await {
                hear.send_if_modified(|heard| match signal {
                    Signal::Denied(denial) if !heard.denials.contains(&denial) => {
                        heard.denials.push(denial);
                        true
                    }
                    Signal::SlowConsumer => {
                        heard.dropped += 1;
                        true
                    }
                    Signal::Closed => {
                        heard.closed = true;
                        true
                    }
                    Signal::Disconnected => {
                        heard.losses += 1;
                        // The next connection may be allowed more.
                        heard.denials.clear();
                        true
                    }
                    _ => false,
                });
            }
        });
        let probe = Probe::start(&nats, options.limits.flush_time).await;
        Ok(Self {
            nats,
            server,
            limits: options.limits.clone(),
            jetstream_prefix: options.jetstream_prefix.as_deref().unwrap_or("$JS.API").into(),
            own,
            probe: probe.map(|(probe, back)| {
                Arc::new(Mutex::new(Probing {
                    probe,
                    back,
                    number: 0,
                    answered: None,
                }))
            }),
            heard,
            proved: Arc::default(),
            delivering: Arc::new(Semaphore::new(options.limits.deliveries.max(1))),
        })
    }

    /// Detects, without contacting a broker, whether these options can ever connect: unreadable files, malformed
    /// seeds, a certificate without its key.
    pub fn check(options: &ConnectOptions) -> Result<(), ConnectError> {
        client::check(options)
    }

    /// What the server said.
    pub fn server(&self) -> ServerInfo {
        self.server.clone()
    }

    /// The largest message, headers counted, that the server accepts now; a reconnect may have changed it.
    pub fn max_payload(&self) -> usize {
        self.nats.max_payload()
    }

    /// The limits it was opened with.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The client, for requests.
    pub(crate) fn nats(&self) -> &async_nats::Client {
        &self.nats
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
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(self.limits.connect_time, up).await.ok();
    }

    /// Whether the client has stopped for good, as it does on a message it cannot parse.
    pub(crate) async fn is_over(&self) -> bool {
        let flushed = tokio::time::timeout(self.limits.flush_time, self.nats.flush()).await;
        matches!(flushed, Ok(Err(_)))
    }

    /// Waits for the broker to say that we may not publish to `subject`.
    pub(crate) async fn denied(&self, subject: &str) -> ConnectionError {
        let denial = Denial {
            publish: true,
            subject: subject.to_owned(),
        };
        let mut heard = self.heard.clone();
        if heard
            .wait_for(|heard| heard.denials.contains(&denial))
            .await
            .is_err()
        {
            return std::future::pending().await;
        }
        refused(denial)
    }

    /// JetStream over it.
    pub(crate) fn jetstream(&self) -> async_nats::jetstream::Context {
        async_nats::jetstream::with_prefix(self.nats.clone(), &self.jetstream_prefix)
    }

    /// What the subjects of the JetStream API begin with.
    pub(crate) fn jetstream_prefix(&self) -> &str {
        &self.jetstream_prefix
    }

    /// The mark of its requests.
    pub(crate) fn own(&self) -> &TrafficMark {
        &self.own
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
            let subscribed = tokio::time::timeout(self.limits.flush_time, subscribing).await;
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

    /// The headers of a message that can be sent now.
    pub(crate) fn checked(&self, message: &Outgoing<'_>) -> Result<HeaderMap, ConnectionError> {
        message.check(&self.limits)?;
        let headers = header_map(message.headers)?;
        self.fits(message.size())?;
        self.up()?;
        Ok(headers)
    }

    /// Fails for more bytes than the broker takes.
    pub(super) fn fits(&self, size: usize) -> Result<(), ConnectionError> {
        let most = self.nats.max_payload();
        if size > most {
            return Err(ConnectionError::TooLarge { size, most });
        }
        Ok(())
    }

    /// What the client tells.
    pub(crate) fn heard(&self) -> watch::Receiver<Heard> {
        self.heard.clone()
    }

    pub(super) async fn permitted(&self, publish: bool, subject: &str) -> Result<(), ConnectionError> {
        let denial = Denial {
            publish,
            subject: subject.to_owned(),
        };
        let mut proved = self.proved.lock().await;
        let mut heard = self.heard.clone();
        let denied = if proved.as_ref() == Some(&denial) {
            // Polled rather than awaited: the shortest wait takes a millisecond.
            heard.borrow().denials.contains(&denial)
        } else {
            let complaint = heard.wait_for(|heard| heard.denials.contains(&denial));
            matches!(tokio::time::timeout(COMPLAINT, complaint).await, Ok(Ok(_)))
        };
        if denied {
            return Err(refused(denial));
        }
        *proved = Some(denial);
        Ok(())
    }

    pub(crate) fn down(&self) -> ConnectionError {
        ConnectionError::Down {
            address: self.server.address.clone(),
        }
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

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, ConnectionError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let bad = || ConnectionError::BadHeader(name.clone());
        if name.is_empty()
            || name
                .chars()
                .any(|c| c == ':' || c.is_whitespace() || c.is_control())
        {
            return Err(bad());
        }
        let header: HeaderName = name.parse().map_err(|_| bad())?;
        if value.contains(['\r', '\n']) {
            return Err(bad());
        }
        map.append(header, HeaderValue::from(value.as_str()));
    }
    Ok(map)
}

/// Bytes of a header block on the wire.
pub(crate) fn wire_length(headers: &[(String, String)]) -> usize {
    match headers {
        [] => 0,
        _ => {
            12 + headers
                .iter()
                .map(|(name, value)| name.len() + value.len() + 4)
                .sum::<usize>()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(subject: &str, reply: Option<&str>) -> Result<(), ConnectionError> {
        let message = Outgoing {
            subject,
            reply,
            ..Outgoing::default()
        };
        message.check(&Limits::DEFAULT)
    }

    #[test]
    fn reply_subjects_that_would_end_the_connection_are_refused() {
        for reply in ["x y", "a.*", "x 3\r\nabc\r\nPUB evil.injected", "a..b"] {
            let why = check("a", Some(reply)).unwrap_err().to_string();
            assert!(why.contains("reply subject"), "{why}");
        }
        for reply in [None, Some(""), Some("_INBOX.x.1"), Some("$JS.ACK.S.C.1")] {
            assert_eq!(check("a", reply), Ok(()));
        }
    }

    #[test]
    fn what_does_not_fit_the_brokers_line_is_refused() {
        let half = "x".repeat(Limits::DEFAULT.control_line / 2);
        assert_eq!(check(&half, Some(&half)), Ok(()));
        let why = check(&half, Some(&(half.clone() + "y"))).unwrap_err().to_string();
        assert!(why.contains("brokers accept"), "{why}");
        assert!(check(&half.repeat(3), None).is_err());
    }

    #[test]
    fn headers_that_would_break_peers_are_refused() {
        let header = |name: &str, value: &str| header_map(&[(name.into(), value.into())]);
        assert!(header("K", "v: w").is_ok());
        for (name, value) in [
            ("", "v"),
            ("a b", "v"),
            ("a:b", "v"),
            ("K", "v\rw"),
            ("K", "v\nw"),
        ] {
            assert!(header(name, value).is_err(), "{name:?} {value:?}");
        }
    }
}
