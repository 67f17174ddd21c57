//! The session: one task that owns the connection and the subscriptions, fills the store and keeps both alive.

use super::events::{Command, Event};
use super::recorder::Recorder;
use super::supervisor::Supervisor;
use crate::bridge::SendOptions;
use crate::connect::ConnectOptions;
use crate::store::Store;
use crate::tape::{NewTape, TapeError};
use tokio::sync::mpsc;

/// Commands and events that may wait.
pub(super) const QUEUE: usize = 64;

/// What a session is started with.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Connection.
    pub connect: ConnectOptions,
    /// Patterns to subscribe to at once.
    pub subjects: Vec<String>,
    /// File server, threshold and other defaults for sending.
    pub sending: SendOptions,
}

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
        let (session, work) = Self::prepare(&options.connect);
        work.start(options);
        session
    }

    /// As [`Session::start`]; records everything from the first message on. An error if no thread can be started for it.
    pub fn start_recording(options: SessionOptions, tape: NewTape) -> Result<Self, TapeError> {
        let (session, mut work) = Self::prepare(&options.connect);
        work.recorder.start(tape, &options.connect, &options.subjects)?;
        work.start(options);
        Ok(session)
    }

    fn prepare(connect: &ConnectOptions) -> (Self, Work) {
        let (commands, commands_in) = mpsc::channel(QUEUE);
        let (events_out, events) = mpsc::channel(QUEUE);
        let store = Store::new(connect.limits.clone().into());
        let work = Work {
            store: store.clone(),
            recorder: Recorder::new(store.tap().clone(), events_out.clone()),
            commands: commands_in,
            events: events_out,
        };
        let session = Self {
            store,
            commands,
            events,
        };
        (session, work)
    }
}

/// The channels of a session, before its task runs.
struct Work {
    store: Store,
    recorder: Recorder,
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<Event>,
}

impl Work {
    fn start(self, options: SessionOptions) {
        let Self {
            store,
            recorder,
            commands,
            events,
        } = self;
        let supervisor = Supervisor::new(options.connect, store, recorder, commands, events);
        tokio::spawn(supervisor.run(options.subjects, options.sending));
    }
}
