//! Whether any peer can read a message; if none can, which ones fail, and at what. What is wrong with single fields and
//! bodies is found elsewhere.

use super::judge::{foreign_keys, is_word_of, judge_readers};
use super::model::{Answer, Reader, Reason};
use super::registry::{READERS, UNLISTED};
use super::spelled::spelled;
use crate::checks::{Readability, ReaderStack, breaks};
use crate::decode::DecodedMessage;
use crate::dialects::Dialect;
use crate::envelope::EnvelopePayload;
use crate::findings::{Code, Finding, Severity};

/// Keys listed for each peer.
const LISTED: usize = 3;

/// The error of an envelope that no peer can read, although nothing in it is an error by itself: keys in two spellings, words
/// of another version. Peers that cannot take everything by design (no tables, few bytes) and this workbench do not count.
///
/// ```
/// use natsbridge_wire::{Limits, Severity, decode_message, no_reader};
/// let mixed = br#"{"msgId":"256e050c-c0ea-4f6f-b042-359317418527","send_to":"a","senderName":"b","payloads":[]}"#;
/// let message = decode_message(&mixed.as_slice().into(), "a", &Limits::DEFAULT);
/// let finding = no_reader(&message).unwrap();
/// assert_eq!(finding.severity(), Severity::Error);
/// assert!(finding.message.contains("julia-0.4: looks in vain for sendTo (spelled send_to)"));
/// ```
pub fn no_reader(message: &DecodedMessage<'_>) -> Option<Finding> {
    if !is_doubtful(message) {
        return None;
    }
    let full = READERS.iter().filter(|reader| is_full(reader));
    let listed = full.clone().count();
    let own = whole_dialect(message).map(Dialect::name);
    let unlisted = UNLISTED.iter().filter(|reader| Some(reader.name) == own);
    let answers = judge_readers(message, full.clone().chain(unlisted));
    let reasons: Option<Vec<&Reason>> = answers.iter().map(untold).collect();
    // Who fails at the same thing is named together.
    let spelled = spelled(&message.raw);
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for (reader, reason) in full.zip(reasons?.into_iter().take(listed)) {
        let missing = match reason.code {
            Code::ForeignKeys => foreign_keys(&spelled, reader.keys),
            _ => Vec::new(),
        };
        let why = not_found(&missing).unwrap_or_else(|| reason.message.clone());
        match told.iter_mut().find(|(other, _)| *other == why) {
            Some((_, names)) => names.push(reader.name),
            None => told.push((why, vec![reader.name])),
        }
    }
    let told = told
        .iter()
        .map(|(why, names)| format!("{}: {why}", listing(names)));
    let told: Vec<String> = told.collect();
    let message = format!("no peer can read it. {}", told.join("; "));
    Some(Finding::new(Code::NoReader, "", message))
}

/// Whether somebody may be unable to read it for a reason that is no error by itself; most messages need no closer look.
fn is_doubtful(message: &DecodedMessage<'_>) -> bool {
    let breaking = |finding: &Finding| finding.severity() < Severity::Error && breaks(finding.code);
    message.envelope.is_some() && (whole_dialect(message).is_none() || message.findings.iter().any(breaking))
}

/// The dialect whose keys and words it has throughout.
fn whole_dialect(message: &DecodedMessage<'_>) -> Option<Dialect> {
    let (dialect, envelope) = message.envelope.as_ref()?;
    let mixed = |finding: &Finding| finding.code == Code::MixedDialects;
    let vocabulary = dialect.row().vocabulary;
    let known = |payload: &EnvelopePayload<'_>| {
        payload.declared_type.is_empty() || is_word_of(vocabulary, &payload.declared_type)
    };
    let whole = !message.findings.iter().any(mixed) && envelope.payloads.iter().all(known);
    whole.then_some(*dialect)
}

/// Whether a peer can take whatever is sent in its dialect.
fn is_full(reader: &Reader) -> bool {
    reader.family != ReaderStack::Ours && reader.tables && reader.most_bytes.is_none()
}

/// Why it cannot read the message, if that is not told as an error already.
fn untold(answer: &Answer) -> Option<&Reason> {
    let reasons = answer.reasons.iter();
    reasons
        .filter(|reason| reason.reads == Readability::No && reason.code.severity() < Severity::Error)
        // A misspelled message is not read as far as its payloads.
        .min_by_key(|reason| (reason.code != Code::ForeignKeys, reason.code != Code::ForeignKind))
}

/// What a peer misses, as the rest of a sentence.
fn not_found(missing: &[(&str, &str)]) -> Option<String> {
    let first: Vec<String> = missing
        .iter()
        .take(LISTED)
        .map(|(wanted, there)| format!("{wanted} (spelled {there})"))
        .collect();
    if first.is_empty() {
        return None;
    }
    let listed = match missing.len() - first.len() {
        0 => listing(&first),
        more => format!("{} and {more} more", first.join(", ")),
    };
    Some(format!("looks in vain for {listed}"))
}

/// "a", "a and b", "a, b and c".
fn listing(items: &[impl AsRef<str>]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => items.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Limits;
    use crate::decode::decode_message;
    use crate::dialects::{DIALECTS, FIELDS};
    use crate::envelope::Envelope;
    use crate::kinds::{KINDS, Kind};
    use crate::write::write_envelope;

    fn told(raw: &str) -> Option<String> {
        let message = decode_message(&raw.as_bytes().to_vec().into(), "", &Limits::DEFAULT);
        no_reader(&message).map(|finding| finding.message)
    }

    #[test]
    fn every_dialect_as_it_should_be_has_a_reader() {
        for dialect in DIALECTS {
            for kind in KINDS.iter().map(|row| row.kind) {
                let body: &[u8] = match kind {
                    Kind::Dictionary => b"{}",
                    Kind::JsonTable => b"[{}]",
                    _ => b"Hello",
                };
                let envelope = Envelope {
                    payloads: vec![EnvelopePayload::direct("1", "it", kind, body)],
                    ..Envelope::default()
                };
                let raw = write_envelope(&envelope, dialect.dialect);
                let raw = String::from_utf8(raw).unwrap();
                assert_eq!(told(&raw), None, "{} {}", dialect.name, kind.name());
            }
        }
    }

    #[test]
    fn one_key_in_the_other_spelling_is_told_with_who_misses_it() {
        let written = |dialect| String::from_utf8(write_envelope(&Envelope::default(), dialect)).unwrap();
        let camel = written(Dialect::V0_4);
        let snake = written(Dialect::V0_5);
        for row in FIELDS.iter().filter(|row| row.camel != row.snake) {
            let quoted = |key: &str| format!("\"{key}\":");
            let told_camel = told(&camel.replace(&quoted(row.camel), &quoted(row.snake))).unwrap();
            let misses = format!(
                "julia-0.4: looks in vain for {} (spelled {});",
                row.camel, row.snake
            );
            assert!(told_camel.contains(&misses), "{told_camel}");
            let others = "; julia, javascript, python-0.5.2 and python: looks in vain for ";
            assert!(told_camel.contains(others), "{told_camel}");
            assert!(told_camel.ends_with("and 7 more"), "{told_camel}");
            let told_snake = told(&snake.replace(&quoted(row.snake), &quoted(row.camel))).unwrap();
            let misses = format!("python: looks in vain for {} (spelled {})", row.snake, row.camel);
            assert!(told_snake.ends_with(&misses), "{told_snake}");
        }
    }

    #[test]
    fn words_and_type_keys_of_another_version_are_told_too() {
        let with = |keys: &str| {
            format!(r#"{{"msgId":"","senderName":"","sendTo":"","payloads":[{{{keys},"data":"e30="}}]}}"#)
        };
        assert_eq!(told(&with(r#""type":"dictionary""#)), None);
        let kind = told(&with(r#""type":"arrowtable""#)).unwrap();
        assert!(
            kind.contains("julia-0.4: does not know the kind \"arrowtable\";"),
            "{kind}"
        );
        let key = told(&with(r#""payload_type":"dictionary""#)).unwrap();
        assert!(
            key.contains("julia-0.4: looks for type, the payload has only payload_type;"),
            "{key}"
        );
    }

    #[test]
    fn an_error_that_tells_why_is_enough() {
        assert_eq!(
            told(r#"{"msg_id":"","send_to":"","sender_name":"","payloads":[{"payload_type":"text"}]}"#),
            None
        );
    }
}
