//! Reads the fields of an envelope from a JSON object, in any dialect's spelling. Whether the bytes are an envelope
//! at all is decided in `read`.

use super::field_checks::check_fields;
use super::payload::{
    Place, UnknownKeys, metadata_of, read_payload, repeated, respell_missing_type, text_of,
};
use crate::bounds::Limits;
use crate::dialects::{Dialect, DialectDetector, FIELDS, Field, KeySighting, Spelling};
use crate::envelope::{Envelope, EnvelopePayload};
use crate::findings::{Code, Finding, Findings, quoted};
use crate::json::{Cursor, Deviations, Fault, Item};
use std::borrow::Cow;

/// Reads the object that starts at byte `start` into an empty envelope; `None` if it is a complete object but not an
/// envelope.
pub(super) fn read_envelope<'a>(
    text: &'a str,
    start: usize,
    envelope: &mut Envelope<'a>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Option<Dialect>, Fault> {
    let mut reader = Reader {
        cursor: Cursor::new(text, start),
        envelope,
        evidence: DialectDetector::default(),
        unknown: UnknownKeys::of(None),
        limits,
        findings,
    };
    reader.object()?;
    reader.cursor.end()?;
    if !reader.evidence.is_envelope() {
        return Ok(None);
    }
    Ok(Some(reader.finish()))
}

struct Reader<'a, 'l> {
    cursor: Cursor<'a>,
    envelope: &'l mut Envelope<'a>,
    evidence: DialectDetector,
    unknown: UnknownKeys,
    limits: &'l Limits,
    findings: &'l mut Findings,
}

impl<'a> Reader<'a, '_> {
    fn object(&mut self) -> Result<(), Fault> {
        let mut first = true;
        self.cursor.peek();
        self.cursor.enter()?;
        while let Some(key) = self.cursor.next_key(&mut first)? {
            let Some((field, spelling)) = key.known(Field::from_key) else {
                let item = self.cursor.item()?;
                let extra = &mut self.envelope.extra;
                self.unknown.keep(extra, key, item, self.limits, self.findings);
                continue;
            };
            let sighting = self.evidence.field(field, spelling);
            if sighting == KeySighting::Again {
                self.findings.push(repeated(&key.text(), None, key.at));
            }
            if spelling == Spelling::Old {
                let message = format!("{} is the spelling used before the first release", key.text());
                self.findings
                    .add(Code::OldSpelling, key.text().into_owned(), message);
            }
            match field {
                Field::Payloads => self.payloads()?,
                Field::Metadata => {
                    let item = self.cursor.item()?;
                    let path = || key.text().into_owned();
                    self.envelope.metadata = metadata_of(item, path, self.findings);
                }
                _ => {
                    let item = self.cursor.item()?;
                    self.text(field, sighting, key, item);
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn text(&mut self, field: Field, sighting: KeySighting, key: Item<'a>, item: Item<'a>) {
        let Some(slot) = self.envelope.text_mut(field) else {
            return;
        };
        match item.plain() {
            Some(text) if sighting != KeySighting::Twin => *slot = Cow::Borrowed(text),
            _ => take_text(slot, sighting, &key.text(), item, self.findings),
        }
    }

    fn payloads(&mut self) -> Result<(), Fault> {
        self.envelope.payloads.clear();
        let next = self.cursor.peek();
        if next == b'{' {
            let message = "payloads is a single object, not an array";
            self.findings.add(Code::BadPayloads, "payloads", message);
            return self.payload();
        }
        if next != b'[' {
            let what = self.cursor.item()?.shape.name();
            let message = format!("payloads is {what}, not an array: without payloads it has to be []");
            self.findings.add(Code::BadPayloads, "payloads", message);
            return Ok(());
        }
        let (mut first, mut count) = (true, 0);
        self.cursor.enter()?;
        while self.cursor.next_item(&mut first)? {
            if count < self.limits.payloads_per_envelope {
                self.payload()?;
            } else {
                self.cursor.item()?;
            }
            count += 1;
        }
        let shown = self.envelope.payloads.len();
        if count > shown {
            let message = format!("{count} payloads, of which the first {shown} are shown");
            self.findings.add(Code::TooManyPayloads, "payloads", message);
        }
        Ok(())
    }

    fn payload(&mut self) -> Result<(), Fault> {
        let payloads = &mut self.envelope.payloads;
        let index = payloads.len();
        payloads.push(EnvelopePayload::default());
        read_payload(
            &mut self.cursor,
            &mut payloads[index],
            Place(index),
            &mut self.evidence,
            self.limits,
            self.findings,
        )
    }

    fn finish(self) -> Dialect {
        let dialect = self.evidence.dialect();
        let seen = self.evidence.seen();
        for row in FIELDS.iter().filter(|row| seen & row.field.bit() == 0) {
            let key = row.field.key(dialect);
            self.findings
                .add(Code::MissingField, key, format!("{key} is missing"));
        }
        let untyped = self.envelope.payloads.iter().enumerate();
        for (index, _) in untyped.filter(|(_, payload)| payload.declared_type.is_empty()) {
            respell_missing_type(Place(index), dialect, self.findings);
        }
        self.unknown.report(self.findings);
        if self.evidence.is_mixed() {
            let message = format!("keys of several dialects are mixed; read as {}", dialect.name());
            self.findings.add(Code::MixedDialects, "", message);
        }
        for finding in odd(&self.cursor.oddities) {
            self.findings.push(finding);
        }
        check_fields(self.envelope, dialect, self.findings);
        dialect
    }
}

/// Takes a text that is not plain, or that another spelling may have given already.
fn take_text<'a>(
    slot: &mut Cow<'a, str>,
    sighting: KeySighting,
    name: &str,
    item: Item<'a>,
    findings: &mut Findings,
) {
    let value = text_of(item, || name.to_owned(), findings);
    if sighting != KeySighting::Twin || slot.is_empty() {
        *slot = value;
    } else if !value.is_empty() && *slot != value {
        let (first, second) = (quoted(slot), quoted(&value));
        let message = format!("its two spellings differ: {first} and {second}");
        findings.add(Code::MixedDialects, name.to_owned(), message);
    }
}

/// Findings about unusual JSON that is not an error.
pub(crate) fn odd(oddities: &Deviations) -> impl Iterator<Item = Finding> {
    let found = [
        (
            oddities.non_finite,
            Code::NonFiniteNumber,
            "NaN or infinity is not JSON; it is read as null",
        ),
        (
            oddities.lone_surrogate,
            Code::LoneSurrogate,
            "this is half of a surrogate pair; it is read as U+FFFD",
        ),
        (
            oddities.big_integer,
            Code::BigInteger,
            "this is an integer beyond 2^53",
        ),
        (
            oddities.huge_integer,
            Code::HugeInteger,
            "this is an integer beyond 2^63",
        ),
        (
            oddities.beyond_double,
            Code::NumberBeyondDouble,
            "no double holds this number: it is too large, too small, or has more digits",
        ),
    ];
    found
        .into_iter()
        .filter_map(|(at, code, message)| Some(Finding::new(code, "", message).at(at?)))
}
