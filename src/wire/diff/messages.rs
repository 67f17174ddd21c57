//! Compares two whole messages: NATS metadata, the envelope, then payload by payload, matched by name.

use super::bytes::bytes;
use super::json::json;
use super::model::{DiffSide, Differences};
use super::tables::tables;
use super::texts::texts;
use crate::decode::{DecodedPayload, Value};
use crate::dialects::FIELDS;
use crate::envelope::Envelope;
use crate::json::{JsonNode, ValuePath};
use std::collections::BTreeSet;

/// What differs between two messages.
pub fn message_differences(left: DiffSide<'_>, right: DiffSide<'_>) -> Differences {
    let mut out = Differences::default();
    out.compare_texts("subject", left.subject, right.subject);
    headers(left, right, &mut out);
    let envelopes = [left, right].map(|side| side.decoded.envelope.as_ref());
    let [a, b] = envelopes.map(|side| side.map_or("no envelope", |(dialect, _)| dialect.name()));
    out.compare_texts("dialect", a, b);
    let [a, b] = envelopes.map(|side| side.map(|(_, envelope)| envelope));
    envelope(a, b, &mut out);
    payloads(&left.decoded.payloads, &right.decoded.payloads, &mut out);
    out
}

fn headers(left: DiffSide<'_>, right: DiffSide<'_>, out: &mut Differences) {
    let value = |side: DiffSide<'_>, name: &str| {
        let found = side.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, values)| values.join(", "))
    };
    let headers = left.headers.iter().chain(right.headers);
    let names: BTreeSet<&String> = headers.map(|(name, _)| name).collect();
    for name in names {
        let (a, b) = (value(left, name), value(right, name));
        out.compare(format!("header {name}"), a.as_deref(), b.as_deref());
    }
}

fn envelope<'a>(left: Option<&'a Envelope<'_>>, right: Option<&'a Envelope<'_>>, out: &mut Differences) {
    if left.is_none() && right.is_none() {
        return;
    }
    for row in FIELDS {
        let text = |side: Option<&Envelope<'_>>| {
            let text = side.and_then(|envelope| envelope.text(row.field));
            text.filter(|text| !text.is_empty()).map(ToString::to_string)
        };
        out.compare(row.snake, text(left).as_deref(), text(right).as_deref());
    }
    let metadata = |side: Option<&'a Envelope<'_>>| JsonNode::parse(&side?.metadata.0);
    let (a, b) = (metadata(left), metadata(right));
    json("metadata", &mut ValuePath::default(), a, b, out);
}

fn payloads(left: &[DecodedPayload<'_>], right: &[DecodedPayload<'_>], out: &mut Differences) {
    let mut taken = vec![false; right.len()];
    for (at, payload) in left.iter().enumerate() {
        let named = |(place, other): (usize, &DecodedPayload<'_>)| {
            (!taken[place] && other.dataname == payload.dataname).then_some(place)
        };
        let found = right.iter().enumerate().find_map(named);
        let name = name_of(payload, at);
        match found {
            Some(place) => {
                taken[place] = true;
                payload_pair(&name, payload, &right[place], out);
            }
            None => out.push(format!("payload {name}"), Some(payload.kind.name()), None),
        }
    }
    for (place, payload) in right.iter().enumerate().filter(|(place, _)| !taken[*place]) {
        let name = name_of(payload, place);
        out.push(format!("payload {name}"), None, Some(payload.kind.name()));
    }
}

fn name_of(payload: &DecodedPayload<'_>, place: usize) -> String {
    if payload.dataname.is_empty() {
        format!("#{}", place + 1)
    } else {
        payload.dataname.to_string()
    }
}

fn payload_pair(name: &str, left: &DecodedPayload<'_>, right: &DecodedPayload<'_>, out: &mut Differences) {
    out.compare_texts(format!("{name}: kind"), left.kind.name(), right.kind.name());
    out.compare_texts(format!("{name}: state"), left.state.name(), right.state.name());
    let [a, b] = [left, right].map(|payload| if payload.url.is_some() { "link" } else { "direct" });
    out.compare_texts(format!("{name}: transport"), a, b);
    match (&left.value, &right.value) {
        (Value::Json(a), Value::Json(b)) => {
            let (a, b) = (Some(a.root()), Some(b.root()));
            json(name, &mut ValuePath::default(), a, b, out);
        }
        (Value::Table(a), Value::Table(b)) => tables(name, a, b, out),
        (Value::Text(a), Value::Text(b)) => texts(name, a, b, out),
        _ => bytes(name, &left.body, &right.body, out),
    }
}
