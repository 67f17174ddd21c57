//! The messages of a connection's subscriptions, one after the other, without duplicates.

use super::heartbeat::is_probe;
use crate::clock;
use crate::message::{ArrivalClock, Headers, StoredMessage};
use crate::subjects::subject_matches;
use async_nats::{Message, Subscriber};
use bytes::Bytes;
use futures_util::stream::{Repeat, SelectAll, Zip, repeat};
use futures_util::{FutureExt, StreamExt};
use tokio::task::unconstrained;

/// Messages as they come; dropping it unsubscribes.
#[derive(Debug)]
pub struct Messages {
    patterns: Vec<String>,
    /// Each with the index of the pattern that it came through.
    came: SelectAll<Zip<Repeat<usize>, Subscriber>>,
    seq: u64,
    /// Messages taken from the client, copies included.
    taken: u64,
    clock: ArrivalClock,
}

impl Messages {
    /// Messages of these patterns.
    pub(super) fn new(subscribers: Vec<(String, Subscriber)>) -> Self {
        let (patterns, subscribers): (Vec<_>, Vec<_>) = subscribers.into_iter().unzip();
        let numbered = subscribers.into_iter().enumerate();
        Self {
            patterns,
            came: numbered
                .map(|(index, subscriber)| repeat(index).zip(subscriber))
                .collect(),
            seq: 0,
            taken: 0,
            clock: ArrivalClock::default(),
        }
    }

    /// The next message, numbered from 1; `None` once the connection is gone for good.
    pub async fn next(&mut self) -> Option<StoredMessage> {
        let message = self.next_raw().await?;
        Some(self.keep(&message))
    }

    /// The next message as the client has it.
    pub(crate) async fn next_raw(&mut self) -> Option<Message> {
        loop {
            let (index, message) = self.came.next().await?;
            self.taken += 1;
            let mut earlier = self.patterns[..index].iter();
            // Whatever an earlier pattern matches too comes through that one as well.
            let probe = is_probe(&message.subject, message.headers.is_some(), &message.payload);
            if !probe && !earlier.any(|pattern| subject_matches(pattern, &message.subject)) {
                return Some(message);
            }
        }
    }

    /// The next message if one has come already.
    pub(crate) fn next_at_once(&mut self) -> Option<Message> {
        // Without a budget: when that is used up, what has come looks as if it had not.
        unconstrained(self.next_raw()).now_or_never().flatten()
    }

    /// Messages that were taken so far, those included that came through several patterns.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// From now on only what has come already is there to be taken.
    pub(crate) async fn unsubscribe(&mut self) {
        for numbered in &mut self.came {
            // A client that is gone brings nothing more.
            numbered.get_mut().1.unsubscribe().await.ok();
        }
    }

    /// Makes it ours, with the next number.
    pub(crate) fn keep(&mut self, message: &Message) -> StoredMessage {
        self.seq += 1;
        StoredMessage {
            seq: self.seq,
            at_us: self.clock.now(clock::reading()).0,
            subject: message.subject.as_str().into(),
            reply: message.reply.as_ref().map(ToString::to_string),
            headers: Headers::of_client(message.headers.as_ref()).to_list(),
            // A slice would pin the client's read buffer.
            payload: Bytes::copy_from_slice(&message.payload),
        }
    }
}
