//! One message under the doctor's eyes.

use super::model::{Checked, Specimen};
use crate::wire::{
    Answer, Code, DecodedMessage, Limits, READER_GROUPS, READERS, Reader, decode_message, header_findings,
    readers_named, who_reads, whole_answer,
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
                format!("there is no reader {name}; there are {}", names.join(", "))
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

/// Decodes a message and says what is wrong with it, and what the asked readers make of it. Links are not fetched.
pub fn examine(specimen: &Specimen, asked: &[AskedReaders], limits: &Limits) -> Checked {
    let mut message = decode_message(&specimen.raw, &specimen.subject, limits);
    // Nobody asked for a link to be fetched here: that it was not is no news.
    message
        .findings
        .retain(|finding| finding.code != Code::LinkNotFetched);
    message.findings.extend(header_findings(&specimen.headers));
    let readers = if asked.is_empty() {
        Vec::new()
    } else {
        answers(&message, asked)
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
