//! Publishing with acknowledgement by a stream.

use super::api::{Answer, Api, LEADERLESS, Refusal, patiently};
use super::error::StreamError;
use super::facts::PublishAck;
use super::info::names;
use crate::connection::{Connection, Outgoing};
use crate::wording::root;
use async_nats::{Request, RequestErrorKind};
use serde::Deserialize;

/// The header that streams use to detect duplicates.
pub(crate) const MSG_ID: &str = "Nats-Msg-Id";

/// The last message is not the one that the publisher expected: by number, by message id.
const WRONG_LAST: [u64; 2] = [10071, 10070];
/// It may not be stored any more: the stream is full, or sealed.
const FULL: [u64; 3] = [10077, 10047, 10109];
/// The message is larger than the stream takes.
const TOO_LARGE: u64 = 10054;

/// Publishes a message and waits until a stream says that it is stored. `reply` has no meaning here: the
/// acknowledgement takes its place. While a cluster chooses a leader it is published again; where it may be stored already,
/// only if its `Nats-Msg-Id` keeps it from being stored twice.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{ConnectOptions, Connection, Outgoing, publish_acknowledged};
/// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
/// let message = Outgoing { subject: "orders.new", payload: b"{}", ..Outgoing::default() };
/// let acknowledged = publish_acknowledged(&connection, message).await?;
/// println!("{} #{}", acknowledged.stream, acknowledged.sequence);
/// # Ok(()) }
/// ```
pub async fn publish_acknowledged(
    connection: &Connection,
    message: Outgoing<'_>,
) -> Result<PublishAck, StreamError> {
    let api = Api::over(connection);
    let known = message.headers.iter().any(|(name, _)| name == MSG_ID);
    let mut doubt = None;
    let once = patiently!(
        api,
        match publish_once(&api, message).await {
            Err(unknown @ StreamError::NotKnown { .. }) if known && connection.is_clustered() => {
                doubt = Some(unknown);
                Err(api.leaderless())
            }
            published => published,
        }
    );
    match once {
        Err(error) if error.wants_a_leader() => Err(doubt.unwrap_or(error)),
        published => published,
    }
}

async fn publish_once(api: &Api, message: Outgoing<'_>) -> Result<PublishAck, StreamError> {
    let headers = api.connection.checked(&message)?;
    let subject = message.subject;
    let mut request = Request::new().payload(bytes::Bytes::copy_from_slice(message.payload));
    if !headers.is_empty() {
        request = request.headers(headers);
    }
    match api.exchange(subject, request).await? {
        Some(Ok(message)) => read(api, subject, &message.payload),
        // Nobody listens at all: JetStream may be off, or the stream without a leader.
        Some(Err(error)) if error.kind() == RequestErrorKind::NoResponders => {
            match names(api, Some(subject)).await? {
                streams if streams.is_empty() => Err(not_captured(subject)),
                _ => Err(api.leaderless()),
            }
        }
        Some(Err(error)) => Err(not_taken(subject, root(&error))),
        None => Err(unanswered(api, subject).await),
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

fn read(api: &Api, subject: &str, payload: &[u8]) -> Result<PublishAck, StreamError> {
    let answer = serde_json::from_slice::<Answer>(payload).ok();
    if let Some(refusal) = answer.and_then(|answer| answer.error) {
        return Err(match refusal.err_code {
            code if LEADERLESS.contains(&code) => api.leaderless(),
            code if WRONG_LAST.contains(&code) => StreamError::Overtaken {
                subject: subject.to_owned(),
                why: refusal.description,
            },
            _ => not_taken(subject, reason(refusal)),
        });
    }
    let taken = serde_json::from_slice::<PublishAck>(payload).ok();
    taken.filter(|ack| !ack.stream.is_empty()).ok_or_else(|| {
        let why = "the reply came not from a stream but from a service on that subject; send it without waiting \
                   for a stream";
        not_taken(subject, why.into())
    })
}

fn reason(refusal: Refusal) -> String {
    let said = refusal.description;
    match refusal.err_code {
        code if FULL.contains(&code) => format!("{said}; make room in the stream or raise its limits"),
        TOO_LARGE => format!("{said}; send large payloads by link, or raise the stream's limit"),
        _ => said,
    }
}

/// Silence has two possible reasons: only plain subscribers took the message and no stream did, or the stream's
/// response is missing.
async fn unanswered(api: &Api, subject: &str) -> StreamError {
    match names(api, Some(subject)).await {
        Ok(streams) if streams.is_empty() => not_captured(subject),
        _ => StreamError::NotKnown {
            subject: subject.to_owned(),
            after: api.time(),
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
