//! One send from the first message to the last: loaded, uploaded, published, confirmed, answered; with its progress.
//! It claims nothing that the broker, a stream or a reply did not confirm.

use super::error::JobError;
use super::job::{SendJob, SendMode, SendStage};
use super::lazy_bridge::{Line, over};
use super::loader::Contents;
use super::queue::{Its, Waiting};
use super::reports::Account;
use super::run::{Run, RunControl};
use super::timeline_notes::TimelineReporter;
use crate::bridge::{Bridge, BridgeError, Request, SendOptions, Sent};
use crate::clock;
use crate::http::Progress;
use crate::streams::publish_acknowledged;
use crate::timeline::RequestOutcome;
use crate::wording::grouped;
use std::future::ready;
use std::pin::pin;
use std::time::Duration;
use tokio::time::interval;

/// Time between two looks at how far uploads are.
const LOOK: Duration = Duration::from_millis(100);

/// What all sendings of a session share.
#[derive(Clone)]
pub(crate) struct SendContext {
    /// File server, threshold and whatever a composition does not say.
    pub(crate) base: SendOptions,
    /// The connection.
    pub(crate) line: Line,
    /// Those that wait for it.
    pub(crate) waiting: Waiting,
    /// Where they tell how requests ended and how long uploads took.
    pub(crate) chronicle: TimelineReporter,
}

/// One sending with all that it needs.
pub(crate) struct Sending {
    /// What is asked for.
    pub(crate) job: SendJob,
    /// What it shares with others.
    pub(crate) shared: SendContext,
    /// What its payloads hold, kept from one message to the next.
    pub(crate) contents: Contents,
    /// Where it reports progress.
    pub(crate) account: Account,
    /// Ends it early.
    pub(crate) control: RunControl,
}

/// A message that is ready to go out.
struct Ready {
    bridge: Bridge,
    sent: Sent,
    /// Where the answers to a request come, beside the envelope's `reply_to`.
    inbox: Option<String>,
    /// Its place before those that wait, until it is out.
    turn: Option<Its>,
}

impl Sending {
    /// Sends everything; its progress is final when this returns.
    pub(crate) async fn run(self) {
        let run = Run {
            count: self.job.count,
            every: self.job.every,
            at_once: self.at_once(),
            in_order: false,
            // Whoever ends the session does not wait for ever.
            grace: Duration::MAX,
        };
        // After a failure, messages not yet sent are cancelled; those sent are still tracked.
        let sending = run.send(&self.control, ready, |number| self.one(number), Ok);
        let sent = sending.await;
        self.account.note(|report| {
            let sends = self.job.mode == SendMode::Send;
            report.stage = match sent {
                Err(why) if report.of > 1 => {
                    let (sent, of) = (grouped(report.sent), grouped(report.of));
                    SendStage::Failed(format!("{why} Sent before that: {sent} of {of}."))
                }
                Err(why) => SendStage::Failed(why.to_string()),
                Ok(()) if report.sent == 0 || (sends && report.sent < report.of) => SendStage::Cancelled,
                Ok(()) if sends && report.confirmed < report.sent => SendStage::Written,
                Ok(()) => report.stage.clone(),
            };
            report.over = true;
        });
    }

    /// Messages on their way at one time.
    fn at_once(&self) -> usize {
        match (self.job.mode, self.job.every) {
            (SendMode::Request(_), None) => 1,
            _ => self.shared.line.options().limits.deliveries.max(1),
        }
    }

    async fn one(&self, number: u64) -> Result<(), JobError> {
        let ready = tokio::select! {
            ready = self.ready(number) => ready?,
            () = self.control.stopped() => return Ok(()),
        };
        let Ready {
            bridge,
            sent,
            inbox,
            turn,
        } = ready;
        let (connection, mut message) = (bridge.connection(), sent.message());
        if let SendMode::Request(wait) = self.job.mode {
            message.reply = inbox.as_deref();
            let request = Request::send(connection, message, &sent.envelope.reply_to, wait).await;
            let request = request.map_err(BridgeError::from)?;
            self.note_out(&sent, request.flushed());
            let outcome = self.answers(request).await;
            self.shared.chronicle.ended(&sent.envelope.msg_id, outcome);
        } else if self.job.composition.jetstream {
            let acknowledged = publish_acknowledged(connection, message).await;
            let acknowledged = acknowledged.map_err(BridgeError::from)?;
            self.note_out(&sent, true);
            self.account
                .note(|report| report.stage = SendStage::Acknowledged(acknowledged));
        } else {
            let handed = connection.hand_over(message).await.map_err(BridgeError::from)?;
            self.note_out(&sent, false);
            // The next one need not wait for this one's confirmation.
            drop(turn);
            if handed.await.map_err(BridgeError::from)? {
                self.account.note(|report| {
                    report.confirmed += 1;
                    report.stage = SendStage::Flushed;
                });
            }
        }
        Ok(())
    }

    /// Waits for the answers until the request has ended.
    async fn answers(&self, mut request: Request) -> RequestOutcome {
        let (mut confirmed, mut came) = (request.flushed(), 0);
        loop {
            let reply = tokio::select! {
                reply = request.next() => reply,
                () = self.control.cancelled() => None,
            };
            if reply.is_none() {
                break;
            }
            came += 1;
            let first = request.first_reply().unwrap_or_default();
            self.account.note(|report| {
                report.replies += 1;
                // If somebody answers, the broker has read it as well.
                report.confirmed += u64::from(!std::mem::replace(&mut confirmed, true));
                report.stage = SendStage::Answered {
                    replies: came,
                    first_us: u64::try_from(first.as_micros()).unwrap_or(u64::MAX),
                };
            });
        }
        let outcome = request.outcome();
        self.account.note(|report| {
            if outcome == RequestOutcome::Replied {
                report.answered += 1;
            } else {
                report.unanswered += 1;
                report.stage = SendStage::Unanswered(outcome);
            }
            let known = outcome == RequestOutcome::NoResponders || request.acknowledged().is_some();
            report.confirmed += u64::from(known && !confirmed);
        });
        outcome
    }

    /// Everything before a message is published.
    async fn ready(&self, number: u64) -> Result<Ready, JobError> {
        let (bridge, turn) = self.bridge().await?;
        self.account.note(|report| report.stage = SendStage::Preparing);
        let loaded = self
            .contents
            .load(&self.job.composition, number, &self.shared.line.options().limits)
            .await?;
        let composition = loaded.composition;
        let mut options = over(&composition.options(&self.shared.base), bridge.connection());
        options.progress = Progress::default();
        let inbox = match self.job.mode {
            SendMode::Send => None,
            SendMode::Request(_) => Some(bridge.inbox_for(&mut options)),
        };
        let from_us = clock::now_us();
        let preparing = bridge.prepare(&composition.subject, &loaded.payloads, &options);
        let sent = self.watched(&options.progress, preparing).await?;
        self.shared
            .chronicle
            .uploaded(&sent.envelope.msg_id, from_us, &options.progress);
        Ok(Ready {
            bridge,
            sent,
            inbox,
            turn,
        })
    }

    /// The bridge to send over: at once, or as soon as there is a connection, if it may wait.
    async fn bridge(&self) -> Result<(Bridge, Option<Its>), JobError> {
        if !self.job.queue {
            if !self.shared.line.stands() {
                return Err(JobError::Away(self.shared.line.options().address()));
            }
            return Ok((self.shared.line.bridge().await?, None));
        }
        loop {
            let turn = if self.shared.line.stands() {
                None
            } else {
                Some(self.shared.waiting.turn(&self.account, &self.shared.line).await)
            };
            match self.shared.line.bridge().await {
                Ok(bridge) => return Ok((bridge, turn)),
                // Lost again in the meantime: keep waiting.
                Err(_) if !self.shared.line.stands() => {}
                Err(why) => return Err(why),
            }
        }
    }

    /// Waits for what prepares a message; meanwhile tells how far its uploads are.
    async fn watched<T>(&self, progress: &Progress, work: impl Future<Output = T>) -> T {
        let (mut work, mut looking) = (pin!(work), interval(LOOK));
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = looking.tick() => if progress.total().is_some() {
                    let (done, total) = (progress.done(), progress.total());
                    self.account.note(|report| report.stage = SendStage::Uploading { done, total });
                }
            }
        }
    }

    /// Records that a message has been published.
    fn note_out(&self, sent: &Sent, confirmed: bool) {
        self.account.note(|report| {
            report.sent += 1;
            report.confirmed += u64::from(confirmed);
            report.msg_id = sent.envelope.msg_id.to_string();
            report.correlation_id = sent.envelope.correlation_id.to_string();
            report.bytes = sent.bytes.len() as u64;
            report.moved.clone_from(&sent.moved);
            report.stage = if confirmed {
                SendStage::Flushed
            } else {
                SendStage::Written
            };
        });
    }
}
