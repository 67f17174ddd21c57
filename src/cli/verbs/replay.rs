//! `replay`: the messages of a tape again, on the same subjects or others, at their own pace or faster.

use super::replay_player::{PlayArgs, Played, Player};
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::duration;
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::stop::Stop;
use natsbridge_app::{count, size, span};
use natsbridge_engine::{Connection, Speed, Tape};
use natsbridge_ui::LineKeys;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A tape, or what nats sub --dump wrote: a file, or a folder
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    play: PlayArgs,
    /// Time to connect [env: NATS_TIMEOUT] [default: 5s]
    #[arg(long, value_name = "DUR", value_parser = duration, help_heading = "Connection")]
    timeout: Option<Duration>,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Sends until the end of the tape, the count, a key or a signal.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = self.connection.resolve(self.timeout, &context.settings.limits)?;
        let open = || Tape::open(&self.file, &connect.limits);
        let tape = open()?;
        let mut stop = Stop::listen()?;
        let out = (self.play.json || self.play.dry_run).then(Out::stdout);
        let connection = if self.play.dry_run {
            None
        } else {
            let opening = Connection::open(&connect);
            let opened = tokio::select! {
                exit = stop.wait() => return Ok(exit),
                opened = opening => opened,
            };
            Some(opened.map_err(|error| Failure::no_connection(format!("{error}.")))?)
        };
        let person = io::stderr().is_terminal();
        if person && let Some(connection) = &connection {
            let keys = if self.takes_keys() {
                " Space pauses, . sends one, q ends."
            } else {
                ""
            };
            output::note(&format!(
                "Sending {} to {}.{keys}",
                tape.name(),
                connection.server().address
            ));
        }
        let keys = self.takes_keys().then(LineKeys::start).and_then(Result::ok);
        let mut player = Player::new(
            &self.play,
            connection.as_ref(),
            out,
            keys,
            person,
            &connect.limits,
        );
        let outcome = tokio::select! {
            exit = stop.wait() => Ok(exit),
            outcome = player.play(tape, open) => outcome,
        };
        let played = player.end(outcome.is_ok()).await;
        // Told even where something went wrong: so much is sent.
        let concluded = self.conclude(&played, connection.is_some(), outcome == Ok(Exit::Done));
        match (outcome, concluded) {
            (Ok(Exit::Done), concluded) => concluded,
            (outcome, _) => outcome,
        }
    }

    /// Whether a person sits at the keyboard, and lines on the terminal can do without their line ends.
    fn takes_keys(&self) -> bool {
        let lines = (self.play.json || self.play.dry_run) && io::stdout().is_terminal();
        io::stdin().is_terminal() && io::stderr().is_terminal() && !self.play.dry_run && !lines
    }

    /// Why there was nothing to send, where that is due to what was asked for.
    fn found_none(&self, played: &Played) -> Option<String> {
        if played.wanted > 0 {
            return None;
        }
        let asked = match (&self.play.from, &self.play.until) {
            (None, None) => return None,
            (Some(_), None) => "from --from on",
            (None, Some(_)) => "up to --until",
            (Some(_), Some(_)) => "between --from and --until",
        };
        Some(format!(
            "Nothing to send: {} has no message {asked}; {} were looked at.",
            self.file.display(),
            count(played.report.messages)
        ))
    }

    /// Says how it went, and whether that is a success.
    fn conclude(&self, played: &Played, sent: bool, done: bool) -> Outcome {
        for trouble in played.report.troubles() {
            output::warning(&trouble);
        }
        for note in played.report.notes() {
            output::note(&note);
        }
        for map in &played.idle_maps {
            output::warning(&format!("--map {map} fits none of the messages."));
        }
        if played.report.untimed && self.play.speed != Speed::Max {
            output::note(
                "The dump has no times of its own, so its messages follow each other at once or by their files' times.",
            );
        }
        if let Some(why) = self.found_none(played).filter(|_| done) {
            return Err(Failure::new(Exit::No, why));
        }
        let (messages, bytes) = (count(played.sent), size(played.bytes));
        let file = self.file.display();
        if !sent {
            output::note(&format!("Would send {messages} messages ({bytes}) of {file}."));
        }
        let time = span(played.took.as_micros() as u64);
        let how = if played.flushed {
            "flushed"
        } else {
            "not confirmed by the broker"
        };
        if sent {
            output::note(&format!(
                "Sent {messages} messages ({bytes}) of {file} in {time}, {how}."
            ));
        }
        if !played.denied.is_empty() {
            return Err(Failure::no_connection(format!(
                "Not permitted to publish to {}: ask for the permission, or map them to other subjects with --map.",
                played.denied.join(", ")
            )));
        }
        if let Some((refused, first)) = &played.refused {
            return Err(Failure::new(
                Exit::No,
                format!(
                    "{} messages could not be sent; the first because {first}.",
                    count(*refused)
                ),
            ));
        }
        Ok(if played.flushed || !sent {
            Exit::Done
        } else {
            Exit::No
        })
    }
}
