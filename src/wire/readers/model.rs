//! Readers, and verdicts about them. Data only.

use crate::checks::{Readability, ReaderStack};
use crate::dialects::KindNames;
use crate::findings::Code;

/// Which spelling of the envelope's keys a peer looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// `msgId`, and `type` in a payload.
    Camel,
    /// `msg_id`, and `payload_type` in a payload.
    Snake,
    /// `msg_id`, and `type` in a payload: the names that the v0.4.1 document lists.
    Document,
    /// Either.
    Any,
}

/// A peer by language and version.
#[derive(Debug)]
pub struct Reader {
    /// Its name on the command line and in JSON output.
    pub name: &'static str,
    /// Its name on screen.
    pub title: &'static str,
    /// Its library stack.
    pub family: ReaderStack,
    /// The keys it looks for.
    pub keys: Keys,
    /// Its words for kinds.
    pub vocabulary: KindNames,
    /// Whether it reads tables.
    pub tables: bool,
    /// Maximum bytes of a message or a payload it can take.
    pub most_bytes: Option<u64>,
}

/// Why a reader does not get everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// How much is lost.
    pub reads: Readability,
    /// Which code.
    pub code: Code,
    /// Where: a JSON path, empty for the message as a whole.
    pub path: String,
    /// What happens there, as a clause.
    pub message: String,
}

/// The verdict about one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The reader's (or the group's) name.
    pub name: &'static str,
    /// The same for the screen.
    pub title: &'static str,
    /// The verdict: the worst of the reasons.
    pub reads: Readability,
    /// Every reason, the worst first.
    pub reasons: Vec<Reason>,
}
