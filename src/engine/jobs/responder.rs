//! Answers requests on a subject: each gets its answer where it asks for it, many at once, without loops.

use super::answerer::{Answerer, Given};
use super::asked_request::{Asked, Unanswerable};
use super::error::JobError;
use super::job::UnansweredCounts;
use super::lazy_bridge::over;
use crate::bridge::Bridge;
use crate::clock;
use crate::connection::{Connection, ConnectionError, Messages, Outgoing};
use crate::message::StoredMessage;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use natsbridge_wire::{Envelope, Limits};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How requests are answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RespondOptions {
    /// Subject or pattern.
    pub subject: String,
    /// Queue group: one responder of the group gets each request.
    pub group: Option<String>,
    /// Time from request to answer.
    pub delay: Duration,
    /// Answers after which it ends.
    pub count: Option<u64>,
    /// Who an echo says that it is from.
    pub sender_name: String,
}

impl Default for RespondOptions {
    fn default() -> Self {
        Self {
            subject: String::new(),
            group: None,
            delay: Duration::ZERO,
            count: None,
            sender_name: "NATSBridge".into(),
        }
    }
}

/// A request and what became of its answer.
#[derive(Debug)]
pub struct Answered {
    /// The request.
    pub request: StoredMessage,
    /// What it asked for.
    pub asked: Asked,
    /// The answer's message id; empty if it is no envelope.
    pub msg_id: String,
    /// The answer's purpose; empty if it is no envelope.
    pub purpose: String,
    /// The answer's encoded bytes.
    pub bytes: u64,
    /// Whether the broker answered after it, at all places.
    pub flushed: bool,
    /// Why it did not go out.
    pub error: Option<JobError>,
}

/// Answers requests as long as the next one is awaited. Dropping it stops answering; unsent answers are dropped.
pub struct Responding {
    core: Arc<Core>,
    /// Where requests come from, if they are not offered.
    messages: Option<Messages>,
    /// Those that came while as many were answered as may be.
    waiting: VecDeque<StoredMessage>,
    pending: FuturesUnordered<BoxFuture<'static, Answered>>,
    left: Option<u64>,
    ended: bool,
    number: u64,
    second: (Instant, u32),
    skipped: UnansweredCounts,
    /// Messages that the connection had dropped before.
    dropped_before: u64,
}

struct Core {
    bridge: Bridge,
    answerer: Arc<dyn Answerer>,
    options: RespondOptions,
    limits: Limits,
}

/// An answer that is ready to go out.
struct Ready {
    msg_id: String,
    purpose: String,
    headers: Vec<(String, String)>,
    bytes: Bytes,
}

impl Responding {
    /// Starts to listen; requests are answered while [`Responding::next`] is waited for.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use natsbridge_engine::{
    ///     Answer, ConnectOptions, Connection, FixedAnswerer, RespondOptions, Responding, SendOptions,
    /// };
    /// use natsbridge_wire::Limits;
    /// use std::sync::Arc;
    /// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
    /// let echo = FixedAnswerer::new(Answer::Echo, SendOptions::default(), Limits::default());
    /// let options = RespondOptions { subject: "/chat/echo".into(), ..RespondOptions::default() };
    /// let mut responding = Responding::start(&connection, options, Arc::new(echo)).await?;
    /// while let Some(answered) = responding.next().await {
    ///     println!("answered {} at {:?}", answered.asked.msg_id, answered.asked.places);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// If the subject is none, the broker does not permit it, or there is no connection.
    pub async fn start(
        connection: &Connection,
        options: RespondOptions,
        answerer: Arc<dyn Answerer>,
    ) -> Result<Self, ConnectionError> {
        let messages = connection
            .subscribe_among(&[&options.subject], options.group.as_deref())
            .await?;
        Ok(Self {
            messages: Some(messages),
            ..Self::offered(connection, options, answerer)
        })
    }

    /// Listens to nothing itself: it answers what is [offered](Responding::offer).
    pub fn offered(connection: &Connection, options: RespondOptions, answerer: Arc<dyn Answerer>) -> Self {
        Self {
            messages: None,
            waiting: VecDeque::new(),
            pending: FuturesUnordered::new(),
            left: options.count,
            ended: false,
            number: 0,
            second: (Instant::from_std(clock::instant()), 0),
            skipped: UnansweredCounts::default(),
            dropped_before: connection.dropped(),
            core: Arc::new(Core {
                bridge: Bridge::over(connection.clone()),
                answerer,
                limits: connection.limits.clone(),
                options,
            }),
        }
    }

    /// The next request that was answered, or could not be; `None` once the requested number was answered, or the
    /// connection is gone for good. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Option<Answered> {
        loop {
            while self.takes()
                && self.has_room()
                && let Some(message) = self.waiting.pop_front()
            {
                self.offer(message);
            }
            let takes = self.takes();
            if !takes && self.pending.is_empty() {
                return None;
            }
            tokio::select! {
                Some(answered) = self.pending.next() => {
                    if answered.error.is_some() {
                        self.left = self.left.map(|left| left + 1);
                    }
                    return Some(answered);
                }
                // Also while there is no room: the client drops what is not taken, and counts that badly.
                message = next_of(&mut self.messages), if takes => match message {
                    Some(message) if self.waiting.len() < self.core.limits.answers_per_second as usize => {
                        self.waiting.push_back(message);
                    }
                    Some(_) => self.skipped.dropped += 1,
                    None => self.finish(),
                },
            }
        }
    }

    /// Whether it still takes requests.
    fn takes(&self) -> bool {
        !self.ended && self.left != Some(0)
    }

    /// Takes no further requests; [`Responding::next`] gives those that are being answered and then ends.
    pub fn finish(&mut self) {
        self.ended = true;
        self.skipped.dropped += self.waiting.drain(..).len() as u64;
    }

    /// Requests that are being answered now.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Answers left until it ends, where they are counted.
    pub fn left(&self) -> Option<u64> {
        self.left
    }

    /// Messages that got no answer, by reason.
    pub fn skipped(&self) -> UnansweredCounts {
        let dropped = self.core.bridge.connection().dropped();
        UnansweredCounts {
            dropped: self.skipped.dropped + dropped.saturating_sub(self.dropped_before),
            ..self.skipped
        }
    }

    /// Whether another request would be answered at once.
    pub fn has_room(&self) -> bool {
        self.pending.len() < self.core.limits.answers_at_once
    }

    /// Answers this request while [`Responding::next`] is waited for; what is none is counted.
    pub fn offer(&mut self, message: StoredMessage) {
        let Core {
            options,
            bridge,
            limits,
            ..
        } = &*self.core;
        let asked = match Asked::of(&message, &options.subject, bridge.sender_id(), limits) {
            Ok(asked) => asked,
            Err(why) => {
                *match why {
                    Unanswerable::Own => &mut self.skipped.own,
                    Unanswerable::Nowhere => &mut self.skipped.nowhere,
                    Unanswerable::Brokers => &mut self.skipped.brokers,
                } += 1;
                return;
            }
        };
        if self.second.0.elapsed() >= Duration::from_secs(1) {
            self.second = (Instant::from_std(clock::instant()), 0);
        }
        if self.second.1 >= limits.answers_per_second {
            self.skipped.too_many += 1;
            return;
        }
        self.second.1 += 1;
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.number += 1;
        let (core, number) = (self.core.clone(), self.number);
        self.pending.push(Box::pin(core.serve(message, asked, number)));
    }
}

async fn next_of(messages: &mut Option<Messages>) -> Option<StoredMessage> {
    match messages {
        Some(messages) => messages.next().await,
        None => std::future::pending().await,
    }
}

impl Core {
    async fn serve(self: Arc<Self>, request: StoredMessage, asked: Asked, number: u64) -> Answered {
        sleep(self.options.delay).await;
        let mut answered = Answered {
            request,
            asked,
            msg_id: String::new(),
            purpose: String::new(),
            bytes: 0,
            flushed: false,
            error: None,
        };
        match self.ready(&answered, number).await {
            Ok(ready) => self.deliver(ready, &mut answered).await,
            Err(error) => answered.error = Some(error),
        }
        answered
    }

    async fn ready(&self, answered: &Answered, number: u64) -> Result<Ready, JobError> {
        let Answered { request, asked, .. } = answered;
        match self
            .answerer
            .answer(request, asked, number)
            .await
            .map_err(JobError::NoAnswer)?
        {
            Given::Echo => Ok(self.echo(request, asked)),
            Given::Payloads {
                data,
                options,
                dialect,
            } => {
                let options = asked.answer(over(&options, self.bridge.connection()), dialect);
                let place = asked.places.first().map_or("", String::as_str);
                let sent = self.bridge.prepare(place, &data, &options).await?;
                Ok(Ready {
                    msg_id: sent.envelope.msg_id.into_owned(),
                    purpose: sent.envelope.msg_purpose.into_owned(),
                    headers: sent.headers,
                    bytes: sent.bytes,
                })
            }
        }
    }

    fn echo(&self, request: &StoredMessage, asked: &Asked) -> Ready {
        let msg_id = clock::random_uuid().to_string();
        let timestamp = clock::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let own = Envelope {
            msg_id: msg_id.as_str().into(),
            timestamp: timestamp.to_string().into(),
            sender_name: self.options.sender_name.as_str().into(),
            sender_id: self.bridge.sender_id().into(),
            ..Envelope::default()
        };
        let (bytes, purpose) = asked.echo(request, own, &self.limits);
        Ready {
            bytes,
            purpose,
            headers: vec![],
            msg_id: asked.dialect.map_or_else(String::new, |_| msg_id),
        }
    }

    /// The same answer to every place that the request names.
    async fn deliver(&self, ready: Ready, answered: &mut Answered) {
        answered.flushed = true;
        for place in &answered.asked.places {
            let message = Outgoing {
                subject: place,
                reply: None,
                headers: &ready.headers,
                payload: &ready.bytes,
            };
            match self.bridge.connection().deliver(message).await {
                Ok(flushed) => answered.flushed &= flushed,
                Err(source) => {
                    answered.flushed = false;
                    let place = place.clone();
                    answered.error = Some(JobError::NotDelivered { place, source });
                }
            }
        }
        answered.bytes = ready.bytes.len() as u64;
        answered.msg_id = ready.msg_id;
        answered.purpose = ready.purpose;
    }
}
