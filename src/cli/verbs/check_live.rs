//! `check --subject`: the doctor on live messages.

use super::checkup::CheckRun;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{duration, pattern};
use crate::cli::output;
use crate::cli::stop::after;
use natsbridge_engine::{ConnectOptions, Connection, Specimen};
use natsbridge_ui::counted;
use std::time::Duration;

/// What is listened to, and for how long.
#[derive(Debug, clap::Args)]
pub(super) struct LiveArgs {
    /// Checks live messages on this subject; may be repeated
    #[arg(long, value_name = "SUBJECT", value_parser = pattern)]
    subject: Vec<String>,
    /// Ends after this many live messages
    #[arg(long, value_name = "N", requires = "subject", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Ends after this time; the exit code is 1 if --count was not reached
    #[arg(long, value_name = "DUR", requires = "subject", value_parser = duration)]
    timeout: Option<Duration>,
}

impl LiveArgs {
    /// Whether there is something to listen to.
    pub(super) fn is_asked(&self) -> bool {
        !self.subject.is_empty()
    }
}

/// Listens and checks until the count or the time.
pub(super) async fn check_live(
    live: &LiveArgs,
    connect: &ConnectOptions,
    checkup: &mut CheckRun<'_>,
) -> Outcome {
    let connection = Connection::open(connect)
        .await
        .map_err(|error| no_connection(&error))?;
    let subscribed = connection.subscribe(&live.subject).await;
    let mut messages = subscribed.map_err(|error| no_connection(&error))?;
    output::note(&format!(
        "Checking {} at {}.",
        live.subject.join(", "),
        connect.servers.join(", ")
    ));
    let time = after(live.timeout);
    tokio::pin!(time);
    let mut taken = 0;
    while live.count != Some(taken) {
        let message = tokio::select! {
            message = messages.next() => message,
            () = &mut time => return Ok(time_is_up(live, taken)),
        };
        let Some(message) = message else {
            return Err(Failure::no_connection("The connection was closed."));
        };
        let specimen = Specimen {
            source: message.subject.to_string(),
            index: taken,
            subject: message.subject.to_string(),
            reply: message.reply,
            at_us: Some(message.at_us),
            headers: message.headers,
            raw: message.payload,
        };
        checkup.take(&specimen)?;
        taken += 1;
    }
    Ok(Exit::Done)
}

fn no_connection(error: &dyn std::fmt::Display) -> Failure {
    Failure::no_connection(format!("No connection: {error}."))
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
