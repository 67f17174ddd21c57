//! Prepares a batch of messages for printing: filters, decodes, examines and writes them. Pure work, done on any core.

use super::form::Form;
use super::lines::Lines;
use super::turns::Turn;
use natsbridge_engine::{
    Candidate, Contract, Examination, Ids, MessageFilter, MessageLinks, Sequence, StoredMessage, clock,
    examine_borrowed, examine_read,
};
use natsbridge_wire::{
    Blob, Budget, Code, DecodedMessage, Depth, Finding, Limits, MessageRead, PrintLimits, Transport,
};
use std::sync::Arc;

/// How messages are prepared.
#[derive(Debug)]
pub(super) struct Rules {
    pub form: Form,
    /// Rows printed of each table.
    pub rows: usize,
    pub filter: Option<Arc<MessageFilter>>,
    /// What messages are to look like.
    pub contract: Option<Contract>,
    /// What is known of links that are not fetched.
    pub unfetched: MessageLinks,
    /// Whether links may be fetched.
    pub fetches: bool,
    /// Whether payloads are saved.
    pub saves: bool,
    pub limits: Limits,
}

/// A prepared batch.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// In order.
    pub parts: Vec<Prepared>,
    /// How many messages the filter left out.
    pub left_out: u64,
}

/// A part of a prepared batch.
#[derive(Debug)]
pub(super) enum Prepared {
    /// Ready to be printed.
    Lines(Lines),
    /// A message to be dealt with by itself: its links are to be fetched, its payloads saved, or it needs much memory.
    Alone(Arc<Alone>),
}

/// A message to be dealt with by itself.
#[derive(Debug)]
pub(super) struct Alone {
    pub message: StoredMessage,
    sequence: Sequence,
}

/// Such a message once its links are there.
#[derive(Debug, Default)]
pub(super) struct Finished {
    pub line: Lines,
    /// Its payloads, if they are saved.
    pub bodies: Vec<Body>,
    /// Whether one of its links could not be fetched.
    pub failed: bool,
}

/// A payload to be saved.
#[derive(Debug)]
pub(super) struct Body {
    pub dataname: String,
    /// Empty if it has none.
    pub id: String,
    pub blob: Blob,
}

impl Rules {
    /// Prepares a batch; `turn` is its place among the others, and `first` the number of its first message, unless those
    /// before it may be left out.
    pub fn prepare(&self, batch: &[StoredMessage], turn: Turn, first: Option<u64>) -> Batch {
        let reads = batch
            .iter()
            .map(|message| MessageRead::new(&message.payload, &message.subject, &self.limits));
        let reads: Vec<_> = reads.collect();
        // Before any filter: the messages left out are part of the conversation.
        let sequences: Vec<Sequence> = turn.take(|seen| {
            let ids = reads.iter().map(|read| read.envelope().map(Ids::from));
            ids.map(|ids| ids.map_or_else(Sequence::default, |ids| seen.take(ids)))
                .collect()
        });
        let now_us = clock::now_us();
        let (mut prepared, mut lines) = (Batch::default(), self.lines());
        for (((message, read), sequence), index) in batch.iter().zip(reads).zip(sequences).zip(0..) {
            let Ok(examination) = self.admitted(message, sequence, now_us) else {
                prepared.left_out += 1;
                continue;
            };
            let has_links = has_links(&read);
            let alone = self.saves || (self.fetches && has_links);
            // What a filter found out about links and shapes is less than is to be printed.
            let examination = examination.filter(|_| !has_links && self.contract.is_none());
            if !alone
                && self.write_together(
                    &mut lines,
                    first.map(|first| first + index),
                    message,
                    read,
                    sequence,
                    examination,
                )
            {
                continue;
            }
            if !lines.is_empty() {
                prepared
                    .parts
                    .push(Prepared::Lines(std::mem::replace(&mut lines, self.lines())));
            }
            let alone = Alone {
                message: message.clone(),
                sequence,
            };
            prepared.parts.push(Prepared::Alone(Arc::new(alone)));
        }
        if !lines.is_empty() {
            prepared.parts.push(Prepared::Lines(lines));
        }
        prepared
    }

    /// Whether a message passes the filter, with its examination if that was needed to tell.
    fn admitted(
        &self,
        message: &StoredMessage,
        sequence: Sequence,
        now_us: i64,
    ) -> Result<Option<Arc<Examination>>, LeftOut> {
        let Some(filter) = &self.filter else {
            return Ok(None);
        };
        let candidate = Candidate::whole(message.clone(), &self.limits).following(sequence);
        if filter.admits(&candidate, now_us) {
            Ok(candidate.into_examination())
        } else {
            Err(LeftOut)
        }
    }

    /// Lines that are charged; if there is no memory for any, each of them is dealt with by itself.
    fn lines(&self) -> Lines {
        let budget = Budget::new(&self.limits, Depth::Glance);
        budget.charge(0).map(Lines::charged).unwrap_or_default()
    }

    /// Adds a message to others, if little memory is enough for it; whether it was.
    fn write_together(
        &self,
        lines: &mut Lines,
        number: Option<u64>,
        message: &StoredMessage,
        read: MessageRead<'_>,
        sequence: Sequence,
        examination: Option<Arc<Examination>>,
    ) -> bool {
        let print = self.print(self.limits.printed_together);
        let mut write = |decoded: &DecodedMessage<'_>| {
            let partial = |finding: &Finding| finding.code == Code::ExaminedInPart;
            let tail = |out: &mut Vec<u8>| self.form.write_tail(out, message, decoded, print);
            !decoded.findings.iter().any(partial)
                && match number {
                    Some(number) => lines.push_numbered(self.form.head(), number, tail),
                    None => lines.push(tail),
                }
        };
        if let Some(examination) = examination {
            write(&examination.decoded)
        } else {
            let links = Some(&self.unfetched as _);
            let decoded = examine_read(
                read,
                message,
                sequence,
                links,
                self.contract.as_ref(),
                Depth::Glance,
                &self.limits,
            );
            write(&decoded)
        }
    }

    /// Finishes a message whose links are there, or are not waited for. Only one is finished at a time.
    pub fn finish(&self, alone: &Alone, links: &MessageLinks) -> Finished {
        let Alone { message, sequence } = alone;
        let decoded = examine_borrowed(
            message,
            *sequence,
            Some(links),
            self.contract.as_ref(),
            Depth::Whole,
            &self.limits,
        );
        let mut finished = Finished {
            bodies: if self.saves { bodies(&decoded) } else { vec![] },
            failed: links.failed(),
            ..Finished::default()
        };
        let print = self.print(self.limits.printed_bytes);
        finished.line.push(|out| {
            self.form.write_tail(out, message, &decoded, print);
            true
        });
        finished
    }

    fn print(&self, bytes: usize) -> PrintLimits {
        PrintLimits {
            rows: self.rows,
            bytes,
        }
    }
}

fn has_links(read: &MessageRead<'_>) -> bool {
    let mut payloads = read
        .envelope()
        .into_iter()
        .flat_map(|envelope| &envelope.payloads);
    payloads.any(|payload| payload.transport == Transport::Link)
}

/// The filter leaves the message out.
struct LeftOut;

fn bodies(message: &DecodedMessage<'_>) -> Vec<Body> {
    let declared = message.envelope.iter();
    let mut declared = declared.flat_map(|(_, envelope)| &envelope.payloads);
    let bodies = message.payloads.iter().map(|payload| Body {
        id: declared
            .next()
            .map_or_else(String::new, |payload| payload.id.to_string()),
        dataname: payload.dataname.to_string(),
        blob: payload.body.clone(),
    });
    bodies.filter(|body| !body.blob.is_empty()).collect()
}
