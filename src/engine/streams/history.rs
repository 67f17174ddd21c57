//! A part of a stream, message by message up to its end when reading began. Nothing is consumed: a long part of a stream
//! whose consumers remove nothing is read through a consumer of our own, everything else by number.

use super::api::{Api, patiently};
use super::error::StreamError;
use super::info::{StreamDetails, describe};
use super::pull::Pull;
use super::request::{HistoryRequest, Start};
use super::source::{Batch, Source, Way};
use super::start::{first_number, last_on};
use super::stream_message::StreamMessage;
use crate::connection::{Connection, ConnectionError};
use crate::message::StoredMessage;
use crate::subjects::check_pattern;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use std::collections::VecDeque;

/// A part is long if it has more messages than so many requests bring.
const LONG: u64 = 2;
/// Last messages asked for at once where they have to be asked for one by one.
const AT_ONCE: usize = 32;

/// A part of a stream being read.
#[derive(Debug)]
pub struct History {
    pub(super) source: Source,
    pub(super) described: StreamDetails,
    plan: Plan,
    pull: Option<Pull>,
    /// Whether the rest is read by number.
    by_number: bool,
    left: u64,
    ready: VecDeque<StreamMessage>,
    number: u64,
    cut: Option<String>,
}

/// What comes next.
#[derive(Debug)]
enum Plan {
    /// Messages from that number on.
    From(u64),
    /// Last messages of their subjects from that number on.
    LastFrom(u64),
    /// Last messages of these subjects.
    LastOf(VecDeque<String>),
    Done,
}

impl History {
    /// Begins to read a part of a stream. A work queue keeps all of its messages, and no consumer stays behind.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use natsbridge_engine::{ConnectOptions, Connection, History, HistoryRequest, Start};
    /// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
    /// let request = HistoryRequest {
    ///     stream: "ORDERS".into(),
    ///     start: Start::Newest(100),
    ///     ..Default::default()
    /// };
    /// let mut history = History::open(&connection, &request).await?;
    /// while let Some(message) = history.next().await? {
    ///     println!("{} {} bytes", message.subject, message.payload.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn open(connection: &Connection, request: &HistoryRequest) -> Result<Self, StreamError> {
        let filter = request.subject.as_deref().filter(|subject| *subject != ">");
        if let Some(filter) = filter {
            check_pattern(filter).map_err(ConnectionError::from)?;
        }
        let api = Api::over(connection);
        patiently!(api, Box::pin(Self::begin(&api, request, filter)).await)
    }

    async fn begin(api: &Api, request: &HistoryRequest, filter: Option<&str>) -> Result<Self, StreamError> {
        let described = describe(api, &request.stream, None).await?;
        let source = Source::new(api, &request.stream, &described, filter);
        let mut cut = None;
        let plan = match &request.start {
            _ if described.state.messages == 0 => Plan::Done,
            Start::LastPerSubject if source.way == Way::Batches => Plan::LastFrom(described.state.first_seq),
            Start::LastPerSubject => last_of(&source, &mut cut).await?,
            start => Plan::From(first_number(&source, start, &described.state).await?),
        };
        Ok(Self {
            source,
            by_number: described.consuming(),
            described,
            plan,
            pull: None,
            left: request.most.unwrap_or(u64::MAX),
            ready: VecDeque::new(),
            number: 0,
            cut,
        })
    }

    /// The next message, numbered from 1; `None` at the end. Its headers tell its stream, number and time
    /// (`Nats-Stream`, `Nats-Sequence`, `Nats-Time-Stamp`).
    pub async fn next(&mut self) -> Result<Option<StoredMessage>, StreamError> {
        if self.ready.is_empty() {
            self.ready = self.page().await?.into();
        }
        self.number += 1;
        Ok(self
            .ready
            .pop_front()
            .map(|message| message.into_message(self.number)))
    }

    /// What was left out, as a sentence.
    pub fn cut(&self) -> Option<&str> {
        self.cut.as_deref()
    }

    /// When the stream was made: tells it from another one of its name.
    pub(crate) fn created(&self) -> &str {
        &self.described.created
    }

    /// The last number it reads.
    pub(crate) fn end(&self) -> u64 {
        self.described.state.last_seq
    }

    /// The number it goes on at, where everything from there on is read.
    pub(super) fn from(&self) -> Option<u64> {
        match self.plan {
            Plan::From(from) => Some(from),
            _ => None,
        }
    }

    /// The next messages; empty at the end. Nothing is lost if the future is dropped.
    pub(crate) async fn page(&mut self) -> Result<Vec<StreamMessage>, StreamError> {
        let api = self.source.api.clone();
        patiently!(api, self.next_page().await)
    }

    async fn next_page(&mut self) -> Result<Vec<StreamMessage>, StreamError> {
        let end = self.end();
        let mut page = Vec::new();
        while page.is_empty() && self.left > 0 {
            page = match &mut self.plan {
                Plan::Done => break,
                Plan::From(from) => {
                    let from = *from;
                    let page = self.read_on(from).await?;
                    self.plan = page
                        .last()
                        .map_or(Plan::Done, |last| Plan::From(last.sequence + 1));
                    page
                }
                Plan::LastFrom(from) => {
                    let limits = &self.source.api.connection.limits;
                    let request = json!({
                        "multi_last": [self.source.filter.as_deref().unwrap_or(">")],
                        "seq": *from, "up_to_seq": end,
                        "batch": limits.history_batch, "max_bytes": limits.history_batch_bytes,
                    });
                    let batch = match self.source.batch(&request).await {
                        // One of them may break the client; reading one by one survives that.
                        Err(error) if error.passes() => Batch {
                            too_many: true,
                            ..Batch::default()
                        },
                        batch => batch?,
                    };
                    match batch.messages.last() {
                        Some(last) => *from = last.sequence + 1,
                        None if batch.too_many => self.plan = last_of(&self.source, &mut self.cut).await?,
                        None => self.plan = Plan::Done,
                    }
                    batch.messages
                }
                Plan::LastOf(subjects) if subjects.is_empty() => break,
                Plan::LastOf(subjects) => {
                    let some: Vec<String> = subjects.iter().take(AT_ONCE).cloned().collect();
                    let (asked, source, state) = (some.len(), &self.source, &self.described.state);
                    let last = stream::iter(some).map(async |subject| last_on(source, subject, state).await);
                    let last: Vec<_> = last.buffered(AT_ONCE).try_collect().await?;
                    subjects.drain(..asked);
                    last.into_iter().flatten().collect()
                }
            };
        }
        page.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= page.len() as u64;
        if self.left == 0 {
            self.pull = None;
        }
        Ok(page)
    }

    /// The messages from number `from` on; none at the end.
    async fn read_on(&mut self, from: u64) -> Result<Vec<StreamMessage>, StreamError> {
        let end = self.end();
        let most = self.left.min((end + 1).saturating_sub(from));
        let long = most > LONG * self.source.api.connection.limits.history_batch as u64;
        if long && !self.by_number {
            let source = &self.source;
            self.pull.get_or_insert_with(|| Pull::start(source, from));
        }
        if let Some(pull) = &mut self.pull {
            let pulled = pull.next().await.unwrap_or_default();
            let mut page = pulled.messages;
            let over = page.last().is_none_or(|last| last.sequence >= end);
            if over || pulled.all {
                // What is left, if there is anything: not all can come this way.
                self.pull = None;
                self.by_number = true;
            }
            page.retain(|message| (from..=end).contains(&message.sequence));
            if !page.is_empty() {
                return Ok(page);
            }
        }
        self.source.page(from, end).await
    }
}

/// The subjects one by one, where the broker cannot give their last messages together. They come sorted by subject.
async fn last_of(source: &Source, cut: &mut Option<String>) -> Result<Plan, StreamError> {
    let filter = source.filter.as_deref().unwrap_or(">");
    let described = describe(&source.api, &source.stream, Some(filter)).await?;
    let subjects = described.state.subjects.unwrap_or_default();
    let (all, most) = (subjects.len(), source.api.connection.limits.history_subjects);
    if all > most {
        *cut = Some(format!(
            "{} has more than {most} subjects: only the last messages of the first {most} are read; name \
             a subject to select fewer",
            source.stream
        ));
    }
    Ok(Plan::LastOf(subjects.into_keys().take(most).collect()))
}
