//! `listen`: prints messages as they arrive, as readable blocks or JSON lines.

use super::listen_stream::{StreamArgs, listen_stream};
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::feed::Feed;
use crate::cli::literals::pattern;
use crate::cli::output;
use crate::cli::printing::{EndArgs, PrintArgs, Printer, until};
use crate::cli::stop::Stop;

/// Arguments of `listen`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Subjects; the wildcards * and > only match whole tokens between dots. With --jetstream at most one, which
    /// selects messages in the stream
    #[arg(required_unless_present = "jetstream", value_name = "SUBJECT", value_parser = pattern)]
    subjects: Vec<String>,
    #[command(flatten)]
    end: EndArgs,
    #[command(flatten)]
    print: PrintArgs,
    #[command(flatten)]
    stream: StreamArgs,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Listens until the count, the time or a signal.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = context.connect_options(&self.connection, None)?;
        let mut printer = Printer::new(&self.print, self.end, &context.settings, &connect.limits)?;
        let mut stop = Stop::listen()?;
        if let Some(request) = self.stream.request(&self.subjects)? {
            let outcome = tokio::select! {
                exit = stop.wait() => Ok(exit),
                outcome = listen_stream(&connect, &request, &mut printer) => outcome,
            };
            if is_cut_short(&outcome) {
                stop.in_last_time(printer.print_taken()).await;
            }
            printer.tell_lost(0);
            return outcome;
        }
        let mut feed = tokio::select! {
            exit = stop.wait() => return Ok(exit),
            feed = Feed::open(connect, &self.subjects) => feed?,
        };
        output::note(&format!(
            "Listening on {} at {}.",
            self.subjects.join(", "),
            feed.address()
        ));
        let outcome = tokio::select! {
            exit = stop.wait() => Ok(exit),
            outcome = listen(&mut feed, &mut printer) => outcome,
        };
        if is_cut_short(&outcome) {
            stop.in_last_time(print_rest(&mut feed, &mut printer)).await;
        }
        let satisfied = matches!(&outcome, Err(failure) if failure.is_reader_gone());
        let satisfied = satisfied || printer.has_enough();
        if satisfied {
            feed.satisfy();
        }
        let (lost, wanted) = feed.end().await;
        if satisfied {
            output::lost(lost, lost + printer.printed());
        } else {
            output::lost(lost + printer.unprinted(), wanted);
        }
        outcome
    }
}

/// Whether more is wanted than was printed.
fn is_cut_short(outcome: &Outcome) -> bool {
    match outcome {
        Ok(exit) => matches!(exit, Exit::Signal(_)),
        Err(failure) => !failure.is_reader_gone(),
    }
}

/// Prints what comes until the count or the time.
async fn listen(feed: &mut Feed, printer: &mut Printer<'_>) -> Outcome {
    let deadline = printer.deadline();
    loop {
        take(feed, printer);
        tokio::select! {
            exit = printer.step() => if let Some(exit) = exit? {
                return Ok(exit);
            },
            waited = feed.wait() => waited?,
            () = until(deadline) => {
                print_rest(feed, printer).await?;
                return printer.time_is_up().await;
            }
        }
    }
}

/// Takes what is there, as far as the printer has room.
fn take(feed: &mut Feed, printer: &mut Printer<'_>) {
    while printer.takes_more()
        && let Some(batch) = feed.take()
    {
        printer.take(batch);
    }
}

/// Prints what has come so far, but does not wait for links that are still to be fetched.
async fn print_rest(feed: &mut Feed, printer: &mut Printer<'_>) -> Result<(), Failure> {
    feed.stop();
    printer.leave_links();
    loop {
        take(feed, printer);
        if printer.is_idle() || printer.step().await?.is_some() {
            return printer.written().await;
        }
    }
}
