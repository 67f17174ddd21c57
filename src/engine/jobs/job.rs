//! Sending as data: what is asked of the session, and what it tells of how far it got. Data only.

use crate::composition::Composition;
use crate::streams::Acknowledged;
use crate::timeline::RequestOutcome;
use std::time::Duration;

/// A sending, as whoever asked for it calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// An armed responder, as whoever armed it calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResponderId(pub u64);

/// Something to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendJob {
    /// Its name in reports.
    pub id: JobId,
    /// What to send; variables are filled for each message anew.
    pub composition: Composition,
    /// Whether answers are waited for.
    pub mode: SendMode,
    /// How many messages.
    pub count: u64,
    /// Time from one message to the next; `None` sends the next as soon as the last is through.
    pub every: Option<Duration>,
    /// Whether it waits until there is a connection; else it is refused where there is none.
    pub queue: bool,
}

/// Whether answers are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendMode {
    /// Sent and done.
    Send,
    /// Waits for answers, on the envelope's `reply_to` and the NATS inbox alike.
    Request {
        /// How long.
        timeout: Duration,
        /// For how many; 0 takes all until the time is up.
        replies: usize,
    },
}

/// How far a sending got. Reports of one sending may skip steps: only the newest is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobReport {
    /// Which.
    pub id: JobId,
    /// Messages handed to the client so far.
    pub sent: u64,
    /// Messages among them after which the broker answered, or which a stream acknowledged.
    pub confirmed: u64,
    /// Messages to send.
    pub of: u64,
    /// Requests that got all answers they asked for.
    pub answered: u64,
    /// Requests that ended without them.
    pub unanswered: u64,
    /// Answers in all.
    pub replies: u64,
    /// The last message's id; empty before there is one.
    pub msg_id: String,
    /// The last message's correlation id.
    pub correlation_id: String,
    /// The last message's encoded bytes.
    pub bytes: u64,
    /// Payloads of the last message that went by link although they are below the threshold, so that it fits.
    pub moved: Vec<String>,
    /// How far the last message got.
    pub stage: JobStage,
    /// Whether nothing more will be told of this sending.
    pub over: bool,
}

/// How far a message got. Nothing here claims more than is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobStage {
    /// It waits until there is a connection.
    Queued {
        /// Sendings that wait, this one counted, up to it.
        depth: usize,
    },
    /// Its payloads are being read.
    Preparing,
    /// Links are being uploaded.
    Uploading {
        /// Bytes that are there.
        done: u64,
        /// Bytes in all, if known.
        total: Option<u64>,
    },
    /// Handed to the client; the broker has not confirmed it.
    Written,
    /// The broker answered after it.
    Flushed,
    /// A stream has it.
    Acknowledged(Acknowledged),
    /// Answers came: how many, and microseconds until the first.
    Answered {
        /// How many so far.
        replies: usize,
        /// Microseconds from sending to the first.
        first_us: u64,
    },
    /// A request that ended without the answers it asked for.
    Unanswered(RequestOutcome),
    /// It did not go out: why, as a sentence.
    Failed(String),
    /// Whoever asked gave up before it was out.
    Cancelled,
}

impl JobReport {
    /// A report before anything was done.
    pub fn new(job: &SendJob) -> Self {
        Self {
            id: job.id,
            sent: 0,
            confirmed: 0,
            of: job.count,
            answered: 0,
            unanswered: 0,
            replies: 0,
            msg_id: String::new(),
            correlation_id: String::new(),
            bytes: 0,
            moved: vec![],
            stage: JobStage::Preparing,
            over: false,
        }
    }
}

/// An automatic answer to a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responder {
    /// Its name in reports.
    pub id: ResponderId,
    /// Subject or pattern whose requests are answered.
    pub subject: String,
    /// With what.
    pub answer: Answer,
    /// Time from request to answer.
    pub delay: Duration,
    /// After so many answers it disarms itself.
    pub count: Option<u64>,
}

/// With what a responder answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The same payloads back.
    Echo,
    /// This; ids, receiver, reply fields and dialect come from the request.
    Composition(Box<Composition>),
}

/// A responder as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponderView {
    /// Which.
    pub id: ResponderId,
    /// Subject or pattern.
    pub subject: String,
    /// Whether requests reach it now; the connection or the permission may be missing.
    pub listening: bool,
    /// Answers given.
    pub answered: u64,
    /// Answers left, where they are counted.
    pub left: Option<u64>,
    /// Messages that got no answer.
    pub skipped: Skipped,
    /// Why the last answer did not go out, as a sentence.
    pub trouble: Option<String>,
}

/// Messages that a responder gave no answer to, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// Its own answers.
    pub own: u64,
    /// Those that name nowhere to answer to.
    pub nowhere: u64,
    /// The broker's own traffic.
    pub brokers: u64,
    /// Those that came faster than the limit of answers per second.
    pub too_many: u64,
    /// Those that the client let go because they came faster than they were taken; at least so many.
    pub dropped: u64,
}

impl Skipped {
    /// How many in all.
    pub fn all(self) -> u64 {
        self.own + self.nowhere + self.brokers + self.too_many + self.dropped
    }
}
