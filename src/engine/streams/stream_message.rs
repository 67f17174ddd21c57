//! One message of a stream, in the same form however it was read: its own headers, then the stream's facts as
//! headers.

use crate::message::{Incoming, StoredMessage};
use async_nats::header::{
    HeaderName, HeaderValue, NATS_LAST_SEQUENCE, NATS_SEQUENCE, NATS_STREAM, NATS_SUBJECT, NATS_TIME_STAMP,
};
use async_nats::{HeaderMap, Message};
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;

/// How many more match; only in responses to batches.
pub(super) const NUM_PENDING: &str = "Nats-Num-Pending";
/// Up to where a batch looked.
const UP_TO: &str = "Nats-UpTo-Sequence";

/// A message of a stream.
#[derive(Debug, Clone)]
pub(crate) struct StreamMessage {
    /// Its number in the stream.
    pub(crate) sequence: u64,
    pub(super) at: Timestamp,
    subject: String,
    headers: HeaderMap,
    payload: Bytes,
}

/// A message as `STREAM.MSG.GET` gives it.
#[derive(Deserialize)]
pub(super) struct Stored {
    subject: String,
    seq: u64,
    #[serde(default)]
    hdrs: String,
    #[serde(default)]
    data: String,
    time: Timestamp,
}

/// The last number that a message can have; what claims a later one is no answer of a broker.
pub(super) const LAST: u64 = i64::MAX as u64;

impl StreamMessage {
    /// From a direct get, which appends the facts to the message's own headers; `None` if they are missing.
    pub(super) fn from_direct(message: Message) -> Option<Self> {
        let mut headers = message.headers?;
        let fact = |name: HeaderName| headers.get_last(name).map(|value| value.as_str().to_owned());
        let sequence = fact(NATS_SEQUENCE)?
            .parse()
            .ok()
            .filter(|number| *number <= LAST)?;
        let at = fact(NATS_TIME_STAMP)?.parse().ok()?;
        let subject = fact(NATS_SUBJECT)?;
        fact(NATS_STREAM)?;
        for transport in [
            NATS_SUBJECT.as_ref(),
            NUM_PENDING,
            NATS_LAST_SEQUENCE.as_ref(),
            UP_TO,
        ] {
            headers = without_last(headers, transport);
        }
        Some(Self {
            sequence,
            at,
            subject,
            headers,
            payload: message.payload,
        })
    }

    /// From `STREAM.MSG.GET`.
    pub(super) fn from_stored(stream: &str, stored: Stored) -> Option<Self> {
        use base64::Engine as _;
        if stored.seq > LAST {
            return None;
        }
        let decode = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).ok();
        let mut headers = HeaderMap::new();
        let block = String::from_utf8_lossy(&decode(&stored.hdrs)?).into_owned();
        for line in block.split("\r\n").skip(1) {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            // Headers that the client could not have parsed on the wire are left out.
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.trim().parse::<HeaderValue>()) {
                headers.append(name, value);
            }
        }
        stamp(&mut headers, stream, stored.seq, stored.time);
        Some(Self {
            sequence: stored.seq,
            at: stored.time,
            subject: stored.subject,
            headers,
            payload: decode(&stored.data)?.into(),
        })
    }

    /// From a consumer, which tells the facts in the reply subject.
    pub(super) fn from_consumer(message: async_nats::jetstream::Message) -> Option<Self> {
        let (stream, sequence, at) = {
            let info = message.info().ok()?;
            let at = Timestamp::from_nanosecond(info.published.unix_timestamp_nanos()).ok()?;
            if info.stream_sequence > LAST {
                return None;
            }
            (info.stream.to_owned(), info.stream_sequence, at)
        };
        let message = message.message;
        let mut headers = message.headers.unwrap_or_default();
        stamp(&mut headers, &stream, sequence, at);
        Some(Self {
            sequence,
            at,
            subject: message.subject.into_string(),
            headers,
            payload: message.payload,
        })
    }

    /// Bytes of its payload.
    pub(crate) fn size(&self) -> u64 {
        self.payload.len() as u64
    }

    /// As the store takes it: at the time of the stream.
    pub(crate) fn incoming(&self) -> Incoming<'_> {
        Incoming {
            at_us: self.at.as_microsecond(),
            subject: &self.subject,
            reply: None,
            headers: Some(&self.headers),
            payload: &self.payload,
        }
    }

    /// As a message of its own, with that running number.
    pub(super) fn into_message(self, seq: u64) -> StoredMessage {
        let mut headers: Vec<(String, Vec<String>)> = self
            .headers
            .iter()
            .map(|(name, values)| (name.to_string(), values.iter().map(ToString::to_string).collect()))
            .collect();
        headers.sort();
        StoredMessage {
            seq,
            at_us: self.at.as_microsecond(),
            subject: self.subject.into(),
            reply: None,
            headers,
            // A slice would pin the client's read buffer.
            payload: Bytes::copy_from_slice(&self.payload),
        }
    }
}

fn stamp(headers: &mut HeaderMap, stream: &str, sequence: u64, at: Timestamp) {
    headers.append(NATS_STREAM, stream);
    headers.append(NATS_SEQUENCE, HeaderValue::from(sequence));
    headers.append(NATS_TIME_STAMP, at.to_string());
}

/// Without the last value of that name: the one that the broker added.
fn without_last(headers: HeaderMap, name: &str) -> HeaderMap {
    let is_it = |other: &HeaderName| AsRef::<str>::as_ref(other) == name;
    if !headers.iter().any(|(other, _)| is_it(other)) {
        return headers;
    }
    let mut kept = HeaderMap::new();
    for (other, values) in headers.iter() {
        let values = match values.split_last() {
            Some((_, own)) if is_it(other) => own,
            _ => values,
        };
        for value in values {
            kept.append(other.clone(), value.clone());
        }
    }
    kept
}
