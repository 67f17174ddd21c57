//! The public view of conversations, and the timeline's input. Data only.

use natsbridge_wire::Digest;
use std::num::NonZeroU64;
use std::sync::Arc;

/// The purpose that stands in the digest of a service's answer which says that it failed.
pub(crate) const SERVICE_ERROR: &str = "service error";

/// A conversation's number; numbers rise in the order in which conversations began and are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId(pub NonZeroU64);

/// A message for the timeline, in order of arrival.
#[derive(Debug, Clone, Copy)]
pub struct TimelineMessage<'a> {
    /// Its running number in the store.
    pub seq: u64,
    /// Arrival, microseconds since the Unix epoch.
    pub at_us: i64,
    /// Subject.
    pub subject: &'a Arc<str>,
    /// NATS reply subject.
    pub reply: Option<&'a str>,
    /// Bytes of the message.
    pub bytes: u32,
    /// A hash of its payloads: two messages with the same id and the same hash are one that came twice.
    pub fingerprint: u64,
    /// What was read of it.
    pub digest: &'a Digest<'a>,
}

/// How a conversation stands. The worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConversationState {
    /// The broker told the asker that nobody listens.
    NoResponders,
    /// The asker lost the connection while it waited.
    ConnectionLost,
    /// The requester timed out.
    TimedOut,
    /// An answer says no (purpose `NACK`).
    Nack,
    /// An answer names a request that nobody has seen.
    UnknownRequest,
    /// A request has waited longer than [`Limits::timeline_unanswered`](natsbridge_wire::Limits::timeline_unanswered).
    Unanswered,
    /// The requester cancelled.
    Cancelled,
    /// A request is waiting.
    Open,
    /// The first answer came after its request counted as unanswered.
    Late,
    /// Two different answers came to one request.
    AnsweredTwice,
    /// A message came twice.
    Duplicate,
    /// All requests have their answers.
    Answered,
    /// Nobody expects an answer.
    OneWay,
}

impl ConversationState {
    /// All states, the worst first.
    pub const ALL: &[Self] = &[
        Self::NoResponders,
        Self::ConnectionLost,
        Self::TimedOut,
        Self::Nack,
        Self::UnknownRequest,
        Self::Unanswered,
        Self::Cancelled,
        Self::Open,
        Self::Late,
        Self::AnsweredTwice,
        Self::Duplicate,
        Self::Answered,
        Self::OneWay,
    ];

    /// The word for it, the same everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoResponders => "no responders",
            Self::ConnectionLost => "connection lost",
            Self::TimedOut => "timed out",
            Self::Nack => "NACK",
            Self::UnknownRequest => "unknown request",
            Self::Unanswered => "unanswered",
            Self::Cancelled => "cancelled",
            Self::Open => "open",
            Self::Late => "late",
            Self::AnsweredTwice => "answered twice",
            Self::Duplicate => "duplicate",
            Self::Answered => "answered",
            Self::OneWay => "one-way",
        }
    }

    /// Whether it is a problem.
    pub fn is_problem(self) -> bool {
        self <= Self::Unanswered || matches!(self, Self::Late | Self::AnsweredTwice | Self::Duplicate)
    }
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestOutcome {
    /// As many replies came as were asked for (with 0 asked for: at least one came until the time was up).
    Replied,
    /// They came, but one of them says that it failed: it is a `NACK` or a service's error.
    Failed,
    /// The broker said that nobody listens on the subject.
    NoResponders,
    /// The time was up first.
    TimedOut,
    /// Whoever asked gave up first.
    Cancelled,
    /// The connection was lost; the request or its replies may have been lost with it.
    ConnectionLost,
}

/// What a message is in its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// It wants an answer, or got one.
    Request,
    /// It answers one.
    Reply,
    /// Neither.
    Message,
}

/// A remark about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Mark {
    /// The same message came before: same id, same payloads, same subject.
    Duplicate,
    /// The same message came before on another subject.
    Copy,
    /// An earlier message has the same id and other payloads.
    IdReused,
    /// A different answer came before.
    SecondAnswer,
    /// It answers after its request counted as unanswered, or after the asker had given up.
    Late,
    /// Its purpose is `NACK`.
    Nack,
    /// It names a request that nobody has seen.
    UnknownRequest,
    /// It came before the request that it answers.
    BeforeRequest,
    /// Only its subject tells what it answers: it names neither request nor conversation of it.
    BySubject,
}

impl Mark {
    /// All marks.
    pub const ALL: &[Self] = &[
        Self::Duplicate,
        Self::Copy,
        Self::IdReused,
        Self::SecondAnswer,
        Self::Late,
        Self::Nack,
        Self::UnknownRequest,
        Self::BeforeRequest,
        Self::BySubject,
    ];

    /// The words for it, the same everywhere.
    pub fn words(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Copy => "copy",
            Self::IdReused => "reused id",
            Self::SecondAnswer => "second answer",
            Self::Late => "late",
            Self::Nack => "NACK",
            Self::UnknownRequest => "unknown request",
            Self::BeforeRequest => "before its request",
            Self::BySubject => "by subject",
        }
    }
}

/// A small set of marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u16);

impl Marks {
    /// Adds a mark.
    pub fn insert(&mut self, mark: Mark) {
        self.0 |= 1 << mark as u16;
    }
    /// Takes a mark away.
    pub fn remove(&mut self, mark: Mark) {
        self.0 &= !(1 << mark as u16);
    }
    /// Whether the mark is in.
    pub fn has(self, mark: Mark) -> bool {
        self.0 & (1 << mark as u16) != 0
    }
    /// Those that are in.
    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::ALL.iter().copied().filter(move |mark| self.has(*mark))
    }
}

/// The sender's timestamp. It is shown, never used for ordering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stamp {
    /// Nothing.
    #[default]
    None,
    /// Something that is no time.
    Unreadable,
    /// An instant, microseconds since the Unix epoch.
    At(i64),
}

impl Stamp {
    /// How much later than the arrival the stamp is, in microseconds (negative: earlier).
    pub fn delta_us(self, at_us: i64) -> Option<i64> {
        match self {
            Self::At(parse_timestamp_us) => Some(parse_timestamp_us.saturating_sub(at_us)),
            _ => None,
        }
    }
}

/// Which way the bytes of a link went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To a file server.
    Upload,
    /// From a file server.
    Download,
}

/// A transfer of a link that belongs to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkTransfer {
    /// Which way.
    pub direction: Direction,
    /// When it began, microseconds since the Unix epoch.
    pub from_us: i64,
    /// When it ended.
    pub to_us: i64,
    /// Bytes.
    pub bytes: u64,
}

impl LinkTransfer {
    /// How long it took, microseconds; 0 where the clock went back.
    pub fn took_us(&self) -> u64 {
        self.to_us.saturating_sub(self.from_us).max(0).unsigned_abs()
    }
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationMessage {
    /// Its running number in the store (which may have evicted it since).
    pub seq: u64,
    /// Arrival, microseconds since the Unix epoch.
    pub at_us: i64,
    /// Subject.
    pub subject: Arc<str>,
    /// The lane of its sender, a place in [`ConversationView::lanes`].
    pub from: usize,
    /// The lane it goes to; `None` for everybody.
    pub to: Option<usize>,
    /// Purpose; empty where it has none.
    pub purpose: Arc<str>,
    /// What it is.
    pub part: Part,
    /// The message that it answers, a place in [`ConversationView::messages`]; `None` also where that one is not kept.
    pub answers: Option<usize>,
    /// Microseconds from the request to this answer.
    pub latency_us: Option<u64>,
    /// Answers that came to it, copies not counted.
    pub replies: u32,
    /// How it ended for the asker, where the asker told.
    pub outcome: Option<RequestOutcome>,
    /// The sender's stamp.
    pub stamp: Stamp,
    /// What is worth saying of it.
    pub marks: Marks,
    /// Bytes.
    pub bytes: u32,
    /// Payloads that are links.
    pub links: u16,
}

/// A conversation as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationView {
    /// Which.
    pub id: ConversationId,
    /// The correlation id; where there is none, the message id or subject it began with. Foreign text.
    pub key: Arc<str>,
    /// How it stands.
    pub state: ConversationState,
    /// Who takes part, in the order of appearance. Foreign text; an answerer without a name is called by its subject.
    pub lanes: Vec<Arc<str>>,
    /// Its messages in order of arrival, the newest ones.
    pub messages: Vec<ConversationMessage>,
    /// Older messages that are not in [`ConversationView::messages`].
    pub earlier: u64,
    /// Its link transfers.
    pub transfers: Vec<LinkTransfer>,
    /// Arrival of the first message, microseconds since the Unix epoch.
    pub first_us: i64,
    /// Arrival of the last message.
    pub last_us: i64,
    /// Microseconds that the slowest first answer took.
    pub latency_us: Option<u64>,
    /// When the request that waits longest was sent, microseconds since the Unix epoch.
    pub waiting_us: Option<i64>,
}

/// What was kept and what was evicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimelineCounts {
    /// Conversations kept, single messages not among them.
    pub conversations: usize,
    /// Single messages remembered.
    pub singles: usize,
    /// Messages that belong to what is kept.
    pub messages: u64,
    /// Conversations let go because nothing happened in them for long.
    pub expired: u64,
    /// Conversations let go because there were too many.
    pub evicted: u64,
    /// Single messages let go, for either reason.
    pub singles_gone: u64,
    /// Outcomes and transfers whose message never came.
    pub lost: u64,
    /// Bytes that all of it takes, about.
    pub bytes: usize,
}
