//! Reads one payload object: every spelling, any JSON type, nothing refused. Its data is decoded in `body`.

use crate::bounds::Limits;
use crate::checks::{below_value, repetitions};
use crate::dialects::{Dialect, DialectDetector, PayloadField};
use crate::envelope::{Data, EnvelopePayload, RawJson, Transport};
use crate::findings::{Code, Finding, Findings, quoted, shortened};
use crate::json::{Cursor, Fault, Item, Shape};
use crate::kinds::Kind;
use std::borrow::Cow;

/// The position of a payload among its siblings; only formatted when there is a finding.
#[derive(Clone, Copy)]
pub(super) struct Place(pub usize);

impl Place {
    fn of(self, key: &str) -> String {
        format!("payloads[{}].{key}", self.0)
    }
}

/// What a payload object holds before its words are understood.
struct Draft<'a, 'p> {
    payload: &'p mut EnvelopePayload<'a>,
    place: Place,
    seen: u16,
    type_word: Cow<'a, str>,
    payload_type_word: Cow<'a, str>,
    transport_word: Cow<'a, str>,
    unknown: UnknownKeys,
}

/// The key of the kind up to 0.4.
const TYPE: &str = "type";

/// Names the missing type of a payload as its dialect does.
pub(super) fn respell_missing_type(place: Place, dialect: Dialect, findings: &mut Findings) {
    let key = dialect.row().type_key;
    if let Some(finding) = findings.find_mut(Code::MissingField, &place.of(TYPE)) {
        finding.path = place.of(key).into();
        finding.message = match dialect {
            Dialect::Universal => "the payload has neither type nor payload_type".to_owned(),
            _ => format!("{key} is missing"),
        };
    }
}

/// Reads the payload that starts at the cursor into an empty one.
pub(super) fn read_payload<'a>(
    cursor: &mut Cursor<'a>,
    payload: &mut EnvelopePayload<'a>,
    place: Place,
    evidence: &mut DialectDetector,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<(), Fault> {
    if cursor.peek() != b'{' {
        let item = cursor.item()?;
        let message = format!("the payload is {}, not an object", item.shape.name());
        findings.add(Code::WrongFieldType, format!("payloads[{}]", place.0), message);
        payload.data = data_of(item);
        return Ok(());
    }
    let mut draft = Draft {
        payload,
        place,
        seen: 0,
        type_word: Cow::Borrowed(""),
        payload_type_word: Cow::Borrowed(""),
        transport_word: Cow::Borrowed(""),
        unknown: UnknownKeys::of(Some(place)),
    };
    let mut first = true;
    cursor.enter()?;
    while let Some(key) = cursor.next_key(&mut first)? {
        let item = cursor.item()?;
        draft.take(key, item, limits, findings);
    }
    let has = |field: PayloadField, word| (draft.seen & field.bit() != 0).then_some(word);
    evidence.payload(
        has(PayloadField::Type, &*draft.type_word),
        has(PayloadField::PayloadType, &*draft.payload_type_word),
    );
    draft.finish(findings);
    Ok(())
}

impl<'a> Draft<'a, '_> {
    fn take(&mut self, key: Item<'a>, item: Item<'a>, limits: &Limits, findings: &mut Findings) {
        let Some(field) = key.known(PayloadField::from_key) else {
            let extra = &mut self.payload.extra;
            return self.unknown.keep(extra, key, item, limits, findings);
        };
        if self.seen & field.bit() != 0 {
            findings.push(repeated(&key.text(), Some(self.place), key.at));
        }
        self.seen |= field.bit();
        let place = self.place;
        let path = || place.of(&key.text());
        let slot = match field {
            PayloadField::Id => &mut self.payload.id,
            PayloadField::Dataname => &mut self.payload.dataname,
            PayloadField::Type => &mut self.type_word,
            PayloadField::PayloadType => &mut self.payload_type_word,
            PayloadField::Transport => &mut self.transport_word,
            PayloadField::Encoding => &mut self.payload.encoding,
            PayloadField::Size => return self.payload.size = size_of(item, path, findings),
            PayloadField::Data => return self.payload.data = data_of(item),
            PayloadField::Metadata => return self.payload.metadata = metadata_of(item, path, findings),
        };
        if let Some(text) = item.plain() {
            *slot = Cow::Borrowed(text);
        } else {
            *slot = text_of(item, path, findings);
        }
    }

    fn finish(mut self, findings: &mut Findings) {
        for (field, key) in PayloadField::REQUIRED {
            if self.seen & field.bit() == 0 {
                findings.add(
                    Code::MissingField,
                    self.place.of(key),
                    format!("{key} is missing"),
                );
            }
        }
        self.unknown.report(findings);
        if self.seen & PayloadField::Dataname.bit() != 0 && self.payload.dataname.is_empty() {
            findings.add(
                Code::EmptyDataname,
                self.place.of("dataname"),
                "the payload has no name",
            );
        }
        self.understand_type(findings);
        self.understand_transport(findings);
        if self.payload.data == Data::Missing {
            findings.add(Code::MissingData, self.place.of("data"), "there is no data");
        }
    }

    fn understand_type(&mut self, findings: &mut Findings) {
        let kinds = [&self.type_word, &self.payload_type_word].map(|word| Kind::from_declared(word));
        let by_type = self.payload_type_word.is_empty() || (kinds[1].is_none() && kinds[0].is_some());
        let (key, word) = if by_type {
            (TYPE, &mut self.type_word)
        } else {
            ("payload_type", &mut self.payload_type_word)
        };
        let word = std::mem::take(word);
        self.payload.kind = match kinds {
            [None, None] => {
                if word.is_empty() {
                    // Which key that is, is known once the dialect is: see `respell_missing_type`.
                    findings.add(Code::MissingField, self.place.of(TYPE), "type is missing");
                } else {
                    let message = format!("{} is not a kind that any version knows", quoted(&word));
                    findings.add(Code::UnknownKind, self.place.of(key), message);
                }
                Kind::Binary
            }
            [Some(a), Some(b)] if a.family() != b.family() => {
                let (old, new) = (quoted(&self.type_word), quoted(&word));
                let message = format!("type says {old}, payload_type says {new}");
                findings.add(Code::KindDisagrees, self.place.of(key), message);
                b
            }
            [_, Some(kind)] | [Some(kind), None] => kind,
        };
        self.payload.declared_type = word;
    }

    fn understand_transport(&mut self, findings: &mut Findings) {
        let is_url = matches!(&self.payload.data, Data::Text(text) if looks_like_url(text));
        let (guess, guessed) = if is_url {
            (Transport::Link, "a URL")
        } else {
            (Transport::Direct, "not a URL")
        };
        self.payload.transport = match (&*self.transport_word, guess) {
            ("link", _) => {
                if !is_url && matches!(self.payload.data, Data::Text(_) | Data::Json(_)) {
                    let message = "transport says link, but data is not a URL";
                    findings.add(Code::TransportDisagrees, self.place.of("transport"), message);
                }
                Transport::Link
            }
            // A URL is never base64: reading it as a link is the only way to read it at all.
            ("direct", Transport::Link) => {
                let message = "transport says direct, but data is a URL; it is treated as a link";
                findings.add(Code::TransportDisagrees, self.place.of("transport"), message);
                Transport::Link
            }
            ("direct", Transport::Direct) => Transport::Direct,
            (word, _) => {
                if self.seen & PayloadField::Transport.bit() != 0 {
                    let message = format!("{} is not a transport; data is {guessed}", quoted(word));
                    findings.add(Code::UnknownTransport, self.place.of("transport"), message);
                }
                guess
            }
        };
        let link = self.payload.transport == Transport::Link;
        match &*self.payload.encoding {
            "" | "none" | "arrow-ipc" => {}
            "base64" | "json" if !link => {}
            word @ ("base64" | "json") => {
                let message = format!("the content of a link is never encoded, but encoding says {word}");
                findings.add(Code::EncodingDisagrees, self.place.of("encoding"), message);
            }
            word => {
                let message = format!("{} is not an encoding that peers use", quoted(word));
                findings.add(Code::UnknownEncoding, self.place.of("encoding"), message);
            }
        }
    }
}

/// Bytes of a text that tell whether it is a URL.
pub(super) const URL_HEAD: usize = 24;

/// Whether the text starts with a scheme and `://`, as no base64 can.
pub(crate) fn looks_like_url(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(URL_HEAD)];
    let Some(colon) = memchr::memchr(b':', head) else {
        return false;
    };
    let (scheme, rest) = head.split_at(colon);
    rest.starts_with(b"://") && !scheme.is_empty() && scheme.iter().all(u8::is_ascii_alphanumeric)
}

fn data_of(item: Item<'_>) -> Data<'_> {
    match item.shape {
        Shape::Null => Data::Missing,
        Shape::Text => Data::Text(item.text()),
        _ => Data::Json(item.json()),
    }
}

fn size_of(item: Item<'_>, path: impl Fn() -> String, findings: &mut Findings) -> Option<u64> {
    if item.shape == Shape::Number
        && let Ok(exact) = item.raw.parse()
    {
        return Some(exact);
    }
    let text = item.text();
    let exact = text.trim().parse().ok();
    let message = match item.shape {
        Shape::Text => format!("{} is a string", quoted(&text)),
        _ => format!("{} is not a byte count", quoted(&text)),
    };
    findings.add(Code::BadSize, path(), message);
    let whole = |value: &f64| value.fract() == 0.0 && (0.0..=9e15).contains(value);
    exact.or_else(|| text.trim().parse().ok().filter(whole).map(|value| value as u64))
}

/// The field's text, whatever JSON type it came as.
pub(super) fn text_of<'a>(
    item: Item<'a>,
    path: impl FnOnce() -> String,
    findings: &mut Findings,
) -> Cow<'a, str> {
    if item.shape != Shape::Text {
        unwanted(item, "the field", "a string", path, findings);
    }
    item.word()
}

/// The metadata as JSON text; null becomes `{}`.
pub(super) fn metadata_of<'a>(
    item: Item<'a>,
    path: impl Fn() -> String,
    findings: &mut Findings,
) -> RawJson<'a> {
    if item.shape != Shape::Object {
        unwanted(item, "the metadata", "an object", &path, findings);
    }
    if item.shape == Shape::Null {
        return RawJson::default();
    }
    check_keys(item.raw, item.at, path, findings);
    item.json()
}

/// Reports the keys that stand several times in an object of a value that begins at byte `at` of the message.
fn check_keys(json: &str, at: usize, path: impl Fn() -> String, findings: &mut Findings) {
    // Nearly all metadata is empty.
    const SHORTEST: usize = r#"{"":0,"":0}"#.len();
    if json.len() >= SHORTEST {
        let found = repetitions(json, at);
        findings.extend(found.map(|finding| below_value(finding, &path())));
    }
}

/// Reports that a value has not the JSON type it should have.
pub(super) fn unwanted(
    item: Item<'_>,
    what: &str,
    wanted: &str,
    path: impl FnOnce() -> String,
    findings: &mut Findings,
) {
    let (code, message) = match item.shape {
        Shape::Null => (Code::NullField, format!("{what} is null")),
        shape => (
            Code::WrongFieldType,
            format!("{what} is {}, not {wanted}", shape.name()),
        ),
    };
    findings.add(code, path(), message);
}

/// The keys of one object that no dialect knows: the first ones are kept, the others counted.
pub(super) struct UnknownKeys {
    place: Option<Place>,
    more: usize,
}

impl UnknownKeys {
    /// Those of a payload, or of the envelope.
    pub fn of(place: Option<Place>) -> Self {
        Self { place, more: 0 }
    }

    /// Keeps one of them.
    pub fn keep<'a>(
        &mut self,
        extra: &mut Vec<(Cow<'a, str>, RawJson<'a>)>,
        key: Item<'a>,
        item: Item<'a>,
        limits: &Limits,
        findings: &mut Findings,
    ) {
        if extra.len() >= limits.extra_keys {
            self.more += 1;
            return;
        }
        let name = key.text();
        if extra.iter().any(|(known, _)| *known == name) {
            findings.push(repeated(&name, self.place, key.at));
        } else {
            let message = format!("no dialect has the key {}", quoted(&name));
            findings.add(Code::UnknownField, below(self.place, &name), message);
        }
        check_keys(item.raw, item.at, || below(self.place, &name), findings);
        extra.push((name, item.json()));
    }

    /// Says how many were not kept.
    pub fn report(&self, findings: &mut Findings) {
        if self.more > 0 {
            let path = self
                .place
                .map_or(String::new(), |place| format!("payloads[{}]", place.0));
            let message = format!("unknown keys not kept: {}", self.more);
            findings.add(Code::UnknownField, path, message);
        }
    }
}

/// The finding about a key that came again.
pub(super) fn repeated(name: &str, place: Option<Place>, at: usize) -> Finding {
    let message = format!("the key {} is repeated; the last one counts", quoted(name));
    Finding::new(Code::DuplicateKey, below(place, name), message).at(at)
}

fn below(place: Option<Place>, name: &str) -> String {
    let name = shortened(name);
    place.map_or_else(|| name.to_string(), |place| place.of(&name))
}
