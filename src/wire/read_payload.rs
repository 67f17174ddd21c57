//! Reads one payload object: every spelling, any JSON type, nothing refused. What its data decodes to is `body`'s matter.

use super::dialects::{Evidence, PayloadField};
use super::envelope::{Data, Payload, RawJson, Transport};
use super::field_checks::quoted;
use super::finding::{Code, Findings};
use super::json::{Cursor, Fault, Item, Shape};
use super::kinds::Kind;
use super::limits::Limits;
use std::borrow::Cow;

/// What a payload object holds before its words are understood.
#[derive(Default)]
struct Draft<'a> {
    payload: Payload<'a>,
    seen: u16,
    type_word: Cow<'a, str>,
    payload_type_word: Cow<'a, str>,
    transport_word: Cow<'a, str>,
    more: usize,
}

/// Reads the payload that starts at the cursor; `path` is its own, such as `payloads[0]`.
pub(super) fn read_payload<'a>(
    cursor: &mut Cursor<'a>,
    path: &str,
    evidence: &mut Evidence,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Payload<'a>, Fault> {
    if cursor.peek() != b'{' {
        let item = cursor.item()?;
        let message = format!("the payload is {}, not an object", item.shape.name());
        findings.add(Code::WrongFieldType, path.to_owned(), message);
        return Ok(Payload {
            data: data_of(&item),
            ..Payload::default()
        });
    }
    let mut draft = Draft::default();
    let mut first = true;
    cursor.enter()?;
    while let Some(key) = cursor.next_key(&mut first)? {
        let item = cursor.item()?;
        draft.take(&key, &item, path, limits, findings);
    }
    if draft.seen & PayloadField::Type.bit() != 0 {
        evidence.type_word(&draft.type_word);
    }
    if draft.seen & PayloadField::PayloadType.bit() != 0 {
        evidence.payload_type_word(&draft.payload_type_word);
    }
    Ok(draft.finish(path, findings))
}

impl<'a> Draft<'a> {
    fn take(
        &mut self,
        key: &Item<'a>,
        item: &Item<'a>,
        path: &str,
        limits: &Limits,
        findings: &mut Findings,
    ) {
        let name = key.text();
        let Some(field) = PayloadField::from_key(name.as_bytes()) else {
            keep_extra(
                &mut self.payload.extra,
                &mut self.more,
                name,
                item,
                path,
                limits,
                findings,
            );
            return;
        };
        if self.seen & field.bit() != 0 {
            findings.push(repeated(&name, path, key.at));
        }
        self.seen |= field.bit();
        let path = || format!("{path}.{name}");
        match field {
            PayloadField::Id => self.payload.id = text_of(item, path, findings),
            PayloadField::Dataname => self.payload.dataname = text_of(item, path, findings),
            PayloadField::Type => self.type_word = text_of(item, path, findings),
            PayloadField::PayloadType => self.payload_type_word = text_of(item, path, findings),
            PayloadField::Transport => self.transport_word = text_of(item, path, findings),
            PayloadField::Encoding => self.payload.encoding = text_of(item, path, findings),
            PayloadField::Size => self.payload.size = size_of(item, path, findings),
            PayloadField::Data => self.payload.data = data_of(item),
            PayloadField::Metadata => self.payload.metadata = metadata_of(item, path, findings),
        }
    }

    fn finish(mut self, path: &str, findings: &mut Findings) -> Payload<'a> {
        for (field, key) in PayloadField::REQUIRED {
            if self.seen & field.bit() == 0 {
                findings.add(
                    Code::MissingField,
                    format!("{path}.{key}"),
                    format!("{key} is missing"),
                );
            }
        }
        said_more(self.more, path, findings);
        if self.seen & PayloadField::Dataname.bit() != 0 && self.payload.dataname.is_empty() {
            findings.add(
                Code::EmptyDataname,
                format!("{path}.dataname"),
                "the payload has no name",
            );
        }
        self.understand_type(path, findings);
        self.understand_transport(path, findings);
        if self.payload.data == Data::Missing {
            findings.add(Code::MissingData, format!("{path}.data"), "there is no data");
        }
        self.payload
    }

    fn understand_type(&mut self, path: &str, findings: &mut Findings) {
        let kinds = [&self.type_word, &self.payload_type_word].map(|word| Kind::from_declared(word));
        let key = if self.payload_type_word.is_empty() {
            "type"
        } else {
            "payload_type"
        };
        self.payload.kind = match kinds {
            [None, None] => {
                if self.type_word.is_empty() && self.payload_type_word.is_empty() {
                    findings.add(
                        Code::MissingField,
                        format!("{path}.type"),
                        "the payload has no type",
                    );
                } else {
                    let word = if key == "type" {
                        &self.type_word
                    } else {
                        &self.payload_type_word
                    };
                    let message = format!("{} is no kind that any version knows", quoted(word));
                    findings.add(Code::UnknownKind, format!("{path}.{key}"), message);
                }
                Kind::Binary
            }
            [Some(a), Some(b)] if family(a) != family(b) => {
                let message = format!(
                    "type says {}, payload_type says {}",
                    quoted(&self.type_word),
                    quoted(&self.payload_type_word)
                );
                findings.add(Code::KindDisagrees, format!("{path}.payload_type"), message);
                b
            }
            [_, Some(kind)] | [Some(kind), None] => kind,
        };
        let by_type = self.payload_type_word.is_empty() || (kinds[1].is_none() && kinds[0].is_some());
        self.payload.declared_type = std::mem::take(if by_type {
            &mut self.type_word
        } else {
            &mut self.payload_type_word
        });
    }

    fn understand_transport(&mut self, path: &str, findings: &mut Findings) {
        let is_url = matches!(&self.payload.data, Data::Text(text) if looks_like_url(text));
        let (guess, guessed) = if is_url {
            (Transport::Link, "a URL")
        } else {
            (Transport::Direct, "no URL")
        };
        self.payload.transport = match (&*self.transport_word, guess) {
            ("link", _) => Transport::Link,
            // A URL is never base64: reading it as a link is the only way to read it at all.
            ("direct", Transport::Link) => {
                let message = "transport says direct, but data is a URL; it is treated as a link";
                findings.add(Code::TransportDisagrees, format!("{path}.transport"), message);
                Transport::Link
            }
            ("direct", Transport::Direct) => Transport::Direct,
            (word, _) => {
                if self.seen & PayloadField::Transport.bit() != 0 {
                    let message = format!("{} is no transport; data is {guessed}", quoted(word));
                    findings.add(Code::UnknownTransport, format!("{path}.transport"), message);
                }
                guess
            }
        };
        if self.transport_word == "link"
            && !is_url
            && matches!(self.payload.data, Data::Text(_) | Data::Json(_))
        {
            let message = "transport says link, but data is no URL";
            findings.add(Code::TransportDisagrees, format!("{path}.transport"), message);
        }
        let link = self.payload.transport == Transport::Link;
        match &*self.payload.encoding {
            "" | "none" | "arrow-ipc" => {}
            "base64" | "json" if !link => {}
            word @ ("base64" | "json") => {
                let message = format!("a link's body is never encoded, but encoding says {word}");
                findings.add(Code::EncodingDisagrees, format!("{path}.encoding"), message);
            }
            word => {
                let message = format!("{} is no encoding that peers use", quoted(word));
                findings.add(Code::UnknownEncoding, format!("{path}.encoding"), message);
            }
        }
    }
}

/// Kinds that a vocabulary may fold together count as one.
fn family(kind: Kind) -> Kind {
    match kind {
        Kind::JsonTable => Kind::Dictionary,
        other => other,
    }
}

/// Whether the text starts with a scheme and `://`, as no base64 can; slashes may still be escaped (`:\/\/`).
pub(super) fn looks_like_url(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(24)];
    let Some(colon) = memchr::memchr(b':', head) else {
        return false;
    };
    let (scheme, rest) = head.split_at(colon);
    let slashes = rest.starts_with(b"://") || rest.starts_with(br":\/\/");
    slashes && !scheme.is_empty() && scheme.iter().all(u8::is_ascii_alphanumeric)
}

fn data_of<'a>(item: &Item<'a>) -> Data<'a> {
    match item.shape {
        Shape::Null => Data::Missing,
        Shape::Text => Data::Text(item.text()),
        _ => Data::Json(item.json()),
    }
}

fn size_of(item: &Item<'_>, path: impl Fn() -> String, findings: &mut Findings) -> Option<u64> {
    let text = item.text();
    let exact = text.trim().parse().ok();
    if item.shape == Shape::Number && exact.is_some() {
        return exact;
    }
    let message = match item.shape {
        Shape::Text => format!("{} is a string", quoted(&text)),
        _ => format!("{} is no byte count", quoted(&text)),
    };
    findings.add(Code::BadSize, path(), message);
    let whole = |value: &f64| value.fract() == 0.0 && (0.0..=9e15).contains(value);
    exact.or_else(|| text.trim().parse().ok().filter(whole).map(|value| value as u64))
}

/// The field's text, whatever JSON type it came as.
pub(super) fn text_of<'a>(
    item: &Item<'a>,
    path: impl FnOnce() -> String,
    findings: &mut Findings,
) -> Cow<'a, str> {
    match item.shape {
        Shape::Text => item.text(),
        Shape::Null => {
            findings.add(Code::NullField, path(), "the field is null");
            Cow::Borrowed("")
        }
        shape => {
            let message = format!("the field is {}, not a string", shape.name());
            findings.add(Code::WrongFieldType, path(), message);
            item.text()
        }
    }
}

/// The metadata as JSON text; null becomes `{}`.
pub(super) fn metadata_of<'a>(
    item: &Item<'a>,
    path: impl FnOnce() -> String,
    findings: &mut Findings,
) -> RawJson<'a> {
    match item.shape {
        Shape::Object => item.json(),
        Shape::Null => {
            findings.add(Code::NullField, path(), "the metadata is null");
            RawJson::default()
        }
        shape => {
            let message = format!("the metadata is {}, not an object", shape.name());
            findings.add(Code::WrongFieldType, path(), message);
            item.json()
        }
    }
}

/// Keeps a key that no dialect knows.
pub(super) fn keep_extra<'a>(
    extra: &mut Vec<(Cow<'a, str>, RawJson<'a>)>,
    more: &mut usize,
    name: Cow<'a, str>,
    item: &Item<'a>,
    path: &str,
    limits: &Limits,
    findings: &mut Findings,
) {
    if extra.len() >= limits.extra_keys {
        *more += 1;
        return;
    }
    let message = format!("no dialect knows the key {}", quoted(&name));
    findings.add(Code::UnknownField, below(path, &name), message);
    extra.push((name, item.json()));
}

/// Says how many unknown keys were not kept.
pub(super) fn said_more(more: usize, path: &str, findings: &mut Findings) {
    if more > 0 {
        let message = format!("{more} more unknown keys are not kept");
        findings.add(Code::UnknownField, path.to_owned(), message);
    }
}

/// The finding about a key that came again.
pub(super) fn repeated(name: &str, path: &str, at: usize) -> super::finding::Finding {
    let message = format!("the key {} stands here again; the last one counts", quoted(name));
    super::finding::Finding::new(Code::DuplicateKey, below(path, name), message).at(at)
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
