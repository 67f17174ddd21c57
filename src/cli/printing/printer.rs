//! The printer: takes messages in batches, has them prepared on all cores and written in the order in which they were taken,
//! each once its links are there, and counts them.

use super::fetching::{FetchArgs, Meter};
use super::form::Form;
use super::preparing::{Alone, Batch, Body, Finished, Prepared, Rules};
use super::turns::Turns;
use super::writer::Writer;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{duration, filter};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::shapes_file::contract;
use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use natsbridge_app::Settings;
use natsbridge_engine::{
    FetchMode, Ids, LinkFetchOptions, MessageFilter, MessageLinks, SeenMessages, StoredMessage, clock,
    save_received,
};
use natsbridge_ui::counted;
use natsbridge_wire::{Envelope, Limits};
use std::collections::VecDeque;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinError, JoinHandle, block_in_place, spawn_blocking};
use tokio::time::{Instant, Interval, sleep_until};

/// What is printed and how much of it.
#[derive(Debug, clap::Args)]
pub struct PrintArgs {
    /// JSON lines; also the default when standard output is not a terminal
    #[arg(long)]
    json: bool,
    /// Rows to print of each table
    #[arg(long, value_name = "N", default_value_t = 100)]
    rows: usize,
    /// Saves payloads to this directory; existing files are never overwritten
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Prints only messages that match: 'kind=table and size>1MB', 'sender~calc or payload.rate>3'; the guide lists
    /// the fields
    #[arg(long, value_name = "EXPR", value_parser = filter)]
    filter: Option<Arc<MessageFilter>>,
    /// Also says where messages differ from this file of shapes, which `natsbridge shape learn` writes
    #[arg(long, value_name = "FILE")]
    shapes: Option<PathBuf>,
    #[command(flatten)]
    fetch: FetchArgs,
}

/// When printing ends.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct EndArgs {
    /// Ends after this many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Ends after this time; the exit code is 1 if --count was not reached. The time to connect is NATS_TIMEOUT, or
    /// --timeout before the verb
    #[arg(long, value_name = "DUR", value_parser = duration)]
    timeout: Option<Duration>,
}

/// Prints messages.
pub struct Printer<'a> {
    args: &'a PrintArgs,
    end: EndArgs,
    rules: Arc<Rules>,
    turns: Turns,
    /// Batches being prepared, in the order in which they were taken.
    preparing: FuturesOrdered<JoinHandle<Batch>>,
    most_preparing: usize,
    /// What is prepared, the oldest first.
    prepared: VecDeque<Prepared>,
    /// What comes before that: its links are being fetched.
    ahead: VecDeque<Next>,
    fetching: LinkFetchOptions,
    meter: Meter,
    ticks: Interval,
    /// Whether somebody looks at standard error.
    tells: bool,
    writer: Writer,
    /// Messages that will be printed, as far as that is known.
    admitted: u64,
    printed: u64,
    /// Messages taken, and those of them that the filter left out.
    taken: u64,
    left_out: u64,
    /// Messages with a link that could not be fetched.
    failed: usize,
}

/// The next to be printed.
enum Next {
    /// It can be.
    Ready(Finished),
    /// Its links are being fetched.
    Waiting(Arc<Alone>, JoinHandle<MessageLinks>),
    /// Its turn has come: it is being decoded and written.
    Finishing(JoinHandle<Finished>),
}

impl<'a> Printer<'a> {
    /// To standard output; makes the folder for payloads.
    pub fn new(
        args: &'a PrintArgs,
        end: EndArgs,
        settings: &Settings,
        limits: &Limits,
    ) -> Result<Self, Failure> {
        if let Some(dir) = &args.save {
            std::fs::create_dir_all(dir).map_err(|error| cannot_save(dir, &error))?;
        }
        let out = Out::stdout();
        let form = if args.json || !out.is_terminal() {
            Form::Json
        } else {
            Form::Block {
                colour: out.has_colour(),
            }
        };
        let (fetching, meter) = args.fetch.options(settings);
        let shapes = args.shapes.as_deref();
        let rules = Rules {
            contract: shapes.map(|path| contract(path, limits)).transpose()?,
            form,
            rows: args.rows,
            filter: args.filter.clone(),
            unfetched: fetching.unfetched(),
            fetches: fetching.mode != FetchMode::Never,
            saves: args.save.is_some(),
            limits: limits.clone(),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            args,
            end,
            turns: Turns::new(SeenMessages::new(limits.checked_history)),
            rules: Arc::new(rules),
            preparing: FuturesOrdered::new(),
            // One more than can be worked on, so that no core waits for the next.
            most_preparing: cores + 1,
            prepared: VecDeque::new(),
            ahead: VecDeque::new(),
            fetching,
            meter,
            ticks: Meter::ticks(),
            tells: std::io::stderr().is_terminal(),
            writer: Writer::start(out)?,
            admitted: 0,
            printed: 0,
            taken: 0,
            left_out: 0,
            failed: 0,
        })
    }

    /// When to end, if there is a time for it.
    pub fn deadline(&self) -> Option<Instant> {
        self.end
            .timeout
            .map(|time| Instant::from_std(clock::instant()) + time)
    }

    /// Whether more messages should be taken now.
    pub fn takes_more(&self) -> bool {
        self.preparing.len() < self.most_preparing && self.end.count.is_none_or(|count| self.admitted < count)
    }

    /// Takes messages to be printed.
    pub fn take(&mut self, batch: Vec<StoredMessage>) {
        let first = self.rules.filter.is_none().then_some(self.taken + 1);
        self.taken += batch.len() as u64;
        let (rules, turn) = (Arc::clone(&self.rules), self.turns.next());
        self.preparing
            .push_back(spawn_blocking(move || rules.prepare(&batch, turn, first)));
    }

    /// Takes note of a message that we sent: what comes may answer it.
    pub fn sent(&mut self, envelope: &Envelope<'_>) {
        self.turns.next().take(|seen| seen.take(Ids::from(envelope)));
    }

    /// Prints what comes next, once it can be printed; waits for ever if nothing was taken. How it ends, if that was the last
    /// that was asked for. Nothing is lost if this is cancelled.
    pub async fn step(&mut self) -> Result<Option<Exit>, Failure> {
        if self.has_enough() {
            return self.done().await.map(Some);
        }
        self.start_fetching();
        let ready = matches!(self.ahead.front(), Some(Next::Ready(_)));
        let waits = !ready && !self.ahead.is_empty();
        tokio::select! {
            room = self.writer.room(ready) => {
                room?;
                self.print_first()?;
            }
            () = further(&mut self.ahead, &self.rules), if waits => {}
            Some(prepared) = self.preparing.next(), if self.prepared.is_empty() => {
                let Batch { parts, left_out } = worked(prepared);
                self.left_out += left_out;
                self.prepared.extend(parts);
            }
            _ = self.ticks.tick(), if self.tells && waits => self.meter.tell(),
        }
        Ok(None)
    }

    /// Moves what is prepared ahead and starts to fetch its links, as long as there is room.
    fn start_fetching(&mut self) {
        while self.ahead.len() < self.rules.limits.links_ahead {
            let left = self.end.count.map_or(u64::MAX, |count| count - self.admitted);
            let next = match self.prepared.pop_front() {
                // What is not asked for is not fetched: a one-shot link would be gone for its receiver.
                Some(_) if left == 0 => continue,
                Some(Prepared::Lines(mut line)) => {
                    line.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                    self.admitted += line.len() as u64;
                    Next::Ready(Finished {
                        line,
                        ..Finished::default()
                    })
                }
                Some(Prepared::Alone(alone)) => {
                    self.admitted += 1;
                    let fetching = tokio::spawn(self.links_of(Arc::clone(&alone)));
                    Next::Waiting(alone, fetching)
                }
                None => return,
            };
            self.ahead.push_back(next);
        }
    }

    /// Fetches the links of a message.
    fn links_of(&self, alone: Arc<Alone>) -> impl Future<Output = MessageLinks> + use<> {
        let (rules, fetching) = (Arc::clone(&self.rules), self.fetching.clone());
        async move { fetching.links_of(&alone.message.payload, &rules.limits).await }
    }

    /// Prints the first of what is ready.
    fn print_first(&mut self) -> Result<(), Failure> {
        if let Some(Next::Ready(finished)) = self.ahead.pop_front() {
            self.print(finished)?;
        }
        if self.ahead.is_empty() {
            self.meter.settle();
        }
        Ok(())
    }

    fn print(&mut self, finished: Finished) -> Result<(), Failure> {
        let first = self.printed + 1;
        self.printed += finished.line.len() as u64;
        self.failed += usize::from(finished.failed);
        if let Some(dir) = &self.args.save {
            block_in_place(|| save(dir, first, &finished.bodies))?;
        }
        self.writer
            .write(finished.line.numbered(self.rules.form.head(), first));
        Ok(())
    }

    /// From now on links are not waited for: the messages came, only their links were too slow.
    pub fn leave_links(&mut self) {
        self.fetching.mode = FetchMode::Never;
        for next in &mut self.ahead {
            if let Next::Waiting(_, fetching) = next {
                fetching.abort();
                *fetching = tokio::spawn(async { MessageLinks::default() });
            }
        }
    }

    /// Prints all that was taken, with the links that are there.
    pub async fn print_taken(&mut self) -> Result<(), Failure> {
        self.leave_links();
        while !self.is_idle() && self.step().await?.is_none() {}
        self.written().await
    }

    /// The outcome when the time is up and what came in it is printed.
    pub async fn time_is_up(&mut self) -> Outcome {
        match (self.end.count, self.end.timeout) {
            (Some(count), Some(time)) if self.printed < count => {
                self.written().await?;
                Err(Failure::new(
                    Exit::No,
                    format!(
                        "only {} of {count} messages arrived within {time:?}.",
                        self.printed
                    ),
                ))
            }
            _ => self.done().await,
        }
    }

    /// Waits until all that was printed is written.
    pub async fn written(&mut self) -> Result<(), Failure> {
        self.writer.end().await
    }

    /// Whether as many messages were printed as were asked for.
    pub fn has_enough(&self) -> bool {
        self.end.count == Some(self.printed)
    }

    /// Says how many of the messages that came and were wanted were not printed; so many did not even come here.
    pub fn tell_lost(&self, before: u64) {
        let (lost, wanted) = if self.has_enough() {
            (0, self.printed)
        } else {
            (self.unprinted(), self.taken)
        };
        output::lost(before + lost, before + wanted);
    }

    /// How many messages were printed.
    pub fn printed(&self) -> u64 {
        self.printed
    }

    /// How many messages were taken that are neither written nor known to be left out.
    pub fn unprinted(&self) -> u64 {
        self.taken - self.left_out - self.writer.written()
    }

    /// Whether nothing that was taken is still to be printed.
    pub fn is_idle(&self) -> bool {
        self.preparing.is_empty() && self.prepared.is_empty() && self.ahead.is_empty()
    }

    /// How it ends when everything was printed.
    pub async fn done(&mut self) -> Outcome {
        self.written().await?;
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

/// Brings the first a step further: its links are there, then it is finished. One after the other, so that there is memory for
/// each.
async fn further(ahead: &mut VecDeque<Next>, rules: &Arc<Rules>) {
    let Some(first) = ahead.front_mut() else { return };
    match first {
        Next::Waiting(alone, fetching) => {
            let links = worked(fetching.await);
            let (alone, rules) = (Arc::clone(alone), Arc::clone(rules));
            *first = Next::Finishing(spawn_blocking(move || rules.finish(&alone, &links)));
        }
        Next::Finishing(finishing) => *first = Next::Ready(worked(finishing.await)),
        Next::Ready(_) => {}
    }
}

/// What a task returned; if it panicked, so do we.
fn worked<T: Default>(task: Result<T, JoinError>) -> T {
    match task {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => T::default(),
        },
    }
}

/// Waits for a time, or for ever.
pub async fn until(deadline: Option<Instant>) {
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

/// Saves payloads; those without an id are named after the number of their message.
fn save(dir: &Path, number: u64, bodies: &[Body]) -> Result<(), Failure> {
    for Body { dataname, id, blob } in bodies {
        let number = number.to_string();
        let id = if id.is_empty() { &number } else { id };
        let path = save_received(dir, dataname, id, blob).map_err(|error| cannot_save(dir, &error))?;
        // Where it is has to be seen, whatever its name looks like.
        let path = std::path::absolute(&path).unwrap_or(path);
        output::note(&format!("Saved {} ({} bytes).", path.display(), blob.len()));
    }
    Ok(())
}
