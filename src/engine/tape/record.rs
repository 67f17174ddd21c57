//! Parses a tape line, or one of `nats sub --dump`. Lenient: fields in any order, unknown ones ignored.

use super::encode::digest;
use super::entries::Entries;
use super::entry::{TapeHeader, TapeRecord};
use super::guard::MOST;
use crate::message::{Gap, StoredMessage};
use bytes::Bytes;
use jiff::Timestamp;
use natsbridge_wire::decode_base64;
use serde::Deserialize;
use std::borrow::Cow;

/// What may stand in a line.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    subject: Option<Text<'a>>,
    n: Option<u64>,
    #[serde(borrow, default)]
    at: Option<Text<'a>>,
    #[serde(borrow, default)]
    reply: Option<Text<'a>>,
    headers: Option<Entries<String, Values>>,
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default)]
    base64: Option<Text<'a>>,
    tape: Option<u32>,
    product: Option<String>,
    started: Option<String>,
    server: Option<String>,
    subjects: Option<Vec<String>>,
    missed: Option<u64>,
    gap: Option<String>,
    #[serde(default)]
    from: Point,
    to: Option<String>,
    before: Option<u64>,
    link: Option<String>,
    sha256: Option<String>,
    end: Option<String>,
    messages: Option<u64>,
}

/// A line of `nats sub --dump`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Dumped<'a> {
    #[serde(borrow)]
    subject: Text<'a>,
    #[serde(borrow, default)]
    reply: Option<Text<'a>>,
    header: Option<Entries<String, Values>>,
    #[serde(borrow, default)]
    data: Option<Text<'a>>,
}

/// Where something starts: a number or a time.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Point {
    Number(u64),
    Time(String),
    #[default]
    None,
}

/// What came before, for what a line leaves out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    pub(super) number: u64,
    pub(super) at_us: i64,
}

/// Parses a line; `None` if it is not JSON, lacks a required key or has impossible content.
pub(super) fn read(line: &[u8], before: Before) -> Option<TapeRecord> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    let from = match line.from {
        Point::Number(number) => Some(number),
        Point::Time(_) | Point::None => None,
    };
    let numbers = [line.n, line.missed, line.before, line.messages, from];
    if numbers.into_iter().flatten().any(|number| number > MOST) {
        return None;
    }
    let body = || -> Option<Bytes> {
        match (line.text, line.base64) {
            (Some(text), _) => Some(text.0.into_owned().into()),
            (None, base64) => Some(decode_base64(&base64?.0).ok()?.0.into()),
        }
    };
    if let Some(subject) = line.subject {
        return Some(TapeRecord::Message(StoredMessage {
            seq: line.n.unwrap_or(before.number + 1),
            at_us: line.at.map_or(Some(before.at_us), |at| micros(&at.0))?,
            subject: subject.0.into(),
            reply: line.reply.map(|reply| reply.0.into_owned()),
            headers: headers(line.headers),
            payload: body()?,
        }));
    }
    if let Some(version) = line.tape {
        return Some(TapeRecord::Start(TapeHeader {
            version,
            product: line.product.unwrap_or_default(),
            started_us: line.started.and_then(|text| micros(&text)).unwrap_or_default(),
            server: line.server.unwrap_or_default(),
            subjects: line.subjects.unwrap_or_default(),
        }));
    }
    if let Some(cause) = line.gap {
        let from = match line.from {
            Point::Time(text) => micros(&text),
            _ => None,
        };
        let to_us = line.to.and_then(|text| micros(&text)).unwrap_or(before.at_us);
        return Some(TapeRecord::Gap(Gap {
            from_us: from.unwrap_or(to_us),
            to_us,
            cause,
            before: line.before.unwrap_or(before.number + 1),
        }));
    }
    if line.end.is_some() {
        let came = line
            .messages
            .map(|messages| messages.saturating_add(line.missed.unwrap_or_default()));
        return Some(TapeRecord::End {
            came: came.unwrap_or(before.number),
        });
    }
    if let Some(messages) = line.missed {
        let from = from.unwrap_or(before.number + 1);
        return Some(TapeRecord::Missed { from, messages });
    }
    if let Some(url) = line.link {
        let body = body()?;
        let as_it_was = line.sha256.is_none_or(|sum| sum == digest(&body));
        return as_it_was.then_some(TapeRecord::Link { url, body });
    }
    Some(TapeRecord::Unknown)
}

/// Reads a message that the `nats` command dumped. Its time is the stream's, where it came from one: the dump has no
/// other.
pub(super) fn read_dumped(json: &[u8], seq: u64) -> Option<(StoredMessage, Option<i64>)> {
    let dumped: Dumped<'_> = serde_json::from_slice(json).ok()?;
    let headers = headers(dumped.header);
    let reply = dumped
        .reply
        .map(|reply| reply.0.into_owned())
        .filter(|reply| !reply.is_empty());
    let stamp = headers.iter().find(|(name, _)| name == "Nats-Time-Stamp");
    let stamped = stamp.and_then(|(_, values)| micros(values.first()?));
    let at_us = reply.as_deref().and_then(acknowledged_us).or(stamped);
    let data = dumped.data.map_or(Ok(Vec::new()), |data| {
        decode_base64(&data.0).map(|(bytes, _)| bytes)
    });
    let message = StoredMessage {
        seq,
        at_us: at_us.unwrap_or_default(),
        subject: dumped.subject.0.into(),
        reply,
        headers,
        payload: data.ok()?.into(),
    };
    Some((message, at_us))
}

/// Header names with their values, in order.
fn headers(entries: Option<Entries<String, Values>>) -> Vec<(String, Vec<String>)> {
    let entries = entries.unwrap_or_default().0.into_iter();
    let values = |values| match values {
        Values::One(value) => vec![value],
        Values::Many(values) => values,
    };
    entries.map(|(name, all)| (name, values(all))).collect()
}

/// The time in a reply subject that acknowledges a message of a stream, which every broker spells in one of two ways:
/// `$JS.ACK.stream.consumer.delivered.sequence.sequence.nanoseconds.pending`, or with domain and account in front.
fn acknowledged_us(reply: &str) -> Option<i64> {
    let tokens: Vec<&str> = reply.strip_prefix("$JS.ACK.")?.split('.').collect();
    let nanoseconds = match tokens.len() {
        7 => tokens[5],
        9.. => tokens[7],
        _ => return None,
    };
    nanoseconds
        .parse::<i64>()
        .ok()
        .map(|nanoseconds| nanoseconds / 1000)
}

fn micros(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
}

/// Text borrowed from the line where it is unescaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The values of a header: one, or an array of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Many(Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(json: &str) -> Option<StoredMessage> {
        match read(json.as_bytes(), Before { number: 4, at_us: 7 }) {
            Some(TapeRecord::Message(message)) => Some(message),
            _ => None,
        }
    }

    #[test]
    fn a_line_may_leave_out_what_can_be_known_and_hold_more() {
        let all = r#"{"x":[],"text":"h\"i","at":"2025-11-22T10:00:00.123456Z","headers":{"K":["v","w"],"L":"u"},"reply":"r","subject":"a.b","n":9}"#;
        let read = message(all).unwrap();
        assert_eq!((read.seq, read.at_us), (9, 1_763_805_600_123_456));
        assert_eq!((&*read.subject, read.reply.as_deref()), ("a.b", Some("r")));
        assert_eq!(&read.payload[..], b"h\"i");
        let many = |values: &[&str]| values.iter().map(ToString::to_string).collect();
        assert_eq!(
            read.headers,
            [("K".into(), many(&["v", "w"])), ("L".into(), many(&["u"]))]
        );
        let least = message(r#"{"subject":"a","base64":"/wA="}"#).unwrap();
        assert_eq!(
            (least.seq, least.at_us, &least.payload[..]),
            (5, 7, &[255, 0][..])
        );
        assert_eq!(least.reply, None);
    }

    #[test]
    fn what_lacks_its_parts_is_nothing() {
        for json in [
            "",
            "{",
            "[]",
            r#"{"subject":"a"}"#,
            r#"{"subject":"a","base64":"*"}"#,
            r#"{"subject":"a","text":"","at":"yesterday"}"#,
            r#"{"link":"http://h","sha256":"00","text":"x"}"#,
            r#"{"subject":"a","text":"","n":-1}"#,
            r#"{"subject":"a","text":"","n":18446744073709551615}"#,
            r#"{"subject":"a","text":"","n":1180591620717411303424}"#,
            r#"{"missed":18446744073709551615,"from":2}"#,
            r#"{"missed":1,"from":18446744073709551615}"#,
            r#"{"gap":"x","before":18446744073709551615}"#,
            r#"{"end":"2026-11-22T10:00:00Z","messages":18446744073709551615}"#,
        ] {
            assert!(read(json.as_bytes(), Before::default()).is_none(), "{json}");
        }
        let unknown = read(br#"{"colour":"red"}"#, Before::default());
        assert!(matches!(unknown, Some(TapeRecord::Unknown)));
    }

    #[test]
    fn the_time_of_a_streams_message_stands_in_its_reply_subject() {
        for reply in [
            "$JS.ACK.S.C.1.2.2.1795668425697707952.0",
            "$JS.ACK.domain.account.S.C.1.2.2.1795668425697707952.0.random",
        ] {
            assert_eq!(acknowledged_us(reply), Some(1_795_668_425_697_707), "{reply}");
        }
        assert_eq!(acknowledged_us("$JS.ACK.S.C.1"), None);
        assert_eq!(acknowledged_us("_INBOX.x"), None);
    }
}
