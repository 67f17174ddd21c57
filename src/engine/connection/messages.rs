//! The messages of a connection's subscriptions, one after the other, without duplicates.

use super::heartbeat::is_probe;
use crate::clock;
use crate::message::{Headers, StoredMessage};
use crate::subjects::subject_matches;
use async_nats::{Message, Subscriber};
use bytes::Bytes;
use futures_util::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Messages as they come; dropping it unsubscribes.
#[derive(Debug)]
pub struct Messages {
    subscribers: Vec<(String, Subscriber)>,
    seq: u64,
    last_us: i64,
}

impl Messages {
    /// Messages of these patterns.
    pub(super) fn new(subscribers: Vec<(String, Subscriber)>) -> Self {
        Self {
            subscribers,
            seq: 0,
            last_us: 0,
        }
    }

    /// The next message, numbered from 1; `None` once the connection is gone for good.
    pub async fn next(&mut self) -> Option<StoredMessage> {
        let message = self.next_raw().await?;
        Some(self.keep(&message))
    }

    /// The next message as the client has it.
    pub(crate) async fn next_raw(&mut self) -> Option<Message> {
        std::future::poll_fn(|cx| self.poll_message(cx)).await
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        let mut ended = 0;
        for index in 0..self.subscribers.len() {
            loop {
                match Pin::new(&mut self.subscribers[index].1).poll_next(cx) {
                    Poll::Ready(Some(message)) if self.is_first(index, &message) => {
                        return Poll::Ready(Some(message));
                    }
                    Poll::Ready(Some(_)) => {}
                    Poll::Ready(None) => {
                        ended += 1;
                        break;
                    }
                    Poll::Pending => break,
                }
            }
        }
        if ended == self.subscribers.len() {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    }

    /// Whether no earlier pattern delivers the same message.
    fn is_first(&self, index: usize, message: &Message) -> bool {
        let earlier = &self.subscribers[..index];
        !is_probe(message)
            && !earlier
                .iter()
                .any(|(pattern, _)| subject_matches(pattern, &message.subject))
    }

    /// Makes it ours, with the next number.
    pub(crate) fn keep(&mut self, message: &Message) -> StoredMessage {
        self.seq += 1;
        self.last_us = self.last_us.max(clock::now_us());
        StoredMessage {
            seq: self.seq,
            at_us: self.last_us,
            subject: message.subject.as_str().into(),
            reply: message.reply.as_ref().map(ToString::to_string),
            headers: Headers::of_client(message.headers.as_ref()).to_list(),
            // A slice would pin the client's read buffer.
            payload: Bytes::copy_from_slice(&message.payload),
        }
    }
}
