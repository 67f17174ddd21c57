//! Sends as data: what is requested of the session, and the progress it reports. Data only.

use crate::bridge::RequestOptions;
use crate::composition::Composition;
use crate::streams::PublishAck;
use crate::timeline::RequestOutcome;
use std::time::Duration;

/// The id of a send, chosen by the requester.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SendId(pub u64);

/// The id of a responder, chosen by the requester.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResponderId(pub u64);

/// A send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendJob {
    /// Its name in reports.
    pub id: SendId,
    /// What to send; variables are filled for each message anew.
    pub composition: Composition,
    /// Whether answers are waited for.
    pub mode: SendMode,
    /// How many messages.
    pub count: u64,
    /// Time between messages; `None` sends the next as soon as the last is done.
    pub every: Option<Duration>,
    /// Whether it waits for a connection; otherwise it is refused without one.
    pub queue: bool,
}

/// Whether answers are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendMode {
    /// No reply expected.
    Send,
    /// Waits for answers, on the envelope's `reply_to` and the NATS inbox alike.
    Request(RequestOptions),
}

/// The progress of a send. Reports may skip steps: only the newest is delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendProgress {
    /// Which.
    pub id: SendId,
    /// Messages handed to the client so far.
    pub sent: u64,
    /// Messages among them that the broker confirmed, or a stream acknowledged.
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
    pub stage: SendStage,
    /// Whether this is the last report of this send.
    pub over: bool,
}

/// The progress of a message. Nothing here claims more than is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SendStage {
    /// It waits until there is a connection.
    Queued {
        /// Sendings that wait, this one counted, up to it.
        depth: usize,
    },
    /// Its payloads are being read.
    #[default]
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
    Acknowledged(PublishAck),
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
    /// It was cancelled before it was sent.
    Cancelled,
}

impl SendProgress {
    /// A report before anything was done.
    pub fn new(job: &SendJob) -> Self {
        Self {
            id: job.id,
            of: job.count,
            ..Self::default()
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
    /// It disarms itself after this many answers.
    pub count: Option<u64>,
}

/// What a responder answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The same payloads back.
    Echo,
    /// This; ids, receiver, reply fields and dialect come from the request.
    Composition(Box<Composition>),
}

/// A responder as people see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponderView {
    /// Which.
    pub id: ResponderId,
    /// Subject or pattern.
    pub subject: String,
    /// Whether it receives requests now; the connection or the permission may be missing.
    pub listening: bool,
    /// Answers given.
    pub answered: u64,
    /// Answers left, where they are counted.
    pub left: Option<u64>,
    /// Messages that got no answer.
    pub skipped: UnansweredCounts,
    /// Why the last answer did not go out, as a sentence.
    pub trouble: Option<String>,
}

/// Messages that a responder did not answer, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnansweredCounts {
    /// Its own answers.
    pub own: u64,
    /// Those without a reply subject.
    pub nowhere: u64,
    /// The broker's own traffic.
    pub brokers: u64,
    /// Those over the limit of answers per second.
    pub too_many: u64,
    /// Those that came faster than they could be taken, or were not answered any more when it ended.
    pub dropped: u64,
}

impl UnansweredCounts {
    /// How many in all.
    pub fn all(self) -> u64 {
        self.own + self.nowhere + self.brokers + self.too_many + self.dropped
    }
}
