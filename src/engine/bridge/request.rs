//! Requests: one message out, replies back on the NATS inbox and on the envelope's subject, and exactly one of six
//! outcomes. Of the replies only whether they say no is looked at here.

use crate::clock;
use crate::connection::{Connection, ConnectionError, Heard, Messages, Outgoing};
use crate::message::{StoredMessage, failure};
use crate::streams::{PublishAck, acknowledgement};
use crate::timeline::RequestOutcome;
use async_nats::{Message, StatusCode};
use natsbridge_wire::Limits;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

/// Replies whose copies on the other subject are recognised; later ones count separately.
const MOST_SEEN: usize = 4096;
/// Replies taken before the broker's confirmation; more wait in the client's queue.
const MOST_EARLY: usize = 1024;

/// What a request waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestOptions {
    /// How long it waits in all.
    pub timeout: Duration,
    /// It is done after this many replies; 0 takes all until the timeout.
    pub replies: usize,
}

impl Default for RequestOptions {
    fn default() -> Self {
        Self {
            timeout: Limits::in_force().request_time,
            replies: 1,
        }
    }
}

/// A request on its way. Dropping it cancels it.
#[derive(Debug)]
pub struct Request {
    messages: Messages,
    inbox: String,
    deadline: Instant,
    wanted: usize,
    received: usize,
    sent_at: Instant,
    /// Received before the broker's confirmation.
    early: VecDeque<(Instant, Message)>,
    /// Time to the first reply.
    first: Option<Duration>,
    flushed: bool,
    acknowledged: Option<PublishAck>,
    /// Why the first reply that says so failed.
    failure: Option<String>,
    /// Replies that came, by hash, with the place they came to.
    seen: HashSet<(u64, bool)>,
    heard: watch::Receiver<Heard>,
    losses: u64,
    connection: Connection,
    /// Messages that had come over the connection before.
    before: u64,
    /// Messages that came until it was over; those of them that were not taken can still be.
    came: Option<u64>,
    outcome: Option<RequestOutcome>,
}

impl Request {
    /// Sends a request. Replies are taken on `message.reply` (without one: an inbox of our own) and on `reply_to`, the
    /// envelope's field, if it is not empty. A request that the broker does not permit is an error at once.
    ///
    /// ```no_run
    /// # async fn example(connection: natsbridge_engine::Connection) -> Result<(), Box<dyn std::error::Error>> {
    /// use natsbridge_engine::{Outgoing, Request, RequestOptions, RequestOutcome};
    /// let question = Outgoing { subject: "chat.time", payload: b"?", ..Outgoing::default() };
    /// let mut request = Request::send(&connection, question, "", RequestOptions::default()).await?;
    /// while let Some(reply) = request.next().await {
    ///     println!("{} bytes on {}", reply.payload.len(), reply.subject);
    /// }
    /// if request.outcome() == RequestOutcome::NoResponders {
    ///     println!("nobody listens on chat.time");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn send(
        connection: &Connection,
        message: Outgoing<'_>,
        reply_to: &str,
        options: RequestOptions,
    ) -> Result<Self, ConnectionError> {
        let inbox = message
            .reply
            .map_or_else(|| connection.new_inbox(), str::to_owned);
        let mut places = vec![inbox.as_str()];
        places.extend(Some(reply_to).filter(|place| !place.is_empty() && **place != inbox));
        let heard = connection.heard.clone();
        let losses = heard.borrow().losses;
        let mut messages = connection.subscribe(&places).await?;
        // Others may have written to the place in the envelope already.
        let early = std::iter::from_fn(|| messages.next_at_once()).take(MOST_EARLY);
        let mut early: VecDeque<_> = early.map(|message| (now(), message)).collect();
        let before = connection.came().await.saturating_sub(messages.taken());
        let deadline = now() + options.timeout;
        let reply = Some(inbox.as_str());
        connection.publish(Outgoing { reply, ..message }).await?;
        let sent_at = now();
        let mut flushing = pin!(timeout_at(deadline, connection.flush(message.subject)));
        // A reply may be faster than the confirmation of the request: its time counts from its arrival.
        let flushed = loop {
            tokio::select! {
                flushed = &mut flushing => break flushed.unwrap_or(Ok(false))?,
                Some(reply) = messages.next_raw(), if early.len() < MOST_EARLY => {
                    early.push_back((now(), reply));
                }
                else => break false,
            }
        };
        Ok(Self {
            messages,
            inbox,
            deadline,
            wanted: options.replies,
            received: 0,
            sent_at,
            early,
            first: None,
            flushed,
            acknowledged: None,
            failure: None,
            seen: HashSet::new(),
            heard,
            losses,
            connection: connection.clone(),
            before,
            came: None,
            outcome: None,
        })
    }

    /// The next reply; `None` once it has ended, and [`Request::outcome`] says how. What came before the time was up is
    /// still given, even if it is taken later.
    pub async fn next(&mut self) -> Option<StoredMessage> {
        while self.outcome.is_none() {
            let came = if self.came.is_some() {
                self.at_once().ok_or_else(|| match (self.wanted, self.received) {
                    (0, 1..) => self.replied(),
                    _ => RequestOutcome::TimedOut,
                })
            } else if let Some(came) = self.wait().await {
                came
            } else {
                self.close().await;
                continue;
            };
            match came {
                Err(outcome) => {
                    if outcome == RequestOutcome::ConnectionLost {
                        self.close().await;
                    }
                    self.outcome = Some(outcome);
                }
                Ok((_, message)) if self.is_ours(&message) || self.is_acknowledgement(&message) => {}
                Ok((_, message)) if self.says_nobody(&message) => {
                    self.outcome = Some(RequestOutcome::NoResponders);
                }
                Ok((_, message)) if self.came_elsewhere(&message) => {}
                Ok((at, message)) => {
                    self.received += 1;
                    self.first.get_or_insert(at - self.sent_at);
                    let reply = self.messages.keep(&message);
                    self.failure = self.failure.take().or_else(|| failure(&reply));
                    if self.received == self.wanted {
                        self.outcome = Some(self.replied());
                    }
                    return Some(reply);
                }
            }
        }
        None
    }

    /// Waits for what comes, or for the end of the connection; `None` once the time is up.
    async fn wait(&mut self) -> Option<Result<(Instant, Message), RequestOutcome>> {
        let losses = self.losses;
        let early = self.early.pop_front();
        if early.is_some() {
            return early.map(Ok);
        }
        tokio::select! {
            biased;
            // First, so that a flood of replies cannot keep it open.
            () = sleep_until(self.deadline) => None,
            message = self.messages.next_raw() => Some(
                message
                    .map(|message| (now(), message))
                    .ok_or(RequestOutcome::ConnectionLost),
            ),
            // An error means that the client is gone altogether.
            _ = self.heard.wait_for(|heard| heard.losses != losses) => Some(Err(RequestOutcome::ConnectionLost)),
        }
    }

    /// The next of what has come already.
    fn at_once(&mut self) -> Option<(Instant, Message)> {
        let early = self.early.pop_front();
        early.or_else(|| Some((now(), self.messages.next_at_once()?)))
    }

    /// Takes nothing more from the broker, and notes how much came.
    async fn close(&mut self) {
        // A client that is gone may never take the command.
        let within = self.connection.limits.flush_time;
        timeout(within, self.messages.unsubscribe()).await.ok();
        let came = self.connection.came().await;
        self.came = Some(came.saturating_sub(self.before));
    }

    /// Waits no longer: only what has come already can still be taken.
    pub fn stop(&mut self) {
        self.deadline = now();
    }

    /// Messages that came in its time and could not be taken, because more came than the client keeps. None is missed once as
    /// many replies came as were wanted. It is exact where nothing else uses the connection meanwhile.
    pub fn missed(&self) -> u64 {
        if self.wanted > 0 && self.received >= self.wanted {
            return 0;
        }
        let came = self.came.unwrap_or_default();
        came.saturating_sub(self.messages.taken())
    }

    /// How it ended once all its replies came.
    fn replied(&self) -> RequestOutcome {
        match self.failure {
            None => RequestOutcome::Replied,
            Some(_) => RequestOutcome::Failed,
        }
    }

    /// Why the first failed reply counts as one, as a sentence.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// How it ended; if it has not, it counts as cancelled by whoever asks.
    pub fn outcome(&self) -> RequestOutcome {
        self.outcome.unwrap_or(RequestOutcome::Cancelled)
    }

    /// Replies that came so far.
    pub fn replies(&self) -> usize {
        self.received
    }

    /// Time from sending to the first reply, once one came.
    pub fn first_reply(&self) -> Option<Duration> {
        self.first
    }

    /// Whether the broker answered after the request went out, before replies were waited for.
    pub fn flushed(&self) -> bool {
        self.flushed
    }

    /// The stream that took the request, if one said so on the inbox. That is no reply.
    pub fn acknowledged(&self) -> Option<&PublishAck> {
        self.acknowledged.as_ref()
    }

    /// Whether this is the acknowledgement of a stream that captures its subject.
    fn is_acknowledgement(&mut self, message: &Message) -> bool {
        if self.acknowledged.is_some() || *message.subject != *self.inbox {
            return false;
        }
        self.acknowledged = acknowledgement(&message.payload);
        self.acknowledged.is_some()
    }

    /// Whether the same reply arrived on the other subject: NATSBridge peers answer to both.
    fn came_elsewhere(&mut self, message: &Message) -> bool {
        if message.payload.is_empty() || self.seen.len() >= MOST_SEEN {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        message.payload.hash(&mut hasher);
        let (hash, inbox) = (hasher.finish(), *message.subject == *self.inbox);
        // Forgotten once it is paired: the next with the same bytes is another reply.
        if self.seen.remove(&(hash, !inbox)) {
            return true;
        }
        self.seen.insert((hash, inbox));
        false
    }

    /// Whether this is the request itself, received because it was sent to its own reply subject.
    fn is_ours(&self, message: &Message) -> bool {
        message.reply.as_ref().is_some_and(|reply| **reply == *self.inbox)
    }

    /// Whether the broker reports no responders. Anybody can put this status on a message: it only counts without a
    /// body, on the inbox, and before any reply.
    fn says_nobody(&self, message: &Message) -> bool {
        message.status == Some(StatusCode::NO_RESPONDERS)
            && message.payload.is_empty()
            && *message.subject == *self.inbox
            && self.received == 0
    }
}

fn now() -> Instant {
    Instant::from_std(clock::instant())
}
