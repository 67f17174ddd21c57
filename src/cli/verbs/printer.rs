//! Prints messages for `listen`: readable blocks or JSON lines, and saves payloads to files.

use crate::cli::block::{block, metadata};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::fetching::{FetchArgs, LookAhead};
use crate::cli::literals::{duration, filter};
use crate::cli::output;
use crate::cli::output::{Out, json_line};
use natsbridge_app::Settings;
use natsbridge_engine::clock;
use natsbridge_engine::{
    Candidate, Examination, Ids, MessageFilter, MessageLinks, SeenMessages, Sequence, StoredMessage,
    examine_received, save_payload,
};
use natsbridge_ui::counted;
use natsbridge_wire::{DecodedMessage, Envelope, Limits, listen_line, scan};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What is printed and how much of it.
#[derive(Debug, clap::Args)]
pub(super) struct PrintArgs {
    /// JSON lines; also the default when standard output is not a terminal
    #[arg(long)]
    json: bool,
    /// Rows to print of each table
    #[arg(long, value_name = "N", default_value_t = 100)]
    rows: usize,
    /// Saves payloads to this directory; existing files are never overwritten
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Prints only messages that match: 'kind=table and size>1MB', 'sender~calc or payload.rate>3'; the README lists
    /// the fields
    #[arg(long, value_name = "EXPR", value_parser = filter)]
    filter: Option<Arc<MessageFilter>>,
    #[command(flatten)]
    fetch: FetchArgs,
}

/// What is known of a message that waits to be printed.
#[derive(Debug, Default)]
struct Known {
    sequence: Sequence,
    /// Its examination without links, if the filter needed one.
    examination: Option<Arc<Examination>>,
}

impl Known {
    /// The message decoded, with everything that is wrong with it.
    fn decoded(self, message: &StoredMessage, links: &MessageLinks, limits: &Limits) -> Arc<DecodedMessage> {
        let linked = |examination: &Arc<Examination>| {
            let mut payloads = examination.decoded.payloads.iter();
            payloads.any(|payload| payload.url.is_some())
        };
        match self.examination.filter(|examination| !linked(examination)) {
            Some(examination) => Arc::clone(&examination.decoded),
            None => examine_received(message, self.sequence, Some(links), limits).decoded,
        }
    }
}

/// When printing ends.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct EndArgs {
    /// Ends after this many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Ends after this time; the exit code is 1 if --count was not reached. The time to connect is NATS_TIMEOUT, or
    /// --timeout before the verb
    #[arg(long, value_name = "DUR", value_parser = duration)]
    timeout: Option<Duration>,
}

/// Prints messages in the order in which they were taken, each once its links are there, and counts them.
pub(super) struct Printer<'a> {
    args: &'a PrintArgs,
    end: EndArgs,
    out: Out,
    limits: Limits,
    /// What was taken and is not printed yet.
    ahead: LookAhead,
    /// What is known of each of these messages besides its bytes, in the same order.
    waiting: VecDeque<Known>,
    seen: SeenMessages,
    taken: u64,
    printed: u64,
    /// Messages with a link that could not be fetched.
    failed: usize,
}

impl<'a> Printer<'a> {
    /// To standard output; makes the folder for payloads.
    pub(super) fn new(
        args: &'a PrintArgs,
        end: EndArgs,
        settings: &Settings,
        limits: &Limits,
    ) -> Result<Self, Failure> {
        if let Some(dir) = &args.save {
            std::fs::create_dir_all(dir).map_err(|error| cannot_save(dir, &error))?;
        }
        Ok(Self {
            args,
            end,
            out: Out::stdout(),
            limits: limits.clone(),
            ahead: args.fetch.ahead(settings),
            waiting: VecDeque::new(),
            seen: SeenMessages::new(limits.checked_history),
            taken: 0,
            printed: 0,
            failed: 0,
        })
    }

    /// When to end, if there is a time for it.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.end
            .timeout
            .map(|time| Instant::from_std(clock::instant()) + time)
    }

    /// Whether one more should be taken now.
    pub(super) fn takes_more(&self) -> bool {
        !self.ahead.is_full() && self.end.count != Some(self.taken)
    }

    /// Takes a message, if it fits the filter, and starts to fetch its links.
    pub(super) fn take(&mut self, message: StoredMessage) {
        let digest = scan(&message.payload);
        // Before any filter: the messages left out are part of the conversation.
        let sequence = Ids::of(&digest).map_or_else(Sequence::default, |ids| self.seen.take(ids));
        let mut examination = None;
        if let Some(filter) = &self.args.filter {
            let now_us = clock::now_us();
            let candidate = Candidate::whole(message.clone(), &self.limits).following(sequence);
            if !filter.admits(&candidate, now_us) {
                return;
            }
            examination = candidate.into_examination();
        }
        self.taken += 1;
        self.waiting.push_back(Known {
            sequence,
            examination,
        });
        self.ahead.push(message);
    }

    /// Takes note of a message that we sent: what comes may answer it.
    pub(super) fn sent(&mut self, envelope: &Envelope<'_>) {
        self.seen.take(Ids::from(envelope));
    }

    /// The oldest message, once it can be printed; waits forever if there is none.
    pub(super) async fn next(&mut self) -> (StoredMessage, MessageLinks) {
        self.ahead.next().await
    }

    /// Prints one; how it ends, if that was the last that was asked for.
    pub(super) fn print(
        &mut self,
        message: &StoredMessage,
        links: &MessageLinks,
    ) -> Result<Option<Exit>, Failure> {
        self.printed += 1;
        let facts = metadata(self.printed, message);
        self.failed += usize::from(links.failed());
        let known = self.waiting.pop_front().unwrap_or_default();
        let decoded = known.decoded(message, links, &self.limits);
        if let Some(dir) = &self.args.save {
            save_payloads(dir, self.printed, &decoded)?;
        }
        if self.args.json || !self.out.is_terminal() {
            let line = listen_line(&facts, &decoded, self.args.rows);
            self.out.line(&json_line(&line))?;
        } else {
            let text = block(&facts, &decoded, self.args.rows, self.out.has_colour());
            self.out.bytes(text.as_bytes())?;
        }
        if self.end.count == Some(self.printed) {
            return self.done().map(Some);
        }
        Ok(None)
    }

    /// The outcome when the time is up.
    pub(super) fn time_is_up(&mut self) -> Outcome {
        // The messages arrived in time, only their links were too slow.
        for message in self.ahead.give_up() {
            self.print(&message, &MessageLinks::default())?;
        }
        match (self.end.count, self.end.timeout) {
            (Some(count), Some(time)) if self.printed < count => Err(Failure::new(
                Exit::No,
                format!(
                    "only {} of {count} messages arrived within {time:?}.",
                    self.printed
                ),
            )),
            _ => self.done(),
        }
    }

    /// Whether nothing that was taken is still to be printed.
    pub(super) fn is_idle(&self) -> bool {
        self.ahead.is_empty()
    }

    /// How it ends when everything was printed.
    pub(super) fn done(&self) -> Outcome {
        if self.failed == 0 || !self.args.fetch.asked() {
            return Ok(Exit::Done);
        }
        Err(Failure::new(
            Exit::FileServer,
            format!(
                "Not all links of {} could be fetched; the output above says why.",
                counted(self.failed, "message")
            ),
        ))
    }
}

/// Waits for a time, or for ever.
pub(super) async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

fn cannot_save(dir: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!(
        "Cannot save to {}: {error}. Make room there, or name another directory with --save.",
        dir.display()
    ))
}

fn save_payloads(dir: &Path, seq: u64, message: &DecodedMessage) -> Result<(), Failure> {
    let ids = message
        .envelope
        .iter()
        .flat_map(|(_, envelope)| &envelope.payloads);
    let mut ids = ids.map(|payload| payload.id.as_ref());
    for payload in &message.payloads {
        let id = ids
            .next()
            .filter(|id| !id.is_empty())
            .map_or_else(|| seq.to_string(), str::to_owned);
        if payload.body.is_empty() {
            continue;
        }
        let path = save_payload(dir, &payload.dataname, &id, &payload.body)
            .map_err(|error| cannot_save(dir, &error))?;
        output::note(&format!(
            "Saved {} ({} bytes).",
            path.display(),
            payload.body.len()
        ));
    }
    Ok(())
}
