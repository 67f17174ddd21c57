//! Counts what was found on a tape, and what the user should know about it.

use super::entry::TapeRecord;
use super::guard::VERSION;
use super::numbers::Numbers;
use crate::wording::{counted, grouped};

/// Counts of what was read so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
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
    /// Lines without a guard: it is unknown whether they were changed.
    pub unguarded: u64,
    /// Records of kinds that this version does not know.
    pub unknown: u64,
    /// Links with their bodies.
    pub links: u64,
    /// Whether it says that it ended in order.
    pub ended: bool,
    /// Whether some of its messages have no time of their own.
    pub untimed: bool,
    /// Files of a dump that cannot be read.
    pub unreadable: u64,
    /// Whether everything was read, up to the end of the file.
    pub complete: bool,
    /// The first of the files that cannot be read, and why.
    first_unreadable: Option<String>,
    /// The version that it says it is of; 0 before it did.
    version: u32,
    numbers: Numbers,
    /// Whether what was read last is damaged.
    in_damage: bool,
}

impl TapeReport {
    /// Counts an entry.
    pub(super) fn count(&mut self, entry: &TapeRecord) {
        let damaged = matches!(entry, TapeRecord::Damaged(_));
        match entry {
            TapeRecord::Message(message) => {
                self.messages += 1;
                self.numbers.seen(message.seq, 1);
            }
            TapeRecord::Missed { from, messages } => {
                self.missed = self.missed.saturating_add(*messages);
                self.numbers.seen(*from, *messages);
            }
            TapeRecord::Damaged(bytes) => {
                self.damaged += u64::from(!self.in_damage);
                self.damaged_bytes += bytes;
            }
            TapeRecord::Unreadable(what) => {
                self.unreadable += 1;
                self.first_unreadable.get_or_insert_with(|| what.clone());
            }
            TapeRecord::Link { .. } => self.links += 1,
            TapeRecord::Unknown => self.unknown += 1,
            TapeRecord::End { came } => {
                self.ended = true;
                self.numbers.should_reach(*came);
            }
            TapeRecord::Start(start) => {
                if self.version != 0 {
                    self.numbers.restart();
                    self.ended = false;
                }
                self.version = self.version.max(start.version).max(1);
            }
            TapeRecord::Gap(_) => {}
        }
        self.lost = self.numbers.missing;
        self.in_damage = damaged;
    }

    /// Whether all that was ever on it is here and could be read; messages that the recorder itself missed never were.
    pub fn is_whole(&self) -> bool {
        let lacks = [self.damaged, self.lost, self.unreadable, self.unknown];
        lacks == [0; 4] && (self.version == 0 || self.ended)
    }

    /// Notes that are not problems, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut told = Vec::new();
        if self.complete && self.version != 0 && !self.ended {
            let after = match self.numbers.last {
                0 => "anything received".to_owned(),
                last => format!("anything after message {}", grouped(last)),
            };
            told.push(format!(
                "The tape ends without its last line: {after} is not on it (the recorder was killed, or \
                 is still recording)."
            ));
        }
        told
    }

    /// Problems the user should know about, a sentence each; none if all is well.
    pub fn problems(&self) -> Vec<String> {
        let mut told = Vec::new();
        if self.damaged > 0 {
            let (bytes, lost) = (counted(self.damaged_bytes, "byte"), counted(self.lost, "message"));
            let places = places(self.damaged);
            // What came after a truncated last line is unknown.
            let here = if self.in_damage {
                "before"
            } else {
                "before and after"
            };
            told.push(format!(
                "The tape is damaged in {places}: {bytes} cannot be read, {lost} missing. Everything {here} it was read."
            ));
        } else if self.lost > 0 {
            told.push(format!(
                "{} missing: removed from the tape afterwards.",
                counted(self.lost, "message")
            ));
        }
        if let Some(first) = &self.first_unreadable {
            told.push(format!(
                "{} of the dump left out as unreadable; the first is {first}.",
                counted(self.unreadable, "file")
            ));
        }
        if self.version > VERSION {
            told.push(format!(
                "The tape has format version {}, this program knows version {VERSION}: newer parts of it \
                 may be left out.",
                self.version
            ));
        }
        if self.missed > 0 {
            told.push(format!(
                "{} missing from the tape: the disk could not keep up during recording.",
                counted(self.missed, "message")
            ));
        }
        if self.unguarded > 0 {
            told.push(format!(
                "{} without a guard: not written by a recorder, so changes cannot be detected.",
                counted(self.unguarded, "line")
            ));
        }
        if self.unknown > 0 {
            told.push(format!(
                "{} left out, of a kind that this version does not know: use a newer version to read them.",
                counted(self.unknown, "record")
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
    use crate::message::StoredMessage;
    use crate::tape::entry::TapeHeader;

    fn message(seq: u64) -> TapeRecord {
        TapeRecord::Message(StoredMessage {
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
        let missed = TapeRecord::Missed {
            from: 3,
            messages: 10,
        };
        for entry in [
            message(1),
            message(2),
            missed,
            message(13),
            TapeRecord::Damaged(7),
            TapeRecord::Damaged(8),
            message(16),
            TapeRecord::Damaged(1),
        ] {
            report.count(&entry);
        }
        assert_eq!((report.messages, report.missed, report.lost), (4, 10, 2));
        assert_eq!((report.damaged, report.damaged_bytes), (2, 16));
        let told = report.problems();
        assert_eq!(told.len(), 2);
        assert!(
            told[0].contains("2 places: 16 bytes") && told[0].contains("2 messages"),
            "{told:?}"
        );
        assert!(told[1].starts_with("10 messages"), "{told:?}");
        report.count(&TapeRecord::End { came: 20 });
        assert_eq!(
            (report.lost, report.ended),
            (6, true),
            "the end knows how many there were"
        );
        assert!(TapeReport::default().problems().is_empty());
    }

    fn start(version: u32) -> TapeRecord {
        TapeRecord::Start(TapeHeader {
            version,
            ..TapeHeader::default()
        })
    }

    fn report(entries: &[TapeRecord]) -> TapeReport {
        let mut report = TapeReport::default();
        for entry in entries {
            report.count(entry);
        }
        report.complete = true;
        report
    }

    #[test]
    fn a_tape_that_lost_its_tail_says_so() {
        let cut = report(&[start(1), message(1), message(2), TapeRecord::Damaged(9)]);
        assert!(cut.notes()[0].contains("after message 2"), "{:?}", cut.notes());
        assert!(!cut.is_whole() && !report(&[start(1), message(1)]).is_whole());
        assert!(cut.problems()[0].ends_with("Everything before it was read."));
        let whole = report(&[start(1), message(1), TapeRecord::End { came: 1 }]);
        assert!(whole.notes().is_empty() && whole.problems().is_empty() && whole.is_whole());
        let mut half_read = report(&[start(1), message(1)]);
        half_read.complete = false;
        assert!(half_read.notes().is_empty(), "its end is only not reached");
        let filtered = report(&[message(1)]);
        assert!(
            filtered.notes().is_empty(),
            "lines without a start never had an end"
        );
    }

    #[test]
    fn a_tape_behind_another_one_has_numbers_of_its_own() {
        let end = || TapeRecord::End { came: 2 };
        let both = [
            start(1),
            message(1),
            message(2),
            end(),
            start(1),
            message(2),
            end(),
        ];
        assert_eq!(report(&both).lost, 1);
        assert!(!report(&both[..6]).ended);
    }

    #[test]
    fn a_tape_of_a_later_version_is_said_to_be_one() {
        let later = report(&[start(2), TapeRecord::End { came: 0 }]);
        assert!(
            later.problems()[0].contains("version 2"),
            "{:?}",
            later.problems()
        );
    }
}
