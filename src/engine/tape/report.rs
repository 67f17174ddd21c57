//! What was found in a tape, counted, and what a person should know of it.

use super::entry::TapeEntry;
use crate::engine::grouped::grouped;

/// Counts of what was read so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TapeReport {
    /// Messages.
    pub messages: u64,
    /// Messages that the recorder itself could not keep.
    pub missed: u64,
    /// Messages that are missing between the numbers of others.
    pub lost: u64,
    /// Places where bytes are no record.
    pub damaged: u64,
    /// Those bytes.
    pub damaged_bytes: u64,
    /// Lines without a guard: nobody knows whether they are as they were written.
    pub unguarded: u64,
    /// Records of kinds that this version does not know.
    pub unknown: u64,
    /// Links with their bodies.
    pub links: u64,
    /// Whether it says that it ended in order.
    pub ended: bool,
    /// Whether some of its messages have no time of their own.
    pub untimed: bool,
    /// The number of the last message, missed ones counted.
    last: u64,
    /// Whether what was read last is damaged.
    in_damage: bool,
}

impl TapeReport {
    /// Counts something.
    pub(super) fn count(&mut self, entry: &TapeEntry) {
        let damaged = matches!(entry, TapeEntry::Damaged(_));
        match entry {
            TapeEntry::Message(message) => {
                self.messages += 1;
                self.lost += message.seq.saturating_sub(self.last + 1);
                self.last = message.seq;
            }
            TapeEntry::Missed { from, messages } => {
                self.missed += messages;
                self.lost += from.saturating_sub(self.last + 1);
                self.last = (from + messages).saturating_sub(1).max(self.last);
            }
            TapeEntry::Damaged(bytes) => {
                self.damaged += u64::from(!self.in_damage);
                self.damaged_bytes += bytes;
            }
            TapeEntry::Link { .. } => self.links += 1,
            TapeEntry::Unknown => self.unknown += 1,
            TapeEntry::End { came } => {
                self.ended = true;
                self.lost += came.saturating_sub(self.last);
            }
            TapeEntry::Start(_) | TapeEntry::Gap { .. } => {}
        }
        self.in_damage = damaged;
    }

    /// Whether it ends with damage and without an end: nobody knows how much was there.
    fn breaks_off(&self) -> bool {
        self.in_damage && !self.ended
    }

    /// What a person should know, a sentence each; none if all is well.
    pub fn troubles(&self) -> Vec<String> {
        let mut told = Vec::new();
        if self.damaged > 0 {
            let (bytes, places) = (grouped(self.damaged_bytes), places(self.damaged));
            let at_least = if self.breaks_off() { "at least " } else { "" };
            let missing = match self.lost {
                0 if self.breaks_off() => String::new(),
                lost => format!(", and {at_least}{} messages are missing", grouped(lost)),
            };
            let kept = if self.breaks_off() {
                "It breaks off in the last one: what was recorded from there on is lost. Everything else is here."
            } else {
                "Everything before and after is here."
            };
            told.push(format!(
                "The tape is damaged in {places}: {bytes} bytes cannot be read{missing}. {kept}"
            ));
        } else if self.lost > 0 {
            told.push(format!(
                "{} messages are missing: somebody took them out of the tape.",
                grouped(self.lost)
            ));
        }
        if self.missed > 0 {
            told.push(format!(
                "{} messages came while this was recorded and are not on the tape: the disk did not keep up.",
                grouped(self.missed)
            ));
        }
        if self.unguarded > 0 {
            told.push(format!(
                "{} lines have no guard: they were not written by a recorder, and nobody knows what was changed in them.",
                grouped(self.unguarded)
            ));
        }
        if self.unknown > 0 {
            told.push(format!(
                "{} records are of kinds that this version does not know and are left out: a newer version reads them.",
                grouped(self.unknown)
            ));
        }
        told
    }
}

fn places(number: u64) -> String {
    match number {
        1 => "one place".into(),
        number => format!("{} places", grouped(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::row::StoredMessage;

    fn message(seq: u64) -> TapeEntry {
        TapeEntry::Message(StoredMessage {
            seq,
            at_us: 0,
            subject: "a".into(),
            reply: None,
            headers: vec![],
            payload: "".into(),
        })
    }

    #[test]
    fn numbers_tell_what_is_missing() {
        let mut report = TapeReport::default();
        let missed = TapeEntry::Missed {
            from: 3,
            messages: 10,
        };
        for entry in [
            message(1),
            message(2),
            missed,
            message(13),
            TapeEntry::Damaged(7),
            TapeEntry::Damaged(8),
            message(16),
            TapeEntry::Damaged(1),
        ] {
            report.count(&entry);
        }
        assert_eq!((report.messages, report.missed, report.lost), (4, 10, 2));
        assert_eq!((report.damaged, report.damaged_bytes), (2, 16));
        let told = report.troubles();
        assert_eq!(told.len(), 2);
        assert!(
            told[0].contains("2 places: 16 bytes") && told[0].contains("2 messages"),
            "{told:?}"
        );
        assert!(told[1].starts_with("10 messages"), "{told:?}");
        assert!(
            told[0].contains("breaks off in the last one") && told[0].contains("at least 2 messages"),
            "what a tape that is cut at its end lost is not all here: {told:?}"
        );
        let mut longer = report;
        longer.count(&message(17));
        let told = longer.troubles();
        assert!(
            told[0].ends_with("2 messages are missing. Everything before and after is here."),
            "{told:?}"
        );
        report.count(&TapeEntry::End { came: 20 });
        assert_eq!(
            (report.lost, report.ended),
            (6, true),
            "the end knows how many there were"
        );
        assert!(TapeReport::default().troubles().is_empty());
    }
}
