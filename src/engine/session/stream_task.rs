//! The session's stream task: lists streams, loads their history into the store, follows them. It has its own
//! connection, opened on first use, because the session counts every message its own client receives.

use super::events::{Event, StreamCommand};
use super::loaded_ranges::Held;
use super::side_task::{Order, SideTask};
use super::wakers::StoreNotifier;
use crate::connect::{ConnectError, ConnectOptions};
use crate::connection::{Connection, TrafficMark};
use crate::store::Store;
use crate::streams::{
    Follow, History, HistoryRequest, StreamError, StreamMessage, StreamsView, list_streams,
};
use crate::wording::{counted, grouped};
use natsbridge_wire::Severity;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

/// Messages after which a loading says how far it is.
const PROGRESS: u64 = 10_000;
/// Share of the store that one load may fill.
const SHARE: u64 = 2;

/// Where messages and sentences go; clones share it.
#[derive(Debug, Clone)]
struct Shelf {
    store: Store,
    wake: StoreNotifier,
    events: mpsc::Sender<Event>,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug)]
struct Work {
    options: ConnectOptions,
    /// The mark of all its requests: the session ignores traffic with it.
    own: TrafficMark,
    connection: Option<Connection>,
    shelf: Shelf,
    view: StreamsView,
    running: JoinSet<()>,
    /// Tasks by their stream.
    loading: Vec<(String, AbortHandle)>,
    followed: BTreeMap<String, AbortHandle>,
}

/// Starts the task; it does nothing until it is given a command.
pub(super) fn start(
    options: ConnectOptions,
    own: TrafficMark,
    store: Store,
    wake: StoreNotifier,
    events: mpsc::Sender<Event>,
) -> SideTask<StreamCommand> {
    let work = Work {
        options,
        own,
        connection: None,
        shelf: Shelf {
            store,
            wake,
            events,
            held: Arc::default(),
        },
        view: StreamsView::default(),
        running: JoinSet::new(),
        loading: Vec::new(),
        followed: BTreeMap::new(),
    };
    SideTask::start(|orders| work.run(orders))
}

impl Work {
    async fn run(mut self, mut orders: mpsc::Receiver<Order<StreamCommand>>) {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Do(command)) => self.obey(command).await,
                    Some(Order::Switch(options)) => self.switch(*options).await,
                    None => break,
                },
                Some(_) = self.running.join_next() => {
                    let before = self.followed.len();
                    self.followed.retain(|_, task| !task.is_finished());
                    self.loading.retain(|(_, task)| !task.is_finished());
                    if self.followed.len() < before {
                        self.show().await;
                    }
                }
            }
        }
        self.running.shutdown().await;
    }

    async fn obey(&mut self, command: StreamCommand) {
        match command {
            StreamCommand::List => self.list().await,
            StreamCommand::Load(request) => {
                let (shelf, stream) = (self.shelf.clone(), request.stream.clone());
                if let Some(connection) = self.connected(&stream).await {
                    let loading = async move { shelf.load(&connection, request).await };
                    self.loading.push((stream, self.running.spawn(loading)));
                }
            }
            StreamCommand::Follow(request) if self.followed.contains_key(&request.stream) => {
                let text = format!("{} is already being followed.", request.stream);
                self.shelf.tell(Severity::Note, text).await;
            }
            StreamCommand::Follow(request) => {
                let (shelf, stream) = (self.shelf.clone(), request.stream.clone());
                if let Some(connection) = self.connected(&stream).await {
                    let following = async move {
                        let error = shelf.follow(&connection, &request).await;
                        let text = format!("Stopped following {}: {error}.", request.stream);
                        shelf.tell(Severity::Error, text).await;
                    };
                    self.followed.insert(stream, self.running.spawn(following));
                    self.show().await;
                }
            }
            StreamCommand::Stop(stream) => {
                if let Some(task) = self.followed.remove(&stream) {
                    task.abort();
                    self.show().await;
                }
                self.loading.retain(|(loading, task)| {
                    if *loading == stream {
                        task.abort();
                    }
                    *loading != stream
                });
            }
        }
    }

    /// Stops everything and starts over with another broker.
    async fn switch(&mut self, options: ConnectOptions) {
        self.running.shutdown().await;
        self.options = options;
        self.connection = None;
        self.shelf.held = Arc::default();
        self.loading.clear();
        self.followed.clear();
        self.view = StreamsView::default();
        self.show().await;
    }

    async fn list(&mut self) {
        let listed = match self.connection().await {
            Ok(connection) => list_streams(&connection).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        (self.view.streams, self.view.trouble) = match listed {
            Ok((streams, total)) => {
                let (listed, cut) = (streams.len(), streams.len() < total);
                let trouble = cut.then(|| format!("only {listed} of {total} streams are listed"));
                (streams, trouble)
            }
            Err(trouble) => (vec![], Some(trouble)),
        };
        self.show().await;
    }

    async fn show(&mut self) {
        self.view.followed = self.followed.keys().cloned().collect();
        self.shelf
            .events
            .send(Event::Streams(self.view.clone()))
            .await
            .ok();
    }

    /// The connection, or `None` after reporting the error.
    async fn connected(&mut self, stream: &str) -> Option<Connection> {
        match self.connection().await {
            Ok(connection) => Some(connection),
            Err(error) => {
                let text = format!("{stream} cannot be read: {error}.");
                self.shelf.tell(Severity::Error, text).await;
                None
            }
        }
    }

    async fn connection(&mut self) -> Result<Connection, ConnectError> {
        if let Some(connection) = &self.connection
            && !connection.is_over().await
        {
            return Ok(connection.clone());
        }
        let options = self.own.with_inboxes(&self.options);
        let connection = Connection::open_marked(&options, self.own.clone()).await?;
        self.connection = Some(connection.clone());
        Ok(connection)
    }
}

impl Shelf {
    async fn load(&self, connection: &Connection, request: HistoryRequest) {
        let stream = request.stream.clone();
        let mut count = Count::default();
        let outcome = self.read(connection, request, &mut count).await;
        let (severity, rest) = match outcome {
            Ok(None) => (Severity::Note, String::new()),
            Ok(Some(more)) => (Severity::Warning, format!(" {more}.")),
            Err(error) => (Severity::Error, format!(" It stopped early: {error}.")),
        };
        let text = format!("{stream}: {}{rest}", count.sentence());
        self.tell(severity, text).await;
    }

    /// Loads messages; returns what was left out, as a sentence.
    async fn read(
        &self,
        connection: &Connection,
        request: HistoryRequest,
        count: &mut Count,
    ) -> Result<Option<String>, StreamError> {
        let limits = &connection.limits;
        let most = limits.history_messages.min(limits.store_messages as u64 / SHARE);
        let wanted = request.most.unwrap_or(u64::MAX);
        let stream = request.stream.clone();
        let request = HistoryRequest {
            most: Some(wanted.min(most)),
            ..request
        };
        let mut history = History::open(connection, &request).await?;
        let key = key(&stream, history.created());
        self.held().forget(self.store.range().start);
        let mut bytes = 0;
        loop {
            let page = history.page().await?;
            let Some(last) = page.last().map(|last| last.sequence) else {
                return Ok(history.cut().map(str::to_owned));
            };
            bytes += page.iter().map(StreamMessage::size).sum::<u64>();
            let before = count.read();
            self.put(&key, page, count);
            if count.read() / PROGRESS > before / PROGRESS {
                let read = grouped(count.read());
                let text = format!("{stream}: {read} messages read so far, up to #{last}.");
                self.tell(Severity::Note, text).await;
            }
            let full = bytes > limits.store_bytes as u64 / SHARE;
            if last < history.end() && (full || (count.read() >= most && wanted > most)) {
                return Ok(Some(format!(
                    "This is the most that can be loaded at once; continue from #{}",
                    last + 1
                )));
            }
        }
    }

    /// Follows until that fails.
    async fn follow(&self, connection: &Connection, request: &HistoryRequest) -> StreamError {
        let mut follow = match Follow::open(connection, request).await {
            Ok(follow) => follow,
            Err(error) => return error,
        };
        let (severity, caution) = match follow.caution() {
            Some(caution) => (Severity::Warning, format!(" {caution}")),
            None => (Severity::Note, String::new()),
        };
        let text = format!("Following {}.{caution}", request.stream);
        self.tell(severity, text).await;
        self.held().forget(self.store.range().start);
        loop {
            match follow.batch().await {
                Ok(batch) => {
                    let key = key(&request.stream, follow.history.created());
                    self.put(&key, batch, &mut Count::default());
                }
                Err(error) => return error,
            }
        }
    }

    /// Stores messages that are not stored yet.
    fn put(&self, key: &str, mut page: Vec<StreamMessage>, count: &mut Count) {
        let mut held = self.held();
        let range = self.store.range();
        let came = page.len() as u64;
        page.retain(|message| !held.has(key, message.sequence, range.start));
        count.stored += page.len() as u64;
        count.repeated += came - page.len() as u64;
        let sequences = page.iter().map(|message| message.sequence);
        for sequence in sequences.clone() {
            let (first, last) = count.range.unwrap_or((sequence, sequence));
            count.range = Some((first.min(sequence), last.max(sequence)));
        }
        self.store.append(page.iter().map(StreamMessage::incoming));
        held.add(key, sequences, range.end);
        self.wake.stored();
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        // A half-recorded page at worst repeats messages.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn tell(&self, severity: Severity, text: String) {
        self.events.send(Event::Notice(severity, text)).await.ok();
    }
}

/// The result of one load.
#[derive(Debug, Default)]
struct Count {
    stored: u64,
    repeated: u64,
    range: Option<(u64, u64)>,
}

impl Count {
    fn read(&self) -> u64 {
        self.stored + self.repeated
    }

    fn sentence(&self) -> String {
        let (stored, repeated) = (counted(self.stored, "message"), counted(self.repeated, "message"));
        match (self.range, self.repeated) {
            (None, 0) => "no such messages.".into(),
            (None, _) => format!("nothing new; {repeated} already loaded."),
            (Some((first, last)), 0) => format!("{stored} loaded, #{first} to #{last}."),
            (Some((first, last)), _) => {
                format!("{stored} loaded, #{first} to #{last}; {repeated} already loaded.")
            }
        }
    }
}

/// A recreated stream counts from 1 again and is a different one.
fn key(stream: &str, created: &str) -> String {
    format!("{stream} {created}")
}
