//! Publishing messages, and knowing how far they got: written, read by the broker, or unknown.

use super::connection::{Connection, Outgoing, Probing};
use super::error::ConnectionError;
use super::heartbeat::probe_number;
use crate::clock;
use bytes::Bytes;
use futures_util::StreamExt;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

/// A message that was handed to the client.
#[derive(Debug)]
pub(crate) struct Handed<'a> {
    connection: &'a Connection,
    subject: &'a str,
    /// Its bytes, headers counted.
    size: usize,
    /// Connects of the client before it was handed over.
    before: u64,
    _turn: Option<SemaphorePermit<'a>>,
}

impl Connection {
    /// Hands a message over; see [`Connection::flush`] for whether it got further.
    pub async fn publish(&self, message: Outgoing<'_>) -> Result<(), ConnectionError> {
        let headers = self.checked(&message)?;
        let subject = message.subject.to_owned();
        let payload = Bytes::copy_from_slice(message.payload);
        let publishing = async {
            match message.wanted_reply().map(str::to_owned) {
                Some(reply) => {
                    self.nats
                        .publish_with_reply_and_headers(subject, reply, headers, payload)
                        .await
                }
                None if headers.is_empty() => self.nats.publish(subject, payload).await,
                None => self.nats.publish_with_headers(subject, headers, payload).await,
            }
        };
        match timeout(self.limits.flush_time, publishing).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(self.down()),
        }
    }

    /// Publishes and waits for confirmation: true if the broker has read the message, false if that is not known (no
    /// answer in time, or the connection was lost and the message may have arrived). It does not mean that anybody
    /// received it.
    pub async fn deliver(&self, message: Outgoing<'_>) -> Result<bool, ConnectionError> {
        self.hand_over(message).await?.confirmed().await
    }

    /// The first half of [`Connection::deliver`].
    pub(crate) async fn hand_over<'a>(
        &'a self,
        message: Outgoing<'a>,
    ) -> Result<Handed<'a>, ConnectionError> {
        // More at once could be denied at once, and the client would not pass on every complaint.
        let turn = self.delivering.acquire().await;
        let before = self.connects();
        self.publish(message).await?;
        Ok(Handed {
            connection: self,
            subject: message.subject,
            size: message.size(),
            before,
            _turn: turn.ok(),
        })
    }

    /// How often the client has connected.
    pub(crate) fn connects(&self) -> u64 {
        self.nats.statistics().connects.load(Ordering::Relaxed)
    }

    /// Waits until the broker has seen everything published so far, at most the flush time; false if it did not answer
    /// (or we may not ask it). An error if it refused `subject`. A connection lost and made anew meanwhile goes unnoticed:
    /// [`Connection::deliver`] notices it.
    pub async fn flush(&self, subject: &str) -> Result<bool, ConnectionError> {
        let answered = self.answers().await;
        self.permitted(true, subject).await?;
        Ok(answered)
    }

    /// The time the broker takes to answer; `None` if it did not within the flush time.
    pub async fn round_trip(&self) -> Option<Duration> {
        let probing = self.probe.as_ref()?;
        let mut probing = timeout(self.limits.flush_time, probing.lock()).await.ok()?;
        self.ask(&mut probing).await
    }

    /// Whether the broker answers after everything published so far. One answer serves all waiters.
    async fn answers(&self) -> bool {
        let since = clock::instant();
        let Some(probing) = &self.probe else { return false };
        let Ok(mut probing) = timeout(self.limits.flush_time, probing.lock()).await else {
            return false;
        };
        if probing.answered.is_some_and(|sent| sent > since) {
            return true;
        }
        // A disconnected client would only buffer the probe.
        self.up().is_ok() && self.ask(&mut probing).await.is_some()
    }

    async fn ask(&self, probing: &mut Probing) -> Option<Duration> {
        let within = self.limits.flush_time;
        let Probing {
            probe,
            back,
            number,
            answered,
        } = probing;
        *number += 1;
        let start = clock::instant();
        let answer = async {
            if !probe.send(*number, within).await {
                return None;
            }
            while let Some(message) = back.next().await {
                if probe_number(&message) == Some(*number) {
                    *answered = Some(start);
                    return Some(start.elapsed());
                }
            }
            None
        };
        let mut heard = self.heard();
        let denied = heard.wait_for(|heard| heard.denials.iter().any(|denial| probe.owns(&denial.subject)));
        tokio::select! {
            answer = timeout(within, answer) => answer.ok().flatten(),
            Ok(_) = denied => None,
        }
    }

    /// Ends the connection, and with it all clones: waits until the broker has read everything that was published, then
    /// until what it still sends has been taken; each at most the flush time. False if it is not known whether all was
    /// written.
    pub async fn close(self) -> bool {
        if self.up().is_err() {
            return false;
        }
        // A broker that is silent, or does not let us ask, may have taken it all the same.
        let written = self.round_trip().await.is_some()
            || matches!(
                timeout(self.limits.flush_time, self.nats.flush()).await,
                Ok(Ok(()))
            );
        written && self.drain().await
    }

    /// Writes what the client still holds, takes what the broker still sends, and ends.
    pub(crate) async fn drain(&self) -> bool {
        let mut heard = self.heard();
        let drained = async {
            self.nats.drain().await.ok()?;
            heard.wait_for(|heard| heard.closed).await.ok().map(|_| ())
        };
        matches!(timeout(self.limits.flush_time, drained).await, Ok(Some(())))
    }
}

impl Handed<'_> {
    /// Waits for the broker's word on it: true if the broker has read it, false if that is not known. An error if the
    /// broker refused it, or the connection was remade meanwhile to one that takes no message of its size.
    pub(crate) async fn confirmed(self) -> Result<bool, ConnectionError> {
        let answered = self.connection.flush(self.subject).await?;
        // An answer on a later connection says nothing about what was written to this one.
        if answered && self.connection.connects() == self.before {
            return Ok(true);
        }
        self.connection.fits(self.size).map(|()| false)
    }
}
