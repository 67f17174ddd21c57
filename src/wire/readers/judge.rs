//! The verdict: compares a message's findings and spelling with what a reader needs.

use super::model::{Answer, Keys, Reader, Reason};
use super::spelled::{Spelled, spelled};
use crate::checks::{Readability, check_of};
use crate::decode::DecodedMessage;
use crate::dialects::{FIELDS, KindNames};
use crate::findings::{Code, Finding, quoted};
use crate::kinds::{KINDS, Kind};

/// Who of these can read the message, each with the reasons why not.
///
/// ```
/// use natsbridge_wire::{Limits, READERS, Readability, decode_message, judge_readers};
/// let camel = br#"{"msgId":"256e050c-c0ea-4f6f-b042-359317418527","sendTo":"a","senderName":"b","payloads":[]}"#;
/// let message = decode_message(&camel.as_slice().into(), "a", &Limits::DEFAULT);
/// let answers = judge_readers(&message, READERS.iter());
/// let python = answers.iter().find(|answer| answer.name == "python").unwrap();
/// assert_eq!(python.reads, Readability::No);
/// assert_eq!(python.reasons[0].message, "looks for msg_id, the message has only msgId (and 2 more)");
/// ```
pub fn judge_readers<'r>(
    message: &DecodedMessage<'_>,
    readers: impl IntoIterator<Item = &'r Reader>,
) -> Vec<Answer> {
    let spelled = spelled(&message.raw);
    let readers = readers.into_iter();
    readers
        .map(|reader| {
            let mut reasons = found(message, reader);
            if message.envelope.is_some() {
                reasons.extend(keys(&spelled, reader.keys));
                kinds(message, &spelled, reader, &mut reasons);
                size(message, reader, &mut reasons);
            }
            answer(reader.name, reader.title, gathered(reasons))
        })
        .collect()
}

/// Merges several verdicts: the worst one counts; a reason that not all of them have names its reader.
pub fn whole_answer(name: &'static str, answers: &[Answer]) -> Answer {
    let mut reasons: Vec<Reason> = Vec::new();
    for answer in answers {
        for reason in &answer.reasons {
            let mut reason = reason.clone();
            if !answers.iter().all(|answer| answer.reasons.contains(&reason)) {
                reason.message = format!("{}: {}", answer.title, reason.message);
            }
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    answer(name, name, reasons)
}

fn answer(name: &'static str, title: &'static str, mut reasons: Vec<Reason>) -> Answer {
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.reads));
    Answer {
        name,
        title,
        reads: reasons.first().map_or(Readability::Yes, |worst| worst.reads),
        reasons,
    }
}

/// Merges the same problem in several places into one reason that counts them.
fn gathered(reasons: Vec<Reason>) -> Vec<Reason> {
    let mut gathered: Vec<(Reason, usize)> = Vec::new();
    for reason in reasons {
        let same =
            |(other, _): &&mut (Reason, usize)| other.code == reason.code && other.message == reason.message;
        match gathered.iter_mut().find(same) {
            Some((_, places)) => *places += 1,
            None => gathered.push((reason, 1)),
        }
    }
    let told = gathered.into_iter().map(|(mut reason, places)| {
        if places > 1 {
            reason.message = format!("{} (in {places} places)", reason.message);
        }
        reason
    });
    told.collect()
}

fn found(message: &DecodedMessage<'_>, reader: &Reader) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let harmful = |finding: &&Finding| finding.severity() == finding.code.severity();
    for finding in message.findings.iter().filter(harmful) {
        let effects = check_of(finding.code).effects.iter();
        let effect = effects.filter(|effect| effect.families.contains(&reader.family));
        reasons.extend(effect.map(|effect| Reason {
            reads: effect.reads,
            code: finding.code,
            path: finding.path.to_string(),
            message: match effect.why {
                "" => finding.message.clone(),
                why => why.to_owned(),
            },
        }));
    }
    reasons
}

/// The keys the reader looks for that only exist in the other spelling, each with that one.
pub(super) fn foreign_keys(spelled: &Spelled, keys: Keys) -> Vec<(&'static str, &'static str)> {
    let (own, other) = match keys {
        Keys::Camel => (spelled.camel, spelled.snake),
        Keys::Snake | Keys::Document => (spelled.snake, spelled.camel),
        Keys::Any => return Vec::new(),
    };
    let foreign = FIELDS.iter().filter(|row| other & !own & row.field.bit() != 0);
    let spellings = foreign.map(|row| match keys {
        Keys::Camel => (row.camel, row.snake),
        _ => (row.snake, row.camel),
    });
    spellings.collect()
}

/// One reason for all of these keys.
fn keys(spelled: &Spelled, keys: Keys) -> Option<Reason> {
    let foreign = foreign_keys(spelled, keys);
    let (wanted, there) = *foreign.first()?;
    let more = match foreign.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some(Reason {
        reads: Readability::No,
        code: Code::ForeignKeys,
        path: there.to_owned(),
        message: format!("looks for {wanted}, the message has only {there}{more}"),
    })
}

fn kinds(message: &DecodedMessage<'_>, spelled: &Spelled, reader: &Reader, reasons: &mut Vec<Reason>) {
    let (key, twin) = match reader.keys {
        Keys::Camel | Keys::Document => ("type", "payload_type"),
        Keys::Snake => ("payload_type", "type"),
        Keys::Any => return,
    };
    for (index, payload) in message.payloads.iter().enumerate() {
        let mut no = |code, key: &str, message: String| {
            reasons.push(Reason {
                reads: Readability::No,
                code,
                path: format!("payloads[{index}].{key}"),
                message,
            });
        };
        let [old, new] = spelled
            .kinds
            .get(index)
            .map_or([None, None], |words| words.each_ref().map(Option::as_deref));
        let (own, other) = if key == "type" { (old, new) } else { (new, old) };
        match (own, other) {
            (None, Some(_)) => {
                let message = format!("looks for {key}, the payload has only {twin}");
                no(Code::ForeignKeys, twin, message);
            }
            (Some(word), _)
                if Kind::from_declared(word).is_some() && !is_word_of(reader.vocabulary, word) =>
            {
                let message = format!("does not know the kind {}", quoted(word));
                no(Code::ForeignKind, key, message);
            }
            _ => {}
        }
        if !reader.tables && payload.kind == Kind::Table {
            let there = if old.is_some() { "type" } else { "payload_type" };
            no(
                Code::TableUnsupported,
                there,
                "cannot read Arrow tables".to_owned(),
            );
        }
    }
}

/// Whether a vocabulary has this word for a kind.
pub(super) fn is_word_of(vocabulary: KindNames, word: &str) -> bool {
    KINDS.iter().any(|row| row.kind.word(vocabulary) == word)
}

fn size(message: &DecodedMessage<'_>, reader: &Reader, reasons: &mut Vec<Reason>) {
    let Some(most) = reader.most_bytes else { return };
    let payloads = message.payloads.iter().enumerate();
    let sizes = payloads.filter_map(|(index, payload)| {
        let declared = message.envelope.as_ref()?.1.payloads.get(index)?.size;
        let size = payload.body.len().max(declared.unwrap_or(0));
        (size > most).then(|| (format!("payloads[{index}]"), size))
    });
    let whole = message.raw.len() as u64;
    let whole = (whole > most).then(|| (String::new(), whole));
    for (path, size) in whole.into_iter().chain(sizes) {
        reasons.push(Reason {
            reads: Readability::No,
            code: Code::OverPeerLimit,
            path,
            message: format!("cannot take {size} bytes, its limit is {most}"),
        });
    }
}
