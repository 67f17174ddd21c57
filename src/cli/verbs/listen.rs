//! `listen`: prints messages as they arrive, as readable blocks or JSON lines.

use super::listen_stream::{StreamArgs, listen_stream};
use super::printer::{EndArgs, PrintArgs, Printer, until};
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::literals::pattern;
use crate::cli::output;
use crate::cli::stop::Stop;
use natsbridge_engine::counted;
use natsbridge_engine::{
    Command, ConnectOptions, ConnectionState, Event, SendOptions, Session, SessionOptions, SubscriptionView,
};
use natsbridge_wire::Limits;
use tokio::time::timeout;

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
            return tokio::select! {
                exit = stop.wait() => Ok(exit),
                outcome = listen_stream(&connect, &request, &mut printer) => outcome,
            };
        }
        let mut listener = Listener::new(&self, connect, printer);
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
    session: Session,
    limits: Limits,
    address: String,
    /// The next message of the store to take.
    next: u64,
    printer: Printer<'a>,
}

impl<'a> Listener<'a> {
    fn new(args: &'a Args, connect: ConnectOptions, printer: Printer<'a>) -> Self {
        let limits = connect.limits.clone();
        let address = connect.servers.join(", ");
        let session = Session::start(SessionOptions {
            connect,
            subjects: args.subjects.clone(),
            sending: SendOptions::default(),
        });
        Self {
            args,
            next: session.store.range().start,
            session,
            limits,
            address,
            printer,
        }
    }

    async fn run(&mut self) -> Outcome {
        // Opening a broker's whole list may take its time once per address.
        let patience = self.limits.connect_time * 2;
        timeout(patience, self.connected())
            .await
            .unwrap_or_else(|_| Err(self.no_connection("no response")))?;
        output::note(&format!(
            "Listening on {} at {}.",
            self.args.subjects.join(", "),
            self.address
        ));
        let deadline = self.printer.deadline();
        loop {
            self.take_new();
            tokio::select! {
                (message, links) = self.printer.next() => {
                    if let Some(exit) = self.printer.print(&message, &links)? {
                        return Ok(exit);
                    }
                }
                event = self.session.events.recv() => self.heed(event)?,
                () = until(deadline) => return self.printer.time_is_up(),
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
                    "Connection lost: {cause}. Messages sent in the meantime will be missing."
                ));
                Ok(())
            }
            Some(Event::Notice(severity, notice)) => {
                output::tell(severity, &notice);
                Ok(())
            }
            Some(Event::Subscriptions(subscriptions)) => permitted(&subscriptions),
            Some(Event::Ended) | None => Err(self.no_connection("the session ended")),
            Some(
                Event::Connection(_)
                | Event::Store
                | Event::Streams(_)
                | Event::Job(_)
                | Event::Recording(_)
                | Event::Responders(_),
            ) => Ok(()),
        }
    }

    fn no_connection(&self, cause: &str) -> Failure {
        Failure::unreachable(&self.address, cause)
    }

    /// Takes new messages from the store, as far as the look-ahead has room.
    fn take_new(&mut self) {
        let held = self.session.store.range();
        if self.next < held.start {
            output::warning(&format!(
                "{} lost: messages came faster than they could be printed.",
                counted(held.start - self.next, "message")
            ));
            self.next = held.start;
        }
        while self.next < held.end && self.printer.takes_more() {
            if let Some(message) = self.session.store.message(self.next) {
                self.printer.take(message);
            }
            self.next += 1;
        }
    }

    /// Closes the connection properly; whatever does not finish in time is cut off.
    async fn end(mut self) {
        if self.session.commands.send(Command::Quit).await.is_err() {
            return;
        }
        let ended = async { while !matches!(self.session.events.recv().await, Some(Event::Ended) | None) {} };
        // Running out of time is an end, too.
        let _ = timeout(self.limits.flush_time, ended).await;
    }
}

fn permitted(subscriptions: &[SubscriptionView]) -> Result<(), Failure> {
    match subscriptions.iter().find(|one| one.denied.is_some()) {
        Some(one) => Err(Failure::no_connection(format!(
            "The broker does not permit subscribing to {}: ask for permission or use other credentials.",
            one.pattern
        ))),
        None => Ok(()),
    }
}
