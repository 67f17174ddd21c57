//! What a file of messages is, found from its first bytes or known before. Reads nothing itself.

use crate::tape::{Looks, looks};
use natsbridge_wire::scan;

/// What a file of messages is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// One envelope, or an array of envelopes.
    Json,
    /// An envelope on each line.
    Lines,
    /// A tape of ours.
    Tape,
    /// What `nats sub --dump` wrote.
    Dump,
}

/// Bytes of a file that is cut within its first guard; with fewer it is as well the beginning of any JSON.
const GUARD: usize = 3;

impl FileKind {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Json, Self::Lines, Self::Tape, Self::Dump];

    /// The name by which it can be asked for.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Lines => "lines",
            Self::Tape => "tape",
            Self::Dump => "dump",
        }
    }

    /// What it is, for a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Lines => "JSON lines",
            Self::Tape => "a tape",
            Self::Dump => "a dump of the nats command",
        }
    }

    /// What a file with these first bytes is, if it is no plain JSON.
    pub(super) fn of_head(head: &[u8]) -> Option<Self> {
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // An envelope is never a tape, whatever its metadata looks like.
        if head.len() < GUARD || [first, head].iter().any(|part| scan(part).dialect.is_some()) {
            return None;
        }
        match looks(head).ok()? {
            Looks::Tape => Some(Self::Tape),
            Looks::Dump => Some(Self::Dump),
        }
    }

    /// How the tape reader calls it, if it is for that.
    pub(super) fn looks(self) -> Option<Looks> {
        match self {
            Self::Tape => Some(Looks::Tape),
            Self::Dump => Some(Looks::Dump),
            Self::Json | Self::Lines => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_is_found_from_its_first_bytes() {
        let envelope = r#"{"msgId":"1","metadata":{"Subject":"a","Data":"eA=="},"payloads":[]}"#;
        let laid_out = envelope.replace(',', ",\n  ").replace('{', "{\n  ");
        for (head, kind) in [
            ("", None),
            ("{", None),
            ("{\"", None),
            (r#"{"a":"#, None),
            (r#"{"guard":"0000"#, Some(FileKind::Tape)),
            (r#"{"Subject":"a","Data":"eA=="}"#, Some(FileKind::Dump)),
            (envelope, None),
            (&laid_out, None),
        ] {
            assert_eq!(FileKind::of_head(head.as_bytes()), kind, "{head}");
        }
    }
}
