//! Follows a stream from any point on: first its stored messages, then new ones. The former are read without a
//! consumer; the latter through an ordered consumer or, if reading would consume, by polling.

use super::error::StreamError;
use super::history::History;
use super::info::describe;
use super::request::HistoryRequest;
use super::stream_message::StreamMessage;
use crate::connection::Connection;
use crate::message::StoredMessage;
use crate::wording::Cause;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use futures_util::StreamExt;
use futures_util::stream::ReadyChunks;
use std::collections::VecDeque;
use tokio::time::{sleep, timeout};

/// Messages handed on together.
const TOGETHER: usize = 256;
/// Failed polls in a row before giving up, although the broker answers.
const FAILURES: u32 = 40;

/// A stream being followed.
pub struct Follow {
    pub(crate) history: History,
    reading_history: bool,
    /// The next number of the live part.
    next: u64,
    consumer: Option<ReadyChunks<Ordered>>,
    /// Whether the stream may have messages that the consumer did not deliver.
    doubtful: bool,
    failures: u32,
    ready: VecDeque<StreamMessage>,
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
    ///     let message = follow.next().await?;
    ///     println!("{} {} bytes", message.subject, message.payload.len());
    /// }
    /// # }
    /// ```
    pub async fn open(connection: &Connection, request: &HistoryRequest) -> Result<Self, StreamError> {
        let history = History::open(connection, request).await?;
        Ok(Self {
            next: history.end() + 1,
            history,
            reading_history: true,
            consumer: None,
            doubtful: false,
            failures: 0,
            ready: VecDeque::new(),
            number: 0,
        })
    }

    /// The next message, numbered from 1; it waits until there is one. An error ends it.
    pub async fn next(&mut self) -> Result<StoredMessage, StreamError> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                self.number += 1;
                return Ok(message.into_message(self.number));
            }
            self.ready = self.batch().await?.into();
        }
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
            let came = if self.history.described.consuming() {
                self.look().await
            } else {
                self.hear().await
            };
            match came {
                Ok(batch) if batch.is_empty() => {}
                Ok(batch) => {
                    self.failures = 0;
                    return Ok(batch);
                }
                Err(error) => self.bear(error).await?,
            }
        }
    }

    /// Messages from the consumer; nothing after a while without any. Then, and whenever something seems wrong, the
    /// stream itself is asked: a consumer may be gone, or stuck at a message that breaks the client.
    async fn hear(&mut self) -> Result<Vec<StreamMessage>, StreamError> {
        if self.doubtful {
            let missed = self.missed().await.inspect_err(|_| self.consumer = None)?;
            if !missed.is_empty() {
                self.consumer = None;
                return Ok(missed);
            }
        }
        let mut consumer = match self.consumer.take() {
            Some(consumer) => consumer,
            None => self.consume().await?,
        };
        let pause = self.history.source.api.connection.limits.probe_interval;
        let came = timeout(pause, consumer.next()).await;
        self.doubtful = came.is_err();
        let mut batch = Vec::new();
        for message in came.unwrap_or(Some(vec![])).unwrap_or_default() {
            let Some(captured) = message.ok().and_then(StreamMessage::from_consumer) else {
                self.doubtful = true;
                return Ok(batch);
            };
            // A consumer that is made anew before it gave anything begins at the stream's first message.
            if captured.sequence >= self.next {
                self.next = captured.sequence + 1;
                batch.push(captured);
            }
        }
        self.consumer = Some(consumer);
        Ok(batch)
    }

    async fn consume(&mut self) -> Result<ReadyChunks<Ordered>, StreamError> {
        let source = &self.history.source;
        let context = source.api.connection.jetstream();
        let config = OrderedConfig {
            name: Some(source.api.connection.own.consumer()),
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: self.next,
            },
            filter_subject: source.filter.clone().unwrap_or_default(),
            max_batch: TOGETHER as i64,
            ..OrderedConfig::default()
        };
        source.api.connection.up()?;
        let failed = |why: Cause| {
            source
                .api
                .failed(&format!("a consumer of {}", source.stream), why)
        };
        let opening = async {
            let consumer = context
                .create_consumer_on_stream(config, &source.stream)
                .await
                .map_err(|error| failed(Cause::root(error)))?;
            consumer
                .messages()
                .await
                .map_err(|error| failed(Cause::root(error)))
        };
        let messages = timeout(source.api.patience(), opening)
            .await
            .unwrap_or_else(|_| Err(failed(Cause::of("no answer in time"))))?;
        Ok(messages.ready_chunks(TOGETHER))
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
        self.failures = 0;
        if described.created != self.history.described.created {
            self.next = described.state.first_seq;
            self.consumer = None;
        }
        let page = source.page(self.next, described.state.last_seq).await?;
        if let Some(last) = page.last() {
            self.next = last.sequence + 1;
        }
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
        if connection.up().is_ok() {
            self.failures += 1;
        }
        if self.failures > FAILURES {
            return Err(error);
        }
        sleep(limits.stream_pause).await;
        Ok(())
    }
}
