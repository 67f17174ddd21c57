//! `listen`: messages as they come, as readable blocks or JSON lines.

use crate::cli::block::block;
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::fetching::{FetchArgs, LookAhead};
use crate::cli::literals::{duration, pattern};
use crate::cli::output::{self, Out, json_line};
use crate::cli::stop::Stop;
use crate::engine::{
    Command, ConnectOptions, ConnectionState, Event, MessageLinks, Session, SessionOptions, StoredMessage,
    SubscriptionView, save_payload,
};
use crate::ui::format::counted;
use crate::wire::{DecodedMessage, Limits, MessageFacts, listen_line};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// Arguments of `listen`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Subjects; wildcards * and > count as whole tokens between dots
    #[arg(required = true, value_name = "SUBJECT", value_parser = pattern)]
    subjects: Vec<String>,
    /// Ends after so many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Ends after that time; exit code 1 if --count was not reached
    #[arg(long, value_name = "DUR", value_parser = duration)]
    timeout: Option<Duration>,
    /// JSON lines; also the default when standard output is not a terminal
    #[arg(long)]
    json: bool,
    /// Rows printed of each table
    #[arg(long, value_name = "N", default_value_t = 100)]
    rows: usize,
    /// Saves the payloads' bytes into this folder; nothing is overwritten
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    #[command(flatten)]
    fetch: FetchArgs,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Listens until the count, the time or a signal.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = self.connection.resolve(None, &context.settings.limits)?;
        if let Some(dir) = &self.save {
            create_folder(dir)?;
        }
        let mut stop = Stop::listen()?;
        let ahead = self.fetch.ahead(&context.settings);
        let mut listener = Listener::new(&self, connect, ahead);
        let outcome = tokio::select! {
            exit = stop.wait() => Ok(exit),
            outcome = listener.run() => outcome,
        };
        listener.end().await;
        outcome
    }
}

/// A session and what was printed of it.
struct Listener<'a> {
    args: &'a Args,
    out: Out,
    session: Session,
    limits: Limits,
    address: String,
    /// The next message of the store to take.
    next: u64,
    /// What was taken and is not printed yet.
    ahead: LookAhead,
    taken: u64,
    printed: u64,
    /// Messages with a link that could not be fetched.
    failed: usize,
}

impl<'a> Listener<'a> {
    fn new(args: &'a Args, connect: ConnectOptions, ahead: LookAhead) -> Self {
        let limits = connect.limits.clone();
        let address = connect.servers.join(", ");
        let session = Session::start(SessionOptions {
            connect,
            subjects: args.subjects.clone(),
        });
        Self {
            args,
            out: Out::stdout(),
            next: session.store.range().start,
            session,
            limits,
            address,
            ahead,
            taken: 0,
            printed: 0,
            failed: 0,
        }
    }

    async fn run(&mut self) -> Outcome {
        // Opening a broker's whole list may take its time once per address.
        let patience = self.limits.connect_time * 2;
        timeout(patience, self.connected())
            .await
            .unwrap_or_else(|_| Err(self.no_connection("there is no answer")))?;
        output::note(&format!(
            "Listening on {} at {}.",
            self.args.subjects.join(", "),
            self.address
        ));
        let deadline = self.args.timeout.map(|time| Instant::now() + time);
        loop {
            self.take_new();
            tokio::select! {
                (message, links) = self.ahead.next() => {
                    self.print(&message, &links)?;
                    if self.args.count == Some(self.printed) {
                        return self.done();
                    }
                }
                event = self.session.events.recv() => self.heed(event)?,
                () = until(deadline) => return self.time_is_up(),
            }
        }
    }

    /// Waits until the broker has accepted us, or says why not.
    async fn connected(&mut self) -> Result<(), Failure> {
        loop {
            match self.session.events.recv().await {
                Some(Event::Connection(ConnectionState::Connected { .. })) => return Ok(()),
                Some(Event::Connection(ConnectionState::Connecting {
                    last_error: Some(cause),
                    ..
                })) => return Err(self.no_connection(&cause)),
                event => self.heed(event)?,
            }
        }
    }

    fn heed(&self, event: Option<Event>) -> Result<(), Failure> {
        match event {
            Some(Event::Connection(ConnectionState::Refused { cause, .. })) => {
                Err(self.no_connection(&cause))
            }
            Some(Event::Connection(ConnectionState::Lost { cause, .. })) => {
                output::warning(&format!(
                    "Connection lost: {cause}. Messages sent now are missing."
                ));
                Ok(())
            }
            Some(Event::Notice(notice)) => {
                output::warning(&notice);
                Ok(())
            }
            Some(Event::Subscriptions(subscriptions)) => permitted(&subscriptions),
            Some(Event::Ended) | None => Err(self.no_connection("the session ended")),
            Some(Event::Connection(_) | Event::Store | Event::Streams(_)) => Ok(()),
        }
    }

    fn no_connection(&self, cause: &str) -> Failure {
        Failure::no_connection(format!("No connection to {}: {cause}.", self.address))
    }

    /// Takes what the store has beyond the last message taken, as far as there is room to look ahead.
    fn take_new(&mut self) {
        let held = self.session.store.range();
        if self.next < held.start {
            output::warning(&format!(
                "{} messages came faster than they could be printed and are missing.",
                held.start - self.next
            ));
            self.next = held.start;
        }
        while self.next < held.end && !self.ahead.is_full() && self.args.count != Some(self.taken) {
            if let Some(message) = self.session.store.message(self.next) {
                self.ahead.push(message);
                self.taken += 1;
            }
            self.next += 1;
        }
    }

    fn print(&mut self, message: &StoredMessage, links: &MessageLinks) -> Result<(), Failure> {
        self.printed += 1;
        let facts = MessageFacts {
            seq: self.printed,
            at: rfc3339(message.at_us),
            subject: message.subject.to_string(),
            reply: message.reply.clone(),
            headers: message.headers.clone(),
        };
        self.failed += usize::from(links.failed());
        let decoded = links.decode(&message.payload, &message.subject, &self.limits);
        if let Some(dir) = &self.args.save {
            save_payloads(dir, self.printed, &decoded)?;
        }
        if self.args.json || !self.out.is_terminal() {
            self.out
                .line(&json_line(&listen_line(&facts, &decoded, self.args.rows)))
        } else {
            let text = block(&facts, &decoded, self.args.rows, self.out.has_colour());
            self.out.bytes(text.as_bytes())
        }
    }

    fn time_is_up(&mut self) -> Outcome {
        // Their links came too late; they came in time.
        for message in self.ahead.give_up() {
            self.print(&message, &MessageLinks::default())?;
        }
        match (self.args.count, self.args.timeout) {
            (Some(count), Some(time)) if self.printed < count => Err(Failure::new(
                Exit::No,
                format!("{} of {count} messages came within {time:?}.", self.printed),
            )),
            _ => self.done(),
        }
    }

    fn done(&self) -> Outcome {
        if self.failed == 0 || !self.args.fetch.asked() {
            return Ok(Exit::Done);
        }
        Err(Failure::new(
            Exit::FileServer,
            format!(
                "The links of {} could not all be fetched; what was printed says why.",
                counted(self.failed, "message")
            ),
        ))
    }

    /// Leaves the broker in order; what it does not manage in time is cut.
    async fn end(mut self) {
        if self.session.commands.send(Command::Quit).await.is_err() {
            return;
        }
        let ended = async { while !matches!(self.session.events.recv().await, Some(Event::Ended) | None) {} };
        // Running out of time is an end, too.
        let _ = timeout(self.limits.flush_time, ended).await;
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

fn permitted(subscriptions: &[SubscriptionView]) -> Result<(), Failure> {
    match subscriptions.iter().find(|one| one.denied.is_some()) {
        Some(one) => Err(Failure::no_connection(format!(
            "The broker does not let us listen on {}: ask for the permission or use other credentials.",
            one.pattern
        ))),
        None => Ok(()),
    }
}

fn rfc3339(at_us: i64) -> String {
    jiff::Timestamp::from_microsecond(at_us)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        .to_string()
}

fn create_folder(dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir)
        .map_err(|error| Failure::usage(format!("Cannot save into {}: {error}.", dir.display())))
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
            .map_err(|error| Failure::usage(format!("Cannot save into {}: {error}.", dir.display())))?;
        output::note(&format!(
            "Saved {} ({} bytes).",
            path.display(),
            payload.body.len()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrival_is_utc_with_microseconds() {
        assert_eq!(rfc3339(1_763_805_600_123_456), "2025-11-22T10:00:00.123456Z");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000000Z");
    }
}
