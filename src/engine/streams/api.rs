//! JetStream API requests over a connection: every one has a timeout, every refusal is a sentence.

use super::error::StreamError;
use crate::clock;
use crate::connection::Connection;
use crate::wording::Cause;
use async_nats::{Message, Request, RequestError, RequestErrorKind, Subscriber};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// What JetStream calls a stream that is not there.
const STREAM_NOT_FOUND: u64 = 10059;
/// What it says where the account may not use it, and where it is off.
const NOT_ENABLED: [u64; 2] = [10039, 10076];
/// What a cluster says that has no leader at the moment, for itself or for a stream, or of which too much is away: answers
/// are incomplete, not assigned, not available, not the leader's, the stream is offline.
pub(super) const LEADERLESS: [u64; 5] = [10004, 10007, 10008, 10009, 10118];

/// Time after which a cluster is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// Asks JetStream; clones share the connection.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) connection: Connection,
}

/// What every response may be.
#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) error: Option<Refusal>,
}

/// Why JetStream did not do what it was asked for.
#[derive(Deserialize)]
pub(super) struct Refusal {
    /// Its number for the cause.
    #[serde(default)]
    pub(super) err_code: u64,
    /// Its words for it.
    #[serde(default)]
    pub(super) description: String,
}

/// A response that is no JSON.
#[derive(Debug, thiserror::Error)]
#[error("its response is not valid JSON ({0})")]
struct NoJson(#[source] serde_json::Error);

/// Patience with a cluster that may be choosing a leader.
#[derive(Debug)]
pub(crate) struct Patience<'a> {
    connection: &'a Connection,
    begun: Instant,
}

impl Patience<'_> {
    /// Whether what came to this may come to something else when it is done again.
    pub(crate) fn lasts<T>(&self, outcome: &Result<T, StreamError>) -> bool {
        outcome.as_ref().err().is_some_and(StreamError::wants_a_leader)
            && self.connection.is_clustered()
            && self.begun.elapsed() < self.connection.limits.leader_time
    }

    /// Waits a little.
    pub(crate) async fn pause(&self) {
        sleep(self.connection.limits.stream_pause).await;
    }
}

/// Does something again and again while a cluster may be choosing a leader: only for what may be done twice. (A function
/// would take an async closure, whose future nobody could prove to be `Send`.)
macro_rules! patiently {
    ($api:expr, $work:expr) => {{
        let patience = $api.patience();
        loop {
            let outcome = $work;
            if !patience.lasts(&outcome) {
                break outcome;
            }
            patience.pause().await;
        }
    }};
}

pub(crate) use patiently;

impl Api {
    /// JetStream over that connection.
    pub(crate) fn over(connection: &Connection) -> Self {
        Self {
            connection: connection.clone(),
        }
    }

    /// Requests `what`, such as `STREAM.LIST`, and returns the JSON response. A cluster may be asked twice.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, what: &str, body: &Value) -> Result<T, StreamError> {
        self.read(what, &self.request(what, body).await?)
    }

    /// The same where it makes a difference whether that is asked twice.
    pub(crate) async fn ask_once<T: DeserializeOwned>(
        &self,
        what: &str,
        body: &Value,
    ) -> Result<T, StreamError> {
        self.read(what, &self.request_every(Duration::MAX, what, body).await?)
    }

    fn read<T: DeserializeOwned>(&self, what: &str, message: &Message) -> Result<T, StreamError> {
        let unreadable = |error: serde_json::Error| self.failed(what, Cause::of(NoJson(error)));
        let answer: Answer = serde_json::from_slice(&message.payload).map_err(unreadable)?;
        match answer.error {
            None => serde_json::from_slice(&message.payload).map_err(unreadable),
            Some(refusal) if NOT_ENABLED.contains(&refusal.err_code) => Err(self.off()),
            Some(refusal) if refusal.err_code == STREAM_NOT_FOUND => Err(StreamError::Unknown {
                stream: what.rsplit('.').next().unwrap_or_default().to_owned(),
                address: self.address(),
                known: vec![],
            }),
            Some(refusal) if LEADERLESS.contains(&refusal.err_code) => Err(self.leaderless()),
            Some(refusal) => Err(self.failed(what, Cause::of(refusal.description))),
        }
    }

    /// Patience that begins now.
    pub(crate) fn patience(&self) -> Patience<'_> {
        Patience {
            connection: &self.connection,
            begun: clock::instant(),
        }
    }

    /// Asks for `what` and returns the one message that comes back.
    pub(super) async fn request(&self, what: &str, body: &Value) -> Result<Message, StreamError> {
        // Who has no leader answers nothing, and has forgotten the question when there is one.
        let every = if self.connection.is_clustered() {
            AGAIN
        } else {
            Duration::MAX
        };
        self.request_every(every, what, body).await
    }

    /// Asks, and asks again after each such time; the first answer counts.
    async fn request_every(&self, every: Duration, what: &str, body: &Value) -> Result<Message, StreamError> {
        self.connection.up()?;
        let subject = self.subject(what);
        let mut asked = FuturesUnordered::new();
        let answer = loop {
            let request = Request::new().payload(self.connection.own.body(body).into());
            asked.push(self.exchange(&subject, request));
            tokio::select! {
                Some(answer) = asked.next() => break answer?,
                () = sleep(every) => {}
            }
        };
        answer
            .ok_or_else(|| self.silent())?
            .map_err(|error| match error.kind() {
                RequestErrorKind::NoResponders => self.nobody(),
                _ => self.failed(what, Cause::root(error)),
            })
    }

    /// Sends a request; `None` if no answer came in time, an error if the broker does not permit it.
    pub(super) async fn exchange(
        &self,
        subject: &str,
        request: Request,
    ) -> Result<Option<Result<Message, RequestError>>, StreamError> {
        let request = request.timeout(None);
        let asking = self.connection.nats.send_request(subject.to_owned(), request);
        self.in_time(subject, asking).await
    }

    async fn in_time<T>(
        &self,
        subject: &str,
        answer: impl Future<Output = T>,
    ) -> Result<Option<T>, StreamError> {
        tokio::select! {
            answer = timeout(self.time(), answer) => Ok(answer.ok()),
            denied = self.connection.denied(subject) => Err(denied.into()),
        }
    }

    /// Asks for `what`, which is answered by many messages; see [`Api::next`].
    pub(super) async fn many(&self, what: &str, body: &Value) -> Result<Subscriber, StreamError> {
        self.connection.up()?;
        let (nats, subject) = (&self.connection.nats, self.subject(what));
        let inbox = nats.new_inbox();
        let asking = async {
            let answers = nats.subscribe(inbox.clone()).await.ok()?;
            nats.publish_with_reply(subject, inbox, self.connection.own.body(body).into())
                .await
                .ok()?;
            Some(answers)
        };
        let asked = timeout(self.time(), asking).await.ok().flatten();
        asked.ok_or_else(|| self.connection.down().into())
    }

    /// The next of many answers to `what`.
    pub(super) async fn next(&self, what: &str, answers: &mut Subscriber) -> Result<Message, StreamError> {
        let answer = self.in_time(&self.subject(what), answers.next()).await?;
        let message = answer.ok_or_else(|| self.silent())?;
        message.ok_or_else(|| self.connection.down().into())
    }

    fn subject(&self, what: &str) -> String {
        format!("{}.{what}", self.connection.jetstream_prefix)
    }

    /// Where JetStream requests go: the broker, and the prefix, if it is not the usual one.
    pub(super) fn address(&self) -> String {
        let address = self.connection.server().address;
        match &*self.connection.jetstream_prefix {
            "$JS.API" => address,
            prefix => format!("{address} under {prefix}"),
        }
    }

    /// How long one request may take.
    pub(super) fn time(&self) -> Duration {
        self.connection.limits.stream_time
    }

    pub(super) fn off(&self) -> StreamError {
        StreamError::Off {
            address: self.address(),
        }
    }

    /// No stream and no cluster is led at the moment.
    pub(super) fn leaderless(&self) -> StreamError {
        StreamError::Leaderless {
            address: self.address(),
        }
    }

    /// Nobody answers: in a cluster that has JetStream, somebody will.
    pub(super) fn nobody(&self) -> StreamError {
        if self.connection.is_clustered() && self.connection.server().jetstream {
            self.leaderless()
        } else {
            self.off()
        }
    }

    pub(crate) fn failed(&self, asked: &str, why: Cause) -> StreamError {
        StreamError::Failed {
            asked: asked.to_owned(),
            address: self.address(),
            why,
        }
    }

    fn silent(&self) -> StreamError {
        StreamError::Silent {
            address: self.address(),
            after: self.time(),
        }
    }
}
