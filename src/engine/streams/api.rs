//! JetStream API requests over a connection: every one has a timeout, every refusal is a sentence.

use super::error::StreamError;
use crate::connection::Connection;
use crate::wording::Cause;
use async_nats::{Message, Request, RequestError, RequestErrorKind, Subscriber};
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// What JetStream calls a stream that is not there.
const STREAM_NOT_FOUND: u64 = 10059;
/// What it says where the account may not use it, and where it is off.
const NOT_ENABLED: [u64; 2] = [10039, 10076];

/// Asks JetStream; clones share the connection.
#[derive(Debug, Clone)]
pub(super) struct Api {
    pub(super) connection: Connection,
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

impl Api {
    /// JetStream over that connection.
    pub(super) fn over(connection: &Connection) -> Self {
        Self {
            connection: connection.clone(),
        }
    }

    /// Requests `what`, such as `STREAM.LIST`, and returns the JSON response.
    pub(super) async fn ask<T: DeserializeOwned>(&self, what: &str, body: &Value) -> Result<T, StreamError> {
        let message = self.request(what, body).await?;
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
            Some(refusal) => Err(self.failed(what, Cause::of(refusal.description))),
        }
    }

    /// Asks for `what` and returns the one message that comes back.
    pub(super) async fn request(&self, what: &str, body: &Value) -> Result<Message, StreamError> {
        self.connection.up()?;
        let subject = self.subject(what);
        let request = Request::new().payload(self.connection.own.body(body).into());
        let answer = self.exchange(&subject, request).await?;
        answer
            .ok_or_else(|| self.silent())?
            .map_err(|error| match error.kind() {
                RequestErrorKind::NoResponders => self.off(),
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
            answer = timeout(self.patience(), answer) => Ok(answer.ok()),
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
        let asked = timeout(self.patience(), asking).await.ok().flatten();
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

    pub(super) fn patience(&self) -> Duration {
        self.connection.limits.stream_time
    }

    pub(super) fn off(&self) -> StreamError {
        StreamError::Off {
            address: self.address(),
        }
    }

    pub(super) fn failed(&self, asked: &str, why: Cause) -> StreamError {
        StreamError::Failed {
            asked: asked.to_owned(),
            address: self.address(),
            why,
        }
    }

    fn silent(&self) -> StreamError {
        StreamError::Silent {
            address: self.address(),
            after: self.patience(),
        }
    }
}
