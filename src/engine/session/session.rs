//! The session: one task that owns the connection and the subscriptions, fills the store and keeps both alive.

use super::events::{Command, Event};
use super::on_tape::show;
use super::options::SessionOptions;
use super::supervisor::Supervisor;
use crate::connect::ConnectOptions;
use crate::fetch::Fetcher;
use crate::store::Store;
use crate::tape::{NewTape, TapeError, TapeReader};
use crate::wording::sentence;
use natsbridge_wire::{Limits, Severity};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Commands and events that may wait.
const QUEUE: usize = 64;

/// A running session.
#[derive(Debug)]
pub struct Session {
    /// The store it feeds.
    pub store: Store,
    /// Commands down.
    pub commands: mpsc::Sender<Command>,
    /// Events up. They have to be read: the session waits for it (taking in messages never does).
    pub events: mpsc::Receiver<Event>,
}

impl Session {
    /// Starts the session's tasks on the current tokio runtime; never blocks, never fails (failures are states).
    /// It ends on [`Command::Quit`] and when the sender of commands is dropped.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use natsbridge_engine::{ConnectOptions, Event, SendOptions, Session, SessionOptions};
    /// let connect = ConnectOptions::from_urls("localhost")?;
    /// let mut session = Session::start(SessionOptions {
    ///     connect,
    ///     subjects: vec!["chat.>".into()],
    ///     sending: SendOptions::default(),
    ///     digest: true,
    /// });
    /// while let Some(event) = session.events.recv().await {
    ///     match event {
    ///         Event::Store => println!("{} messages", session.store.counters().stored),
    ///         Event::Notice(_, text) => println!("{text}"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn start(options: SessionOptions) -> Self {
        Self::start_in_group(options, None)
    }

    /// As [`Session::start`], in a queue group: one member of it gets each message.
    pub fn start_in_group(options: SessionOptions, group: Option<&str>) -> Self {
        let (session, supervisor) = Self::supervised(&options.connect, group);
        tokio::spawn(supervisor.run(options));
        session
    }

    /// As [`Session::start`]; records everything from the first message on. An error if no thread can be started for it.
    pub fn start_recording(options: SessionOptions, tape: NewTape) -> Result<Self, TapeError> {
        let (session, mut supervisor) = Self::supervised(&options.connect, None);
        supervisor
            .recorder
            .start(tape, &options.connect, &options.subjects)?;
        tokio::spawn(supervisor.run(options));
        Ok(session)
    }

    /// Starts a session that shows a tape, with its arrival times. Saved link bodies go to the fetcher, so that they
    /// need not be fetched. Runs on the current tokio runtime.
    pub fn open_tape(tape: TapeReader, limits: &Limits, fetcher: Fetcher) -> Self {
        let (session, commands, events) = Self::prepare(limits);
        tokio::spawn(show(tape, session.store.clone(), fetcher, commands, events));
        session
    }

    fn supervised(connect: &ConnectOptions, group: Option<&str>) -> (Self, Supervisor) {
        let (session, commands, events) = Self::prepare(&connect.limits);
        let store = session.store.clone();
        let supervisor = Supervisor::new(connect.clone(), store, commands, events, group);
        (session, supervisor)
    }

    /// A session, and what is done with its channels.
    fn prepare(limits: &Limits) -> (Self, mpsc::Receiver<Command>, mpsc::Sender<Event>) {
        let (commands, commands_in) = mpsc::channel(QUEUE);
        let (events_out, events) = mpsc::channel(QUEUE);
        let store = Store::new(Arc::new(limits.clone()));
        // The store must not keep the channel open.
        let told = events_out.downgrade();
        store.on_spill_fault(move |fault| {
            if let Some(events) = told.upgrade() {
                events
                    .try_send(Event::Notice(Severity::Warning, sentence(fault)))
                    .ok();
            }
        });
        let session = Self {
            store,
            commands,
            events,
        };
        (session, commands_in, events_out)
    }
}
