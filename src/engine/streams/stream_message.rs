//! One message of a stream, in the same form however it was read: its own headers, then the stream's facts as
//! headers.

use super::delivery_facts::DeliveryFacts;
use super::facts::LAST;
use crate::message::{Headers, Incoming, StoredMessage, header_lines, header_list};
use crate::protocol::{Delivery, Odd, lines};
use async_nats::Message;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

/// Bytes of the facts as lines, the stream's name not counted, in nearly all cases.
const FACTS: usize = 112;
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
    subject: Arc<str>,
    /// `Name: value\r\n` each.
    headers: String,
    pub(crate) payload: Bytes,
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

impl StreamMessage {
    /// From a direct get, which appends the facts to the message's own headers; `None` if they are missing.
    pub(super) fn from_direct(message: &Message) -> Option<Self> {
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
        let mut lines = String::new();
        for (name, value) in Headers::of(&headers).iter() {
            lines.extend([name, ": ", value, "\r\n"]);
        }
        Some(Self {
            sequence,
            at,
            subject: subject.into(),
            headers: lines,
            // A slice would pin the client's read buffer.
            payload: Bytes::copy_from_slice(&message.payload),
        })
    }

    /// From `STREAM.MSG.GET`.
    pub(super) fn from_stored(stream: &str, stored: Stored) -> Option<Self> {
        use base64::Engine as _;
        if stored.seq > LAST {
            return None;
        }
        let decode = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).ok();
        let block = decode(&stored.hdrs)?;
        let own = lines(&block, &Odd::default());
        Some(Self {
            sequence: stored.seq,
            at: stored.time,
            headers: stamped(&own, stream, stored.seq, stored.time),
            subject: stored.subject.into(),
            payload: decode(&stored.data)?.into(),
        })
    }

    /// From a consumer, which tells the facts in the reply subject.
    pub(super) fn from_delivery(delivery: &Delivery<'_>, facts: &DeliveryFacts<'_>) -> Self {
        let subject = String::from_utf8_lossy(delivery.subject);
        let odd = Odd {
            subject: matches!(subject, Cow::Owned(_)).then_some(delivery.subject),
            reply: None,
        };
        let own = lines(delivery.headers, &odd);
        Self {
            sequence: facts.sequence,
            at: facts.at,
            headers: stamped(&own, facts.stream, facts.sequence, facts.at),
            subject: subject.into(),
            payload: Bytes::copy_from_slice(delivery.payload),
        }
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
            headers: Headers::of_lines(&self.headers),
            payload: &self.payload,
        }
    }

    /// As a message of its own, with that running number.
    pub(super) fn into_message(self, seq: u64) -> StoredMessage {
        StoredMessage {
            seq,
            at_us: self.at.as_microsecond(),
            headers: header_list(header_lines(&self.headers)),
            subject: self.subject,
            reply: None,
            payload: self.payload,
        }
    }
}

/// The lines of the message's own headers, then the stream's facts.
fn stamped(own: &str, stream: &str, sequence: u64, at: Timestamp) -> String {
    let mut lines = String::with_capacity(own.len() + stream.len() + FACTS);
    lines.push_str(own);
    // Writing to a text does not fail.
    let _ = write!(
        lines,
        "{STREAM}: {stream}\r\n{SEQUENCE}: {sequence}\r\n{TIME_STAMP}: {at}\r\n"
    );
    lines
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
