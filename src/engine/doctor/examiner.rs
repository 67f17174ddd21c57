//! Examines the messages of a source in order, and asks who can read each. The examination itself is next door.

use super::examination::{Surroundings, decode_examined};
use super::sequence::{Ids, SeenMessages, Sequence};
use super::specimen::{Checked, Specimen};
use crate::fetch::{Links, MessageLinks};
use crate::shapes::Contract;
use natsbridge_wire::{
    Answer, Code, DecodedMessage, Depth, Finding, Limits, READER_GROUPS, READERS, Reader, judge_readers,
    readers_named, scan, whole_answer,
};
use serde::de::IgnoredAny;
use std::thread;

/// A thread is started for this many messages at least.
const LEAST_SHARE: usize = 64;

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
    contract: Option<Contract>,
    limits: &'l Limits,
    seen: SeenMessages,
}

impl<'l> Examiner<'l> {
    /// Returns the findings of each message, and the verdicts of the chosen readers.
    pub fn new(asked: Vec<SelectedReaders>, limits: &'l Limits) -> Self {
        Self {
            asked,
            contract: None,
            limits,
            seen: SeenMessages::new(limits.checked_history),
        }
    }

    /// The same, which also holds the messages against a file of shapes.
    #[must_use]
    pub fn holding(mut self, contract: Option<Contract>) -> Self {
        self.contract = contract;
        self
    }

    /// Examines the next message, including fetched links. Index 0 starts a new source whose conversations are not
    /// known yet.
    pub fn examine(&mut self, specimen: &Specimen, links: Option<&MessageLinks>) -> Checked {
        let sequence = self.sequence(specimen);
        self.checked(specimen, sequence, links, Depth::Whole)
    }

    /// Examines the next messages at the same time, on all cores, and gives the results in their order. Those that need much
    /// memory are examined one after the other.
    pub fn examine_all(&mut self, specimens: &[Specimen]) -> Vec<Checked> {
        let sequences: Vec<_> = specimens.iter().map(|specimen| self.sequence(specimen)).collect();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = specimens.len().div_ceil(cores).max(LEAST_SHARE);
        let examine = |(specimens, sequences): (&[Specimen], &[Sequence])| -> Vec<Checked> {
            let each = specimens.iter().zip(sequences);
            each.map(|(specimen, sequence)| self.checked(specimen, *sequence, None, Depth::Glance))
                .collect()
        };
        let mut shares = specimens.chunks(share).zip(sequences.chunks(share));
        let mut all = thread::scope(|scope| {
            let own = shares.next();
            let others: Vec<_> = shares
                .map(|share| {
                    let other = thread::Builder::new().name("examining".into());
                    (share, other.spawn_scoped(scope, move || examine(share)))
                })
                .collect();
            let mut all = own.map(examine).unwrap_or_default();
            for (share, other) in others {
                // Where no thread can be had, this one does it.
                let checked = other.map_or_else(|_| Ok(examine(share)), thread::ScopedJoinHandle::join);
                match checked {
                    Ok(checked) => all.extend(checked),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            all
        });
        for (checked, (specimen, sequence)) in all.iter_mut().zip(specimens.iter().zip(sequences)) {
            if checked
                .findings
                .iter()
                .any(|finding| finding.code == Code::ExaminedInPart)
            {
                *checked = self.checked(specimen, sequence, None, Depth::Whole);
            }
        }
        all
    }

    /// What the messages before this one tell of it.
    fn sequence(&mut self, specimen: &Specimen) -> Sequence {
        if specimen.index == 0 {
            self.seen = SeenMessages::new(self.limits.checked_history);
        }
        let digest = scan(&specimen.raw);
        Ids::of(&digest).map_or_else(Sequence::default, |ids| self.seen.take(ids))
    }

    fn checked(
        &self,
        specimen: &Specimen,
        sequence: Sequence,
        links: Option<&MessageLinks>,
        depth: Depth,
    ) -> Checked {
        let around = Surroundings {
            circumstances: specimen.circumstances(),
            links: links.map(|links| links as &dyn Links),
            sequence,
            contract: self.contract.as_ref(),
            depth,
        };
        let (message, _) = decode_examined(&specimen.raw, &around, self.limits);
        let readers = if self.asked.is_empty() {
            Vec::new()
        } else {
            answers(&message, &self.asked)
        };
        let mut findings = message.findings;
        // What lies in a file is meant as JSON, unlike what is on any subject.
        if specimen.at_us.is_none()
            && findings.iter().any(|finding| finding.code == Code::NotAnEnvelope)
            && let Some(broken) = broken_json(&specimen.raw)
        {
            findings = vec![broken];
        }
        Checked {
            source: specimen.source.clone(),
            index: specimen.index,
            subject: specimen.subject.clone(),
            dialect: message.envelope.as_ref().map(|(dialect, _)| *dialect),
            sender: message
                .envelope
                .as_ref()
                .map(|(_, envelope)| envelope.sender_name.clone().into_owned())
                .unwrap_or_default(),
            findings,
            readers,
        }
    }
}

/// What is wrong with a text that begins as JSON and is none.
fn broken_json(raw: &[u8]) -> Option<Finding> {
    let begins = matches!(raw.trim_ascii_start().first(), Some(b'{' | b'['));
    let error = serde_json::from_slice::<IgnoredAny>(raw)
        .err()
        .filter(|_| begins)?;
    Some(Finding::new(
        Code::MalformedJson,
        "",
        format!("invalid JSON: {error}"),
    ))
}

/// One answer per name; every reader judges in the same pass over the message's text.
fn answers(message: &DecodedMessage<'_>, asked: &[SelectedReaders]) -> Vec<Answer> {
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
