//! One message of a stream, in the same form however it was read: its own headers, then the stream's facts as
//! headers.

use crate::message::{Headers, Incoming, StoredMessage, header_list, may_be_header};
use async_nats::Message;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;

/// The stream.
const STREAM: &str = "Nats-Stream";
/// The message's number in it.
const SEQUENCE: &str = "Nats-Sequence";
/// When the stream took it.
const TIME_STAMP: &str = "Nats-Time-Stamp";
/// The subject it was sent to.
const SUBJECT: &str = "Nats-Subject";
/// The number of the message before it on its subject.
const LAST_SEQUENCE: &str = "Nats-Last-Sequence";
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
    headers: Vec<(String, Vec<String>)>,
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
        let mut headers = Headers::of_client(message.headers.as_ref()).to_list();
        let fact = |name: &str| {
            let (_, values) = headers.iter().find(|(other, _)| other == name)?;
            values.last()
        };
        let sequence = fact(SEQUENCE)?.parse().ok();
        let sequence = sequence.filter(|number| *number <= LAST)?;
        let at = fact(TIME_STAMP)?.parse().ok()?;
        fact(STREAM)?;
        let subject = take(&mut headers, SUBJECT)?;
        for transport in [NUM_PENDING, LAST_SEQUENCE, UP_TO] {
            take(&mut headers, transport);
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
        let block = String::from_utf8_lossy(&decode(&stored.hdrs)?).into_owned();
        let lines = block.split("\r\n").skip(1);
        let own = lines.filter_map(|line| line.split_once(':'));
        let own = own.map(|(name, value)| (name, value.trim()));
        // Headers that the client could not have parsed on the wire are left out.
        let mut headers = header_list(own.filter(|(name, value)| may_be_header(name, value)));
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
        let mut headers = Headers::of_client(message.headers.as_ref()).to_list();
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
            headers: Headers::of(&self.headers),
            payload: &self.payload,
        }
    }

    /// As a message of its own, with that running number.
    pub(super) fn into_message(mut self, seq: u64) -> StoredMessage {
        self.headers.sort();
        StoredMessage {
            seq,
            at_us: self.at.as_microsecond(),
            subject: self.subject.into(),
            reply: None,
            headers: self.headers,
            // A slice would pin the client's read buffer.
            payload: Bytes::copy_from_slice(&self.payload),
        }
    }
}

fn stamp(headers: &mut Vec<(String, Vec<String>)>, stream: &str, sequence: u64, at: Timestamp) {
    for (name, fact) in [
        (STREAM, stream.to_owned()),
        (SEQUENCE, sequence.to_string()),
        (TIME_STAMP, at.to_string()),
    ] {
        match headers.iter_mut().find(|(other, _)| other == name) {
            Some((_, values)) => values.push(fact),
            None => headers.push((name.to_owned(), vec![fact])),
        }
    }
}

/// Takes the last value of that name out: the one that the broker added.
fn take(headers: &mut Vec<(String, Vec<String>)>, name: &str) -> Option<String> {
    let at = headers.iter().position(|(other, _)| other == name)?;
    let value = headers[at].1.pop();
    if headers[at].1.is_empty() {
        headers.remove(at);
    }
    value
}
