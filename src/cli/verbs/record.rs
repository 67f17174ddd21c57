//! `record`: records subjects to a tape, without a screen.

use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{duration, pattern};
use crate::cli::output;
use crate::cli::stop::{Stop, after};
use natsbridge_app::{count, recording_told, size};
use natsbridge_engine::counted;
use natsbridge_engine::{
    Command, ConnectionState, Event, NewTape, RecordingView, SendOptions, Session, SessionOptions,
};
use natsbridge_wire::{Limits, Severity};
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::timeout;

/// Arguments of `record`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tape, a new file; it will contain the messages as they came, including secrets
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Subjects; the wildcards * and > only match whole tokens between dots
    #[arg(required = true, value_name = "SUBJECT", value_parser = pattern)]
    subjects: Vec<String>,
    /// Ends after recording this many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Ends after this time; the exit code is 1 if --count was not reached. The time to connect is NATS_TIMEOUT, or
    /// --timeout before the verb
    #[arg(long, value_name = "DUR", value_parser = duration)]
    timeout: Option<Duration>,
    /// Ends after this many seconds
    #[arg(long, value_name = "N", conflicts_with = "timeout", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Records until the count, the time or a signal.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = context.connect_options(&self.connection, None)?;
        let mut stop = Stop::listen()?;
        let (limits, address) = (connect.limits.clone(), connect.servers.join(", "));
        let tape = NewTape::create(&self.file)?;
        let tape = match self.count {
            Some(count) => tape.at_most(count),
            None => tape,
        };
        let options = SessionOptions {
            connect,
            subjects: self.subjects.clone(),
            sending: SendOptions::default(),
            digest: false,
        };
        let mut recording = Recording {
            session: Session::start_recording(options, tape)?,
            address,
            view: None,
            connected: false,
            lost: None,
            progress: io::stderr().is_terminal(),
            count: self.count,
        };
        let time = self.timeout.or(self.seconds.map(Duration::from_secs));
        let outcome = tokio::select! {
            exit = stop.wait() => Ok(exit),
            outcome = recording.run(&self.subjects, time, &limits) => outcome,
        };
        recording.end(&limits).await;
        let (lost, wanted) = recording.settle();
        let unused = recording.view.as_ref().is_none_or(|view| view.messages == 0);
        if outcome.is_err() && unused && !recording.connected {
            // Nothing was or could be received: a retry must not fail because of an empty file.
            std::fs::remove_file(&self.file).ok();
            return outcome;
        }
        let outcome = recording.conclude(outcome, time);
        output::lost(lost, wanted);
        outcome
    }
}

/// A session that records, and how far it is.
struct Recording {
    session: Session,
    address: String,
    view: Option<RecordingView>,
    connected: bool,
    /// Why there is no connection any more, while there is none.
    lost: Option<String>,
    progress: bool,
    count: Option<u64>,
}

impl Recording {
    async fn run(&mut self, subjects: &[String], time: Option<Duration>, limits: &Limits) -> Outcome {
        let patience = limits.connect_time * 2;
        timeout(patience, self.connect())
            .await
            .unwrap_or_else(|_| Err(self.no_connection("no response")))?;
        output::note(&format!("Recording {} at {}.", subjects.join(", "), self.address));
        let mut time_is_up = std::pin::pin!(after(time));
        loop {
            if self.is_complete() {
                return Ok(Exit::Done);
            }
            tokio::select! {
                event = self.session.events.recv() => self.heed(event)?,
                () = &mut time_is_up => return Ok(Exit::Done),
            }
        }
    }

    /// Waits until the broker has accepted us, or says why not.
    async fn connect(&mut self) -> Result<(), Failure> {
        while !self.connected {
            let event = self.session.events.recv().await;
            if let Some(Event::Connection(ConnectionState::Connecting {
                last_error: Some(cause),
                ..
            })) = &event
            {
                return Err(self.no_connection(cause));
            }
            self.heed(event)?;
        }
        Ok(())
    }

    fn heed(&mut self, event: Option<Event>) -> Result<(), Failure> {
        match event {
            Some(Event::Connection(ConnectionState::Connected { .. })) => {
                self.connected = true;
                self.lost = None;
            }
            Some(Event::Connection(ConnectionState::Refused { cause, .. })) => {
                return Err(self.no_connection(&cause));
            }
            Some(Event::Connection(ConnectionState::Lost { cause, .. })) => {
                self.tell(
                    Severity::Warning,
                    &format!(
                        "Connection lost: {cause}. Messages sent in the meantime will be missing; \
                              the tape says when."
                    ),
                );
                self.lost = Some(cause);
            }
            Some(Event::Notice(severity, text)) => self.tell(severity, &text),
            Some(Event::Subscriptions(views)) => {
                if let Some(denied) = views.iter().find_map(|view| view.denied.clone()) {
                    return Err(Failure::no_connection(format!(
                        "{denied} Ask for permission or use other credentials."
                    )));
                }
            }
            Some(Event::Recording(view)) => {
                let ended = view.ended;
                if self.progress && !ended {
                    output::status(&progress(&view));
                }
                self.view = Some(view);
                if ended {
                    // It stopped by itself; the reason is reported at the end.
                    return Err(Failure {
                        exit: Exit::No,
                        message: None,
                    });
                }
            }
            Some(Event::Ended) | None => return Err(self.no_connection("the session ended")),
            Some(_) => {}
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        let messages = self.view.as_ref().map_or(0, |view| view.messages);
        self.count.is_some_and(|count| messages >= count)
    }

    /// Prints a message without disturbing the progress line.
    fn tell(&self, severity: Severity, text: &str) {
        if self.progress {
            output::status("");
        }
        output::tell(severity, text);
    }

    fn no_connection(&self, cause: &str) -> Failure {
        Failure::unreachable(&self.address, cause)
    }

    /// Leaves the broker and waits until the tape is complete.
    async fn end(&mut self, limits: &Limits) {
        if self.session.commands.send(Command::Quit).await.is_err() {
            return;
        }
        let ended = async {
            loop {
                match self.session.events.recv().await {
                    Some(Event::Recording(view)) => self.view = Some(view),
                    Some(Event::Ended) | None => return,
                    Some(_) => {}
                }
            }
        };
        // Running out of time is an end, too: what is written stays.
        timeout(limits.flush_time + limits.tape_end_time, ended)
            .await
            .ok();
    }

    /// How many messages came and are not on the tape, of how many that were wanted: what came once nothing could be
    /// written any more counts, too.
    fn settle(&mut self) -> (u64, u64) {
        let came = self.session.store.counters().received;
        let wanted = self.count.map_or(came, |count| count.min(came));
        let Some(view) = &mut self.view else {
            return (wanted, wanted);
        };
        view.missed = wanted.saturating_sub(view.messages);
        (view.missed, wanted)
    }

    /// Reports the result. A tape with gaps means exit code 1, whatever else happened.
    fn conclude(&self, outcome: Outcome, time: Option<Duration>) -> Outcome {
        if self.progress {
            output::status("");
        }
        if let Some(view) = &self.view {
            let (severity, text) = recording_told(view);
            output::tell(severity, &text);
            if let Some(cause) = &self.lost {
                output::warning(&format!(
                    "The connection was lost ({cause}) and did not come back: messages sent after that \
                     are not on the tape."
                ));
            }
            let lacks = view.missed > 0 || view.trouble.is_some() || self.lost.is_some();
            if outcome == Ok(Exit::Done) && lacks {
                return Ok(Exit::No);
            }
        }
        match (&outcome, self.count, time) {
            (Ok(Exit::Done), Some(count), Some(time)) if !self.is_complete() => {
                let messages = self.view.as_ref().map_or(0, |view| view.messages);
                Err(Failure::new(
                    Exit::No,
                    format!("only {messages} of {count} messages arrived within {time:?}."),
                ))
            }
            _ => outcome,
        }
    }
}

fn progress(view: &RecordingView) -> String {
    let missed = match view.missed {
        0 => String::new(),
        missed => format!(", {} missed", count(missed)),
    };
    let (messages, bytes) = (counted(view.messages as usize, "message"), size(view.bytes));
    format!("{messages}, {bytes}{missed} · Ctrl+C stops")
}
