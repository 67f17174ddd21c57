//! Examines single messages and judges who can read them.

use super::sequence::SeenMessages;
use super::specimen::{Checked, Specimen};
use crate::fetch::MessageLinks;
use natsbridge_wire::{
    Answer, Code, DecodedMessage, Finding, Limits, READER_GROUPS, READERS, Reader, circumstance_findings,
    decode_message, readers_named, who_reads, whole_answer,
};

/// Readers that are asked about, under one name each.
#[derive(Debug, Clone)]
pub struct AskedReaders {
    name: &'static str,
    readers: Vec<&'static Reader>,
}

impl AskedReaders {
    /// The reader or the group of that name.
    ///
    /// # Errors
    ///
    /// A sentence with every name there is.
    pub fn named(name: &str) -> Result<Self, String> {
        readers_named(name)
            .map(|(name, readers)| Self { name, readers })
            .ok_or_else(|| {
                let groups = READER_GROUPS.iter().map(|(group, _)| *group);
                let names: Vec<_> = groups.chain(READERS.iter().map(|reader| reader.name)).collect();
                format!("unknown reader {name}; the readers are {}", names.join(", "))
            })
    }

    /// Every reader.
    pub fn all() -> Vec<Self> {
        let each = READERS.iter().map(|reader| Self {
            name: reader.name,
            readers: vec![reader],
        });
        each.collect()
    }
}

/// Examines messages one after the other, in order of arrival.
#[derive(Debug)]
pub struct Examiner<'l> {
    asked: Vec<AskedReaders>,
    limits: &'l Limits,
    seen: SeenMessages,
}

impl<'l> Examiner<'l> {
    /// Returns the findings of each message, and the verdicts of the chosen readers.
    pub fn new(asked: Vec<AskedReaders>, limits: &'l Limits) -> Self {
        Self {
            asked,
            limits,
            seen: SeenMessages::new(limits.checked_history),
        }
    }

    /// Decodes a message, including fetched links, and returns its findings. Index 0 starts a new source whose
    /// conversations are not known yet.
    pub fn examine(&mut self, specimen: &Specimen, links: Option<&MessageLinks>) -> Checked {
        let mut message = match links {
            Some(links) => links.decode(&specimen.raw, &specimen.subject, self.limits),
            None => decode_message(&specimen.raw, &specimen.subject, self.limits),
        };
        if links.is_none() {
            // A link that was not meant to be fetched is not worth reporting.
            let told = |finding: &Finding| finding.code != Code::LinkNotFetched;
            message.findings.retain(told);
        }
        let around = circumstance_findings(&message, &specimen.circumstances());
        message.findings.extend(around);
        if specimen.index == 0 {
            self.seen = SeenMessages::new(self.limits.checked_history);
        }
        message.findings.extend(self.seen.take(&message));
        let readers = if self.asked.is_empty() {
            Vec::new()
        } else {
            answers(&message, &self.asked)
        };
        Checked {
            source: specimen.source.clone(),
            index: specimen.index,
            subject: specimen.subject.clone(),
            dialect: message.envelope.as_ref().map(|(dialect, _)| *dialect),
            findings: message.findings,
            readers,
        }
    }
}

/// One answer per name; every reader judges in the same pass over the message's text.
fn answers(message: &DecodedMessage, asked: &[AskedReaders]) -> Vec<Answer> {
    let all = asked.iter().flat_map(|asked| asked.readers.iter().copied());
    let mut answers = who_reads(message, all).into_iter();
    let named = asked.iter().map(|asked| {
        let mut own: Vec<Answer> = answers.by_ref().take(asked.readers.len()).collect();
        match own.pop() {
            Some(alone) if own.is_empty() && alone.name == asked.name => alone,
            last => {
                own.extend(last);
                whole_answer(asked.name, &own)
            }
        }
    });
    named.collect()
}
