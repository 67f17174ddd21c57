//! The session's stream task: lists streams, loads their history into the store, follows them. It has its own
//! connection, opened on first use, because the session counts every message its own client receives.

use super::events::{Event, StreamCommand};
use super::loaded_ranges::Held;
use super::side_task::{Order, SideTask};
use super::wakers::StoreNotifier;
use crate::clock;
use crate::connect::{ConnectError, ConnectOptions};
use crate::connection::{Connection, TrafficMark};
use crate::store::Store;
use crate::streams::{
    Follow, History, HistoryRequest, Start, StreamError, StreamMessage, StreamsView, list_streams,
};
use crate::wording::{counted, grouped};
use natsbridge_wire::Severity;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

/// Time after which a loading says how far it is, and again after each such time.
const PROGRESS: Duration = Duration::from_secs(1);
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
    /// When they are listed again, because that failed.
    list_at: Option<Instant>,
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
        list_at: None,
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
                () = until(self.list_at) => self.list().await,
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
                        let error = Box::pin(shelf.follow(&connection, &request)).await;
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
        self.list_at = None;
        self.show().await;
    }

    async fn list(&mut self) {
        let listed = match self.connection().await {
            Ok(connection) => list_streams(&connection)
                .await
                .map_err(|error| (error.wants_a_leader(), error.to_string())),
            Err(error) => Err((!error.is_final(), error.to_string())),
        };
        let limits = &self.options.limits;
        let (passes, streams, trouble) = match listed {
            Ok((streams, total)) => {
                let (listed, cut) = (streams.len(), streams.len() < total);
                let trouble = cut.then(|| format!("only {listed} of {total} streams are listed"));
                // A cluster leaves out those that have no leader.
                (listed < total.min(limits.streams), streams, trouble)
            }
            Err((passes, trouble)) => (passes, vec![], Some(trouble)),
        };
        // Nobody else would notice that it can be done now.
        self.list_at = passes.then(|| Instant::from_std(clock::instant()) + limits.rebuild_pause);
        (self.view.streams, self.view.trouble) = (streams, trouble);
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
        let (stream, subject) = (request.stream.clone(), request.subject.clone());
        let request = HistoryRequest {
            most: Some(wanted.min(most)),
            ..request
        };
        let mut history = History::open(connection, &request).await?;
        let key = key(&stream, history.created());
        self.held().forget(self.store.range().start);
        let (mut bytes, mut at, mut told) = (0, 0, clock::instant());
        loop {
            let page = history.page().await?;
            let Some(last) = page.last().map(|last| last.sequence) else {
                if at >= history.end() || count.read() < wanted.min(most) {
                    self.held().reached(&key, history.end(), subject);
                }
                return Ok(history.cut().map(str::to_owned));
            };
            bytes += page.iter().map(StreamMessage::size).sum::<u64>();
            self.put(&key, page, count);
            at = last;
            if told.elapsed() >= PROGRESS {
                told = clock::instant();
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
        let (mut follow, from) = match self.going_on(connection, request).await {
            Ok(begun) => begun,
            Err(error) => return error,
        };
        let (severity, caution) = match follow.caution() {
            Some(caution) => (Severity::Warning, format!(" {caution}")),
            None => (Severity::Note, String::new()),
        };
        let from = from.map_or_else(String::new, |from| format!(" from #{from} on"));
        let text = format!("Following {}{from}.{caution}", request.stream);
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

    /// Begins to follow; whoever wants only what is new gets what came since the stream was loaded to its end, too. The
    /// number of its first message in that case.
    async fn going_on(
        &self,
        connection: &Connection,
        request: &HistoryRequest,
    ) -> Result<(Follow, Option<u64>), StreamError> {
        let follow = Follow::open(connection, request).await?;
        let key = key(&request.stream, follow.history.created());
        let loaded = self.held().end(&key, request.subject.as_ref());
        match loaded.map(|last| last + 1) {
            Some(from) if request.start == Start::Newest(0) && from <= follow.history.end() => {
                let request = HistoryRequest {
                    start: Start::Sequence(from),
                    ..request.clone()
                };
                Ok((Follow::open(connection, &request).await?, Some(from)))
            }
            _ => Ok((follow, None)),
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

/// Waits until then; for ever without a time.
async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
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
