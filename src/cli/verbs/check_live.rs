//! `check --subject`: the doctor on live messages.

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::feed::Feed;
use crate::cli::literals::{duration, pattern};
use crate::cli::output;
use crate::cli::stop::{Stop, after};
use natsbridge_engine::{ConnectOptions, Specimen};
use natsbridge_ui::counted;
use std::time::Duration;
use tokio::task::{block_in_place, yield_now};

/// What is listened to, and for how long.
#[derive(Debug, clap::Args)]
pub(super) struct LiveArgs {
    /// Checks live messages on this subject; may be repeated
    #[arg(long, value_name = "SUBJECT", value_parser = pattern)]
    pub(super) subject: Vec<String>,
    /// Ends after this many live messages
    #[arg(long, value_name = "N", requires = "subject", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) count: Option<u64>,
    /// Ends after this time; the exit code is 1 if --count was not reached
    #[arg(long, value_name = "DUR", requires = "subject", value_parser = duration)]
    pub(super) timeout: Option<Duration>,
}

impl LiveArgs {
    /// Whether there is something to listen to.
    pub(super) fn is_asked(&self) -> bool {
        !self.subject.is_empty()
    }
}

/// Listens until the count, the time or a signal, and hands over the messages as they come; `doing` says what is done with
/// them.
pub(super) async fn listen_to(
    live: &LiveArgs,
    doing: &str,
    connect: ConnectOptions,
    stop: &mut Stop,
    take: &mut dyn FnMut(&[Specimen]) -> Result<(), Failure>,
) -> Outcome {
    let mut feed = tokio::select! {
        exit = stop.wait() => return Ok(exit),
        feed = Feed::open(connect, &live.subject) => feed?,
    };
    output::note(&format!(
        "{doing} {} at {}.",
        live.subject.join(", "),
        feed.address()
    ));
    let time = after(live.timeout);
    tokio::pin!(time);
    let (mut taken, mut over) = (0, false);
    let mut ended: Option<Exit> = None;
    while live.count != Some(taken) {
        let batch = feed.take();
        let busy = batch.is_some();
        if let Some(mut batch) = batch {
            let left = live.count.map_or(u64::MAX, |count| count - taken);
            batch.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let specimens = (taken..)
                .zip(batch)
                .map(|(index, message)| Specimen::received(message.subject.to_string(), index, message));
            let specimens: Vec<Specimen> = specimens.collect();
            taken += specimens.len() as u64;
            block_in_place(|| take(&specimens))?;
        } else if over {
            let (lost, wanted) = feed.end().await;
            output::lost(lost, wanted);
            return Ok(ended.unwrap_or_else(|| time_is_up(live, taken)));
        }
        tokio::select! {
            biased;
            exit = stop.wait(), if ended.is_none() => {
                ended = Some(exit);
                over = true;
                feed.stop();
            }
            () = &mut time, if !over => {
                over = true;
                feed.stop();
            }
            waited = feed.wait(), if !busy && !over => waited?,
            // Others have their turn, too.
            () = yield_now(), if busy || over => {}
        }
    }
    feed.satisfy();
    let (lost, _) = feed.end().await;
    output::lost(lost, lost + taken);
    Ok(Exit::Done)
}

fn time_is_up(live: &LiveArgs, taken: u64) -> Exit {
    let Some(count) = live.count else {
        return Exit::Done;
    };
    output::warning(&format!(
        "Time is up after {} of {count}.",
        counted(usize::try_from(taken).unwrap_or(usize::MAX), "message")
    ));
    Exit::No
}
