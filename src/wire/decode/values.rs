//! The fast path from bytes to typed values, for receivers that do not need findings: all or nothing. Anything but a
//! plain direct envelope is left to `read` and `decode_message`, which report why.

use super::decoded::Value;
use super::value::decode_within;
use crate::bounds::{Budget, Limits};
use crate::bytes::{decode_strictly, decode_strictly_into};
use crate::dialects::PayloadField;
use crate::json::{Cursor, Shape};
use crate::kinds::Kind;
use bytes::Bytes;
use bytestring::ByteString;
use std::borrow::Cow;

/// One payload as a receiver wants it: name, value, kind.
#[derive(Debug, Clone)]
pub struct DecodedValue<'a> {
    /// Name the receiver looks it up by.
    pub dataname: Cow<'a, str>,
    /// Value.
    pub value: Value,
    /// What it was declared as.
    pub kind: Kind,
    /// The raw bytes (after base64); empty for a text, whose value is these very bytes.
    pub body: Bytes,
}

/// The values of a message's payloads, in order: the quickest way there is, for a receiver's hot loop.
///
/// `None` when the message is anything but a plain envelope of direct payloads that all decode: a link, an escape in
/// base64, an unknown word, a repeated key. Then `decode_message` is to be asked, which takes more and tells what is
/// wrong. The values are the same as there.
///
/// # Examples
///
/// ```
/// use natsbridge_wire::{Dialect, Envelope, Kind, Limits, EnvelopePayload, Value, read_values, write_envelope};
///
/// let payloads = vec![EnvelopePayload::direct("id-1", "greeting", Kind::Text, b"Hello")];
/// let message = write_envelope(&Envelope { payloads, ..Envelope::default() }, Dialect::V0_5);
/// let values = read_values(&message, &Limits::DEFAULT).unwrap();
/// assert_eq!(values[0].dataname, "greeting");
/// assert!(matches!(&values[0].value, Value::Text(text) if &**text == "Hello"));
/// assert!(read_values(b"Hello", &Limits::DEFAULT).is_none());
/// ```
pub fn read_values<'a>(bytes: &'a [u8], limits: &Limits) -> Option<Vec<DecodedValue<'a>>> {
    if bytes.len() > limits.direct_message {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let mut cursor = Cursor::new(text, 0);
    if cursor.peek() != b'{' {
        return None;
    }
    let (mut values, mut first) = (None, true);
    cursor.enter().ok()?;
    while let Some(key) = cursor.next_key(&mut first).ok()? {
        if key.known(|name| (name == b"payloads").then_some(())).is_none() {
            cursor.item().ok()?;
        } else if values.is_none() {
            values = Some(payloads(&mut cursor, &Budget::whole(limits))?);
        } else {
            return None;
        }
    }
    cursor.end().ok()?;
    values.filter(|_| !cursor.oddities.need_mending())
}

fn payloads<'a>(cursor: &mut Cursor<'a>, budget: &Budget<'_>) -> Option<Vec<DecodedValue<'a>>> {
    if cursor.peek() != b'[' {
        return None;
    }
    // Most messages have one.
    let (mut values, mut first) = (Vec::with_capacity(1), true);
    cursor.enter().ok()?;
    while cursor.next_item(&mut first).ok()? {
        if values.len() == budget.limits().payloads_per_envelope {
            return None;
        }
        values.push(payload(cursor, budget)?);
    }
    Some(values)
}

fn payload<'a>(cursor: &mut Cursor<'a>, budget: &Budget<'_>) -> Option<DecodedValue<'a>> {
    if cursor.peek() != b'{' {
        return None;
    }
    let (mut seen, mut first) = (0, true);
    let (mut dataname, mut data) = (None, None);
    let (mut old_type, mut new_type) = (None, None);
    let (mut direct, mut base64) = (false, false);
    cursor.enter().ok()?;
    while let Some(key) = cursor.next_key(&mut first).ok()? {
        let item = cursor.item().ok()?;
        let Some(field) = key.known(PayloadField::from_key) else {
            continue;
        };
        if seen & field.bit() != 0 {
            return None;
        }
        seen |= field.bit();
        match field {
            PayloadField::Dataname => dataname = (item.shape == Shape::Text).then(|| item.text()),
            PayloadField::Type => old_type = Some(Kind::from_declared(item.plain()?)?),
            PayloadField::PayloadType => new_type = Some(Kind::from_declared(item.plain()?)?),
            PayloadField::Transport => direct = item.plain()? == "direct",
            PayloadField::Encoding => base64 = item.plain()? == "base64",
            PayloadField::Data => data = Some(item.plain()?),
            PayloadField::Id | PayloadField::Size | PayloadField::Metadata => {}
        }
    }
    if !(direct && base64) {
        return None;
    }
    let kind = match (old_type, new_type) {
        (Some(old), Some(new)) if old.family() != new.family() => return None,
        (old, new) => new.or(old)?,
    };
    let (dataname, data) = (dataname?, data?.as_bytes());
    let (body, value) = if kind == Kind::Text {
        (Bytes::new(), Value::Text(text_value(data, budget)?))
    } else {
        let body = body(data, budget)?;
        let value = decode_within(kind, &body.clone().into(), budget, &mut Vec::new()).ok()?;
        (body, value)
    };
    Some(DecodedValue {
        dataname,
        value,
        kind,
        body,
    })
}

fn body(data: &[u8], budget: &Budget<'_>) -> Option<Bytes> {
    let charge = budget.charge(data.len() as u64 / 4 * 3).ok()?;
    Some(charge.hold(decode_strictly(data)?))
}

/// Short texts, the most common case, take no memory but their own.
fn text_value(data: &[u8], budget: &Budget<'_>) -> Option<ByteString> {
    const SHORT: usize = 512;
    if data.len() / 4 * 3 <= SHORT {
        let mut room = [0; SHORT];
        let text = decode_strictly_into(data, &mut room)?;
        return ByteString::try_from(text).ok();
    }
    ByteString::try_from(body(data, budget)?).ok()
}
