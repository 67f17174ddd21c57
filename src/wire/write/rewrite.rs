//! Rewrites a message for one reader: its dialect and words, standard base64, plain Arrow, JSON that every parser
//! accepts. The meaning is preserved; what cannot be recovered is reported, never guessed.

use super::envelope::write_envelope;
use crate::bounds::Limits;
use crate::bytes::decode_base64;
use crate::checks::zone_error_us;
use crate::decode::{DecodedMessage, DecodedPayload, PayloadState, Value, decode_message, sniff_blob};
use crate::dialects::{Dialect, KindNames};
use crate::envelope::{Data, Envelope, EnvelopePayload, RawJson, Transport, parse_timestamp_us};
use crate::findings::{Code, Finding};
use crate::json::{JsonKind, mended as mended_json};
use crate::kinds::Kind;
use crate::read::looks_like_url;
use crate::readers::{Keys, Reader, Reason, judge_readers};
use crate::table::{Table, TableError};
use crate::text::{authority, split_scheme};
use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::DateTime;
use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::str::Utf8Error;

/// A message rewritten for a reader.
#[derive(Debug, Clone)]
pub struct Rewritten {
    /// The new bytes.
    pub raw: Bytes,
    /// The dialect they are in.
    pub dialect: Dialect,
    /// Findings about what could not be recovered: the rewritten message lacks it.
    pub lost: Vec<Finding>,
    /// What the reader still cannot read; empty if it can read everything now.
    pub left: Vec<Reason>,
}

/// Why a message cannot be rewritten.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum RewriteError {
    #[error("The message is not an envelope: there is nothing to rewrite.")]
    NoEnvelope,
    #[error("{place} ({name:?}) cannot be rewritten: {source}")]
    Payload {
        place: String,
        name: String,
        source: PayloadError,
    },
}

/// Why a payload cannot be rewritten, as the rest of a sentence.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum PayloadError {
    #[error("{0}")]
    Undecoded(String),
    #[error("it is too large.")]
    TooLarge,
    #[error("its data cannot be read: {0}.")]
    Unreadable(#[from] io::Error),
    #[error("it is not UTF-8: {0}.")]
    NotUtf8(#[from] Utf8Error),
    #[error("{0}.")]
    Table(#[from] TableError),
}

/// What rewriting drops: truncated or unreachable bytes, text that was not valid.
const LOSES: [Code; 9] = [
    Code::ArrowTruncated,
    Code::ArrowSeveralStreams,
    Code::ArrowTrailingBytes,
    Code::NotUtf8,
    Code::NonFiniteNumber,
    Code::LoneSurrogate,
    Code::DuplicateKey,
    Code::TooManyPayloads,
    Code::Base64TrailingBits,
];

/// Rewrites a message so that `reader` reads as much of it as can be; `at_us` is when it came (microseconds since the Unix
/// epoch) where that is known, by which a local time becomes UTC; `new_id` gives an id where one is missing or taken.
///
/// # Errors
///
/// Which part has nothing that could be rewritten: no envelope, or a payload without readable data.
///
/// # Examples
///
/// ```
/// use natsbridge_wire::{Limits, READERS, decode_message, rewrite_for};
/// let raw = br#"{"msgId":"256e050c-c0ea-4f6f-b042-359317418527","sendTo":"a","senderName":"b","payloads":[]}"#;
/// let message = decode_message(&raw.as_slice().into(), "a", &Limits::DEFAULT);
/// let python = READERS.iter().find(|reader| reader.name == "python").unwrap();
/// let mut ids = || "256e050c-c0ea-4f6f-b042-000000000001".to_owned();
/// let mended = rewrite_for(&message, python, &Limits::DEFAULT, None, &mut ids).unwrap();
/// assert!(mended.raw.starts_with(br#"{"correlation_id":"256e050c-c0ea-4f6f-b042-000000000001","msg_id":"256e"#));
/// assert!(mended.left.is_empty());
/// ```
pub fn rewrite_for(
    message: &DecodedMessage<'_>,
    reader: &Reader,
    limits: &Limits,
    at_us: Option<i64>,
    new_id: &mut dyn FnMut() -> String,
) -> Result<Rewritten, RewriteError> {
    let (_, envelope) = message.envelope.as_ref().ok_or(RewriteError::NoEnvelope)?;
    let dialect = dialect_of(reader);
    let mut taken = HashSet::new();
    let mut payloads = Vec::with_capacity(envelope.payloads.len());
    for (index, (payload, decoded)) in envelope.payloads.iter().zip(&message.payloads).enumerate() {
        let place = format!("payloads[{index}]");
        let own = |finding: &&Finding| {
            let rest = finding.path.strip_prefix(&*place);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let found = message.findings.iter().filter(own);
        let found: Vec<Code> = found.map(|finding| finding.code).collect();
        let mut payload = mended_payload(payload, decoded, reader, &found).map_err(|source| {
            let (place, name) = (place.clone(), payload.dataname.to_string());
            RewriteError::Payload { place, name, source }
        })?;
        if payload.id.is_empty() || !taken.insert(payload.id.to_string()) {
            payload.id = new_id().into();
        }
        payloads.push(payload);
    }
    let mut id = |id: &str| -> Cow<'static, str> {
        if id.is_empty() {
            new_id().into()
        } else {
            id.to_owned().into()
        }
    };
    let mended = Envelope {
        correlation_id: id(&envelope.correlation_id),
        msg_id: id(&envelope.msg_id),
        sender_id: id(&envelope.sender_id),
        timestamp: zoned(&envelope.timestamp, at_us),
        broker_url: mended_url(&envelope.broker_url),
        metadata: RawJson(mended_json(&envelope.metadata.0).into()),
        payloads,
        extra: envelope
            .extra
            .iter()
            .map(|(key, json)| (key.clone(), RawJson(mended_json(&json.0).into())))
            .collect(),
        ..envelope.clone()
    };
    let raw: Bytes = write_envelope(&mended, dialect).into();
    let again = decode_message(&raw, "", limits);
    let left = judge_readers(&again, [reader])
        .into_iter()
        .flat_map(|answer| answer.reasons);
    let lost = message
        .findings
        .iter()
        .filter(|finding| LOSES.contains(&finding.code) && !is_kept(finding));
    Ok(Rewritten {
        lost: lost.cloned().collect(),
        left: left.collect(),
        raw,
        dialect,
    })
}

/// Keys that stand several times in metadata or data stay as they are: which of their values is meant is not ours to say.
fn is_kept(finding: &Finding) -> bool {
    let inside = |value: &str| {
        finding.path.contains(&format!("{value}.")) || finding.path.contains(&format!("{value}["))
    };
    finding.code == Code::DuplicateKey && (inside("metadata") || inside("data"))
}

/// The dialect that a reader looks for.
fn dialect_of(reader: &Reader) -> Dialect {
    match (reader.keys, reader.vocabulary) {
        (Keys::Any, _) => Dialect::Universal,
        (Keys::Camel, _) => Dialect::V0_4,
        (Keys::Document, _) => Dialect::Readme,
        (Keys::Snake, KindNames::V0_5) => Dialect::V0_5,
        (Keys::Snake, _) => Dialect::V0_4_3,
    }
}

/// Every server in the list, without credentials and with a scheme.
fn mended_url(urls: &str) -> Cow<'static, str> {
    if urls.is_empty() {
        return Cow::Borrowed("");
    }
    let servers = urls.split(',').map(|url| {
        let (scheme, rest) = split_scheme(url.trim());
        let scheme = if scheme.is_empty() { "nats" } else { scheme };
        let credentials = authority(rest).rfind('@').map_or(0, |at| at + 1);
        format!("{scheme}://{}", &rest[credentials..])
    });
    servers.collect::<Vec<_>>().join(",").into()
}

/// A timestamp converted to UTC; one without a zone is taken as UTC, as the peers that omit it mean it.
fn zoned(timestamp: &str, at_us: Option<i64>) -> Cow<'static, str> {
    let stamp = parse_timestamp_us(timestamp);
    if let (Some(stamp), Some(at_us)) = (stamp, at_us)
        && let Some(ahead) = zone_error_us(stamp, at_us)
        && let Ok(utc) = Timestamp::from_microsecond(stamp - ahead)
    {
        return format!("{utc:.3}").into();
    }
    let zoneless = timestamp.parse::<Timestamp>().is_err() && timestamp.parse::<DateTime>().is_ok();
    let zone = if zoneless { "Z" } else { "" };
    format!("{timestamp}{zone}").into()
}

/// `found` has the codes of what was found of the payload.
fn mended_payload<'a>(
    payload: &EnvelopePayload<'a>,
    decoded: &DecodedPayload<'_>,
    reader: &Reader,
    found: &[Code],
) -> Result<EnvelopePayload<'a>, PayloadError> {
    let metadata = RawJson(mended_json(&payload.metadata.0).into());
    if let Some(url) = decoded.url.as_ref().filter(|url| looks_like_url(url)) {
        let fetched = decoded.state != PayloadState::NotFetched && !decoded.body.is_empty();
        return Ok(EnvelopePayload {
            kind: kind_of(payload, decoded, found),
            transport: Transport::Link,
            encoding: Cow::Borrowed("none"),
            size: fetched.then(|| decoded.body.len()).or(payload.size),
            data: Data::Text(url.clone().into()),
            metadata,
            ..payload.clone()
        });
    }
    if let Some(body) = decoded.url.as_ref().and_then(|text| decode_base64(text).ok()) {
        // It says link, but contains the data itself.
        return Ok(direct(payload, payload.kind, body.0.into(), metadata));
    }
    if let Some(error) = decoded.error.as_deref().filter(|_| decoded.body.is_empty()) {
        return Err(PayloadError::Undecoded(error.to_owned()));
    }
    let (kind, body) = mended_body(payload, decoded, reader, found)?;
    Ok(direct(payload, kind, body, metadata))
}

/// The payload with these bytes inside the message.
fn direct<'a>(
    payload: &EnvelopePayload<'a>,
    kind: Kind,
    body: Bytes,
    metadata: RawJson<'static>,
) -> EnvelopePayload<'a> {
    EnvelopePayload {
        kind,
        declared_type: Cow::Borrowed(""),
        transport: Transport::Direct,
        encoding: Cow::Borrowed("base64"),
        size: Some(body.len() as u64),
        data: Data::Bytes(Cow::Owned(body.into())),
        metadata,
        ..payload.clone()
    }
}

/// The actual kind of the bytes, if the declared one is certainly wrong.
fn kind_of(payload: &EnvelopePayload<'_>, decoded: &DecodedPayload<'_>, found: &[Code]) -> Kind {
    let mismatch = found.contains(&Code::KindMismatch);
    let sniffed = mismatch.then(|| sniff_blob(&decoded.body)).flatten();
    sniffed.map_or(
        Kind::from_declared(&payload.declared_type).map_or(decoded.kind, |_| payload.kind),
        |sniffed| sniffed.kind,
    )
}

fn mended_body(
    payload: &EnvelopePayload<'_>,
    decoded: &DecodedPayload<'_>,
    reader: &Reader,
    found: &[Code],
) -> Result<(Kind, Bytes), PayloadError> {
    let body = decoded
        .body
        .load(usize::MAX as u64)?
        .ok_or(PayloadError::TooLarge)?;
    let kind = kind_of(payload, decoded, found);
    Ok(match &decoded.value {
        Value::Table(table) if !reader.tables => (Kind::JsonTable, rows_of(table)),
        Value::Table(table) if found.iter().any(|code| code.name().starts_with("arrow-")) => {
            (kind, table.to_mended_stream()?.into())
        }
        Value::Json(json) => {
            let root = json.root();
            let rows =
                root.kind() == JsonKind::Array && root.items().all(|row| row.kind() == JsonKind::Object);
            let kind = match kind {
                Kind::Table if rows => Kind::JsonTable,
                Kind::Table | Kind::JsonTable if !rows => Kind::Dictionary,
                kind => kind,
            };
            (kind, mended_text(&body)?)
        }
        // Text that is not UTF-8: its encoding is unknown.
        Value::Binary if kind == Kind::Text => (Kind::Binary, body),
        _ => (kind, body),
    })
}

/// JSON that every parser accepts: no byte order mark, no NaN, no lone surrogates.
fn mended_text(body: &Bytes) -> Result<Bytes, Utf8Error> {
    let text = std::str::from_utf8(body)?.trim_start_matches('\u{feff}');
    Ok(mended_json(text).into())
}

/// All rows as a JSON array of objects.
fn rows_of(table: &Table) -> Bytes {
    let mut out = String::from("[");
    for row in 0..table.num_rows() {
        out.push_str(if row > 0 { "," } else { "" });
        out.push_str(&table.row_json(row).to_string());
    }
    out.push(']');
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{READERS, readers_named};

    fn reader(name: &str) -> &'static Reader {
        readers_named(name).unwrap().1[0]
    }

    fn mended(raw: &str, name: &str) -> Result<(String, Vec<Code>), RewriteError> {
        let message = decode_message(&raw.as_bytes().to_vec().into(), "", &Limits::DEFAULT);
        let mut ids = 0;
        let mut new_id = || {
            ids += 1;
            format!("256e050c-c0ea-4f6f-b042-{ids:012}")
        };
        let mended = rewrite_for(&message, reader(name), &Limits::DEFAULT, None, &mut new_id)?;
        let left = mended.left.iter().map(|reason| reason.code).collect();
        Ok((String::from_utf8(mended.raw.to_vec()).unwrap(), left))
    }

    fn with(payload: &str) -> String {
        format!(
            r#"{{"correlationId":"","msgId":"256e050c-c0ea-4f6f-b042-359317418527","timestamp":"2026-02-22T14:16:57.12","sendTo":"a","msgPurpose":"chat","senderName":"","senderId":"","receiverName":null,"receiverId":null,"replyTo":"","replyToMsgId":"","brokerURL":"ada:secret@host:4222","metadata":{{"x":NaN}},"payloads":[{payload}]}}"#
        )
    }

    fn direct(kind: &str, encoding: &str, size: usize, data: &str) -> String {
        with(&format!(
            r#"{{"id":"1","dataname":"it","type":"{kind}","transport":"direct","encoding":"{encoding}","size":{size},"data":{data},"metadata":{{}}}}"#
        ))
    }

    #[test]
    fn fields_are_spelled_and_filled_for_the_reader() {
        let (raw, left) = mended(&direct("text", "base64", 8, r#""SGVsbG8""#), "python").unwrap();
        for part in [
            r#""correlation_id":"256e050c-c0ea-4f6f-b042-000000000001""#,
            r#""timestamp":"2026-02-22T14:16:57.12Z""#,
            r#""receiver_name":"""#,
            r#""broker_url":"nats://host:4222""#,
            r#""metadata":{"x":null}"#,
            r#""payload_type":"text","transport":"direct","encoding":"base64","size":5,"data":"SGVsbG8=""#,
        ] {
            assert!(raw.contains(part), "{part} in {raw}");
        }
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn local_time_becomes_utc_by_the_arrival() {
        let at_us = parse_timestamp_us("2026-02-22T14:16:57.130Z");
        for (stamp, utc) in [
            ("2026-02-22T21:16:57.12", "2026-02-22T14:16:57.120Z"),
            ("2026-02-22T09:16:57.125Z", "2026-02-22T14:16:57.125Z"),
            ("2026-02-22T14:16:57.12", "2026-02-22T14:16:57.12Z"),
            ("2026-02-22T14:16:57.12Z", "2026-02-22T14:16:57.12Z"),
            ("yesterday", "yesterday"),
        ] {
            assert_eq!(zoned(stamp, at_us), utc);
        }
        assert_eq!(zoned("2026-02-22T21:16:57.12", None), "2026-02-22T21:16:57.12Z");
    }

    #[test]
    fn json_becomes_what_every_parser_takes() {
        let raw = direct("json", "json", 9, r#""[{\"a\":NaN}]""#);
        let (raw, left) = mended(&raw, "javascript").unwrap();
        assert!(
            raw.contains(&crate::bytes::encode_base64(br#"[{"a":null}]"#)),
            "{raw}"
        );
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn the_kind_is_what_the_bytes_are() {
        let (raw, left) = mended(&direct("table", "base64", 9, r#""W3siYSI6MX1d""#), "python").unwrap();
        assert!(raw.contains(r#""payload_type":"jsontable""#), "{raw}");
        assert!(left.is_empty(), "{left:?}");
        let (raw, _) = mended(&direct("audio", "base64", 8, r#""iVBORw0KGgo=""#), "micropython").unwrap();
        assert!(raw.contains(r#""type":"image""#), "{raw}");
        let (raw, _) = mended(&direct("text", "base64", 1, r#""/A==""#), "julia").unwrap();
        assert!(raw.contains(r#""payload_type":"binary""#), "{raw}");
    }

    #[test]
    fn what_has_nothing_to_rewrite_says_so() {
        let why = mended(&direct("text", "base64", 5, r#""SGV!bG8=""#), "python").unwrap_err();
        assert_eq!(
            why.to_string(),
            "payloads[0] (\"it\") cannot be rewritten: The data is not valid base64: character 3 is '!'."
        );
        let why = mended("{}", "python").unwrap_err();
        assert!(why.to_string().contains("not an envelope"));
    }

    #[test]
    fn every_reader_reads_what_was_mended_for_it() {
        for reader in READERS {
            let (_, left) = mended(&direct("dictionary", "base64", 2, r#""e30""#), reader.name).unwrap();
            assert!(left.is_empty(), "{}: {left:?}", reader.name);
        }
    }
}
