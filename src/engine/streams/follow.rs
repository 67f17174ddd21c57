//! Follows a stream from any point on: first its stored messages, then new ones, through a consumer of our own. If reading
//! would consume, or no consumer is permitted, messages are read by number, and new ones looked for now and then.

use super::error::StreamError;
use super::history::History;
use super::info::describe;
use super::pull::Pull;
use super::request::HistoryRequest;
use super::stream_message::StreamMessage;
use crate::clock;
use crate::connection::{Connection, ConnectionError};
use crate::message::StoredMessage;
use std::collections::VecDeque;
use std::time::Instant;
use tokio::time::sleep;

/// A stream being followed.
pub struct Follow {
    pub(crate) history: History,
    reading_history: bool,
    /// The next number of the live part.
    next: u64,
    pull: Option<Pull>,
    /// Whether it is read by number only.
    polls: bool,
    /// Whether the stream may have messages that do not come through the consumer.
    doubtful: bool,
    /// Since when nothing can be read although there is a connection.
    failing: Option<Instant>,
    ready: VecDeque<StoredMessage>,
    number: u64,
}

impl Follow {
    /// Follows a stream from any point on. It survives restarts of the broker without loss or repetition. A stream
    /// whose consumers remove messages is only polled, four times a second; see [`Follow::caution`].
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use natsbridge_engine::{ConnectOptions, Connection, Follow, HistoryRequest};
    /// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
    /// let request = HistoryRequest { stream: "ORDERS".into(), ..Default::default() };
    /// let mut follow = Follow::open(&connection, &request).await?;
    /// loop {
    ///     for message in follow.next_batch().await? {
    ///         println!("{} {} bytes", message.subject, message.payload.len());
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn open(connection: &Connection, request: &HistoryRequest) -> Result<Self, StreamError> {
        let history = History::open(connection, request).await?;
        let polls = history.described.consuming();
        let first = history.from().filter(|_| !polls);
        Ok(Self {
            reading_history: first.is_none(),
            next: first.unwrap_or(history.end() + 1),
            history,
            pull: None,
            polls,
            doubtful: false,
            failing: None,
            ready: VecDeque::new(),
            number: 0,
        })
    }

    /// The next messages: all that are here, at least one, at most some thousand or some MiB; it waits until there is
    /// one. They are numbered from 1. Nothing is lost if the future is dropped. An error ends it.
    pub async fn next_batch(&mut self) -> Result<Vec<StoredMessage>, StreamError> {
        if self.ready.is_empty() {
            self.fetch().await?;
        }
        Ok(std::mem::take(&mut self.ready).into())
    }

    /// The next message alone; see [`Follow::next_batch`].
    pub async fn next(&mut self) -> Result<StoredMessage, StreamError> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(message);
            }
            self.fetch().await?;
        }
    }

    async fn fetch(&mut self) -> Result<(), StreamError> {
        let batch = self.batch().await?;
        let numbers = self.number + 1..;
        self.number += batch.len() as u64;
        let numbered = batch.into_iter().zip(numbers);
        self.ready = numbered
            .map(|(message, number)| message.into_message(number))
            .collect();
        Ok(())
    }

    /// What readers must know about it, as a sentence.
    pub fn caution(&self) -> Option<String> {
        let stream = &self.history.source.stream;
        let consuming = self.history.described.consuming().then(|| {
            format!(
                "Reading {stream} through a consumer would take messages from its other consumers, so it \
                 is only polled: messages consumed within a quarter of a second are not seen."
            )
        });
        match (consuming, self.history.cut()) {
            (Some(text), Some(cut)) => Some(format!("{text} {cut}.")),
            (None, Some(cut)) => Some(format!("{cut}.")),
            (consuming, None) => consuming,
        }
    }

    /// The next messages, at least one.
    pub(crate) async fn batch(&mut self) -> Result<Vec<StreamMessage>, StreamError> {
        while self.reading_history {
            let end = self.history.end();
            let mut page = self.history.page().await?;
            self.reading_history = !page.is_empty();
            // Newer ones will be delivered again.
            page.retain(|message| message.sequence <= end);
            if !page.is_empty() {
                return Ok(page);
            }
        }
        loop {
            let came = if self.polls {
                self.look().await
            } else {
                self.hear().await
            };
            match came {
                Ok(batch) if batch.is_empty() => {}
                Ok(batch) => {
                    self.failing = None;
                    return Ok(batch);
                }
                Err(error) => self.bear(error).await?,
            }
        }
    }

    /// Messages from the consumer, perhaps none. Whenever it ends, the stream itself is asked: it may be another one by now,
    /// or have a message that no consumer can give us.
    async fn hear(&mut self) -> Result<Vec<StreamMessage>, StreamError> {
        if self.doubtful {
            let missed = self.missed().await?;
            self.doubtful = false;
            if !missed.is_empty() {
                return Ok(missed);
            }
        }
        let (source, next) = (&self.history.source, self.next);
        let pull = self.pull.get_or_insert_with(|| Pull::start(source, next));
        match pull.next().await {
            Ok(mut pulled) => {
                pulled.messages.retain(|message| message.sequence >= next);
                if let Some(last) = pulled.messages.last() {
                    self.next = last.sequence + 1;
                }
                Ok(pulled.messages)
            }
            Err(error) => {
                self.pull = None;
                self.doubtful = true;
                if matches!(
                    error,
                    StreamError::Connection(ConnectionError::NotPermitted { .. })
                ) {
                    self.polls = true;
                    return Ok(vec![]);
                }
                Err(error)
            }
        }
    }

    /// What is there now; nothing after a short pause.
    async fn look(&mut self) -> Result<Vec<StreamMessage>, StreamError> {
        let page = self.missed().await?;
        if page.is_empty() {
            sleep(self.history.source.api.connection.limits.stream_pause).await;
        }
        Ok(page)
    }

    /// What the stream holds from the next number on; from its start, if it is another one by now.
    async fn missed(&mut self) -> Result<Vec<StreamMessage>, StreamError> {
        let source = &self.history.source;
        let described = describe(&source.api, &source.stream, None).await?;
        if described.created != self.history.described.created {
            self.next = described.state.first_seq;
            self.pull = None;
        }
        let page = source.page(self.next, described.state.last_seq).await?;
        if let Some(last) = page.last() {
            self.next = last.sequence + 1;
        }
        self.failing = None;
        self.history.described = described;
        Ok(page)
    }

    /// Waits a little after a failure that may pass.
    async fn bear(&mut self, error: StreamError) -> Result<(), StreamError> {
        let connection = &self.history.source.api.connection;
        let limits = &connection.limits;
        if !error.passes() || connection.is_over().await {
            return Err(error);
        }
        // While disconnected, nobody complains about the stream.
        if connection.up().is_err() {
            self.failing = None;
        } else if self.failing.get_or_insert_with(clock::instant).elapsed() > limits.leader_time {
            return Err(error);
        }
        sleep(limits.stream_pause).await;
        Ok(())
    }
}
