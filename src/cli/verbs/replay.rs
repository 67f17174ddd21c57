//! `replay`: sends the messages of a tape again, on the same or other subjects, at the original pace or faster.

use super::replay_player::{PlayArgs, Played, Player};
use crate::cli::connection::{ConnectTime, ConnectionArgs};
use crate::cli::context::{Context, check_writable};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::stop::Stop;
use natsbridge_app::{size, span};
use natsbridge_engine::{Connection, ReplaySpeed, TapeReader, counted};
use natsbridge_ui::LineKeys;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A tape, or output of nats sub --dump: a file or a directory
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    play: PlayArgs,
    #[command(flatten)]
    connect: ConnectTime,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Sends until the end of the tape, the count, a key or a signal.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = context.connect_options(&self.connection, self.connect.time)?;
        if !self.play.dry_run {
            check_writable(&connect)?;
        }
        let open = || TapeReader::open(&self.file, &connect.limits);
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
                " Space pauses, . sends the next message, q quits."
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
        // Reported even after errors: this much was sent.
        let concluded = self.conclude(&played, connection.is_some(), outcome == Ok(Exit::Done));
        match (outcome, concluded) {
            (Ok(Exit::Done), concluded) => concluded,
            (outcome, _) => outcome,
        }
    }

    /// Whether there is a user at the keyboard, and terminal lines need no line ends.
    fn takes_keys(&self) -> bool {
        let lines = (self.play.json || self.play.dry_run) && io::stdout().is_terminal();
        io::stdin().is_terminal() && io::stderr().is_terminal() && !self.play.dry_run && !lines
    }

    /// Why there was nothing to send, if that is due to the options.
    fn found_none(&self, played: &Played) -> Option<String> {
        if played.wanted > 0 {
            return None;
        }
        let asked = match (&self.play.from, &self.play.until) {
            (None, None) => return None,
            (Some(_), None) => "at or after --from",
            (None, Some(_)) => "up to --until",
            (Some(_), Some(_)) => "between --from and --until",
        };
        Some(format!(
            "Nothing to send: {} has no message {asked}; {} checked.",
            self.file.display(),
            counted(played.report.messages as usize, "message")
        ))
    }

    /// Reports the result, and whether it is a success.
    fn conclude(&self, played: &Played, sent: bool, done: bool) -> Outcome {
        for trouble in played.report.problems() {
            output::warning(&trouble);
        }
        for note in played.report.notes() {
            output::note(&note);
        }
        for map in &played.idle_maps {
            output::warning(&format!("--map {map} matches none of the messages."));
        }
        if played.report.untimed && self.play.speed != ReplaySpeed::Max {
            output::note(
                "The dump has no times, so the messages are sent one right after the other, or by the \
                 times of its files.",
            );
        }
        if let Some(why) = self.found_none(played).filter(|_| done) {
            return Err(Failure::new(Exit::No, why));
        }
        let (messages, bytes) = (counted(played.sent as usize, "message"), size(played.bytes));
        let file = self.file.display();
        if !sent {
            output::note(&format!("Would send {messages} ({bytes}) from {file}."));
        }
        let time = span(played.took.as_micros() as u64);
        let how = match played.losses {
            _ if played.flushed => "flushed".to_owned(),
            0 => "not confirmed by the broker".to_owned(),
            losses => format!(
                "but the connection was lost {}: messages sent just before may be missing",
                counted(losses as usize, "time")
            ),
        };
        if sent {
            output::note(&format!(
                "Sent {messages} ({bytes}) from {file} in {time}, {how}."
            ));
        }
        if !played.denied.is_empty() {
            return Err(Failure::no_connection(format!(
                "Not permitted to publish to {}: ask for permission, or use --map to send to other \
                 subjects.",
                played.denied.join(", ")
            )));
        }
        if let Some((refused, first)) = &played.refused {
            return Err(Failure::new(
                Exit::No,
                format!(
                    "{} could not be sent; the first because {first}.",
                    counted(*refused as usize, "message")
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
