//! Examines the messages of a source in order, and asks who can read each. The examination itself is next door.

use super::examination::{Surroundings, examine_next};
use super::sequence::SeenMessages;
use super::specimen::{Checked, Specimen};
use crate::fetch::{Links, MessageLinks};
use natsbridge_wire::{
    Answer, DecodedMessage, Limits, READER_GROUPS, READERS, Reader, judge_readers, readers_named,
    whole_answer,
};
use std::sync::Arc;

/// No reader and no group of readers has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown reader {0}; the readers are {names}", names = reader_names().join(", "))]
pub struct UnknownReader(pub String);

/// The names of groups and of single readers.
fn reader_names() -> Vec<&'static str> {
    let groups = READER_GROUPS.iter().map(|(group, _)| *group);
    groups.chain(READERS.iter().map(|reader| reader.name)).collect()
}

/// Readers that are asked about, under one name each.
#[derive(Debug, Clone)]
pub struct SelectedReaders {
    name: &'static str,
    readers: Vec<&'static Reader>,
}

impl SelectedReaders {
    /// The reader or the group of that name.
    ///
    /// # Errors
    ///
    /// [`UnknownReader`], which lists the names there are.
    pub fn named(name: &str) -> Result<Self, UnknownReader> {
        readers_named(name)
            .map(|(name, readers)| Self { name, readers })
            .ok_or_else(|| UnknownReader(name.to_owned()))
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
    asked: Vec<SelectedReaders>,
    limits: &'l Limits,
    seen: SeenMessages,
}

impl<'l> Examiner<'l> {
    /// Returns the findings of each message, and the verdicts of the chosen readers.
    pub fn new(asked: Vec<SelectedReaders>, limits: &'l Limits) -> Self {
        Self {
            asked,
            limits,
            seen: SeenMessages::new(limits.checked_history),
        }
    }

    /// Examines the next message, including fetched links. Index 0 starts a new source whose conversations are not
    /// known yet.
    pub fn examine(&mut self, specimen: &Specimen, links: Option<&MessageLinks>) -> Checked {
        if specimen.index == 0 {
            self.seen = SeenMessages::new(self.limits.checked_history);
        }
        let around = Surroundings {
            circumstances: specimen.circumstances(),
            links: links.map(|links| links as &dyn Links),
            ..Surroundings::default()
        };
        let seen = &mut self.seen;
        let examination = examine_next(&specimen.raw, &around, |ids| seen.take(ids), self.limits);
        let message = Arc::unwrap_or_clone(examination.decoded);
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
fn answers(message: &DecodedMessage, asked: &[SelectedReaders]) -> Vec<Answer> {
    let all = asked.iter().flat_map(|asked| asked.readers.iter().copied());
    let mut answers = judge_readers(message, all).into_iter();
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
