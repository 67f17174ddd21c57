//! Publishing with acknowledgement by a stream.

use super::api::{Api, Refusal};
use super::error::StreamError;
use super::facts::PublishAck;
use crate::connection::{Connection, Outgoing};
use crate::wording::root;
use async_nats::{Request, RequestErrorKind};
use serde::Deserialize;
use tokio::time::timeout;

/// The last message is not the one that the publisher expected: by number, by message id.
const WRONG_LAST: [u64; 2] = [10071, 10070];
/// It may not be stored any more: the stream is full, or sealed.
const FULL: [u64; 3] = [10077, 10047, 10109];
/// The message is larger than the stream takes.
const TOO_LARGE: u64 = 10054;

/// What a stream answers.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    stream: String,
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    duplicate: bool,
    error: Option<Refusal>,
}

impl Connection {
    /// Publishes a message and waits until a stream says that it is stored. `reply` has no meaning here: the
    /// acknowledgement takes its place.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use natsbridge_engine::{ConnectOptions, Connection, Outgoing};
    /// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
    /// let message = Outgoing { subject: "orders.new", payload: b"{}", ..Outgoing::default() };
    /// let acknowledged = connection.publish_acknowledged(message).await?;
    /// println!("{} #{}", acknowledged.stream, acknowledged.sequence);
    /// # Ok(()) }
    /// ```
    pub async fn publish_acknowledged(&self, message: Outgoing<'_>) -> Result<PublishAck, StreamError> {
        let headers = self.checked(&message)?;
        let subject = message.subject;
        let api = Api {
            connection: self.clone(),
        };
        let mut request = Request::new()
            .payload(bytes::Bytes::copy_from_slice(message.payload))
            .timeout(Some(api.patience()));
        if !headers.is_empty() {
            request = request.headers(headers);
        }
        let publishing = timeout(
            api.patience(),
            self.nats().send_request(subject.to_owned(), request),
        );
        let answer = tokio::select! {
            answer = publishing => answer,
            denied = self.denied(subject) => return Err(denied.into()),
        };
        match answer {
            Ok(Ok(message)) => read(subject, &message.payload),
            Ok(Err(error)) => match error.kind() {
                // Nobody listens at all: JetStream may be off.
                RequestErrorKind::NoResponders => {
                    api.names(None).await?;
                    Err(not_captured(subject))
                }
                RequestErrorKind::TimedOut => Err(unanswered(&api, subject).await),
                _ => Err(not_taken(subject, root(&error))),
            },
            Err(_) => Err(unanswered(&api, subject).await),
        }
    }
}

/// Parses a stream's acknowledgement, if these bytes are one and nothing else.
pub(crate) fn acknowledgement(payload: &[u8]) -> Option<PublishAck> {
    // Each message that comes is looked at: most are told by their first bytes.
    if !payload.starts_with(b"{\"stream\":") {
        return None;
    }
    let answer: Acknowledgement = serde_json::from_slice(payload).ok()?;
    Some(PublishAck {
        stream: answer.stream,
        sequence: answer.seq,
        duplicate: answer.duplicate,
    })
}

/// An acknowledgement and nothing beside it; the broker may add its domain.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acknowledgement {
    stream: String,
    seq: u64,
    #[serde(default)]
    duplicate: bool,
    #[serde(default, rename = "domain")]
    _domain: Option<String>,
}

fn read(subject: &str, payload: &[u8]) -> Result<PublishAck, StreamError> {
    match serde_json::from_slice::<Answer>(payload) {
        Ok(Answer {
            error: Some(refusal), ..
        }) => Err(not_taken(subject, reason(&refusal))),
        Ok(answer) if !answer.stream.is_empty() => Ok(PublishAck {
            stream: answer.stream,
            sequence: answer.seq,
            duplicate: answer.duplicate,
        }),
        _ => Err(not_taken(
            subject,
            "the reply came not from a stream but from a service on that subject; send it without waiting \
             for a stream"
                .into(),
        )),
    }
}

fn reason(refusal: &Refusal) -> String {
    let Refusal {
        err_code,
        description,
    } = refusal;
    match *err_code {
        code if WRONG_LAST.contains(&code) => format!(
            "{description}, another message came first; check it and send again with the right expectation"
        ),
        code if FULL.contains(&code) => {
            format!("{description}; make room in the stream or raise its limits")
        }
        TOO_LARGE => format!("{description}; send large payloads by link, or raise the stream's limit"),
        _ => description.clone(),
    }
}

/// Silence has two possible reasons: only plain subscribers took the message and no stream did, or the stream's
/// response is missing.
async fn unanswered(api: &Api, subject: &str) -> StreamError {
    match api.names(Some(subject)).await {
        Ok(streams) if streams.is_empty() => not_captured(subject),
        _ => StreamError::NotKnown {
            subject: subject.to_owned(),
            after: api.patience(),
        },
    }
}

fn not_captured(subject: &str) -> StreamError {
    StreamError::NotCaptured {
        subject: subject.to_owned(),
    }
}

fn not_taken(subject: &str, why: String) -> StreamError {
    StreamError::NotTaken {
        subject: subject.to_owned(),
        why,
    }
}
