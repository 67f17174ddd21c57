//! Printed texts with their running numbers; or without, where these are known only once all before them are.

use natsbridge_wire::{Charge, Excess};

/// Texts one after the other.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// What is charged for the text.
    charge: Option<Charge>,
    /// Whether they have their numbers.
    numbered: bool,
}

/// Appends the head of a text and its running number.
fn write_head(out: &mut Vec<u8>, head: &str, number: u64) {
    out.extend_from_slice(head.as_bytes());
    // Writing a number into a buffer cannot fail.
    let _ = serde_json::to_writer(out, &number);
}

impl Lines {
    /// None yet; what is added is charged.
    pub fn charged(charge: Charge) -> Self {
        Self {
            charge: Some(charge),
            ..Self::default()
        }
    }

    /// As [`Lines::push`], with its head and its running number in front; either all of them have theirs, or none.
    pub fn push_numbered(
        &mut self,
        head: &str,
        number: u64,
        write: impl FnOnce(&mut Vec<u8>) -> bool,
    ) -> bool {
        self.numbered = true;
        self.push(|out| {
            write_head(out, head, number);
            write(out)
        })
    }

    /// Adds one, unless that fails or there is no memory for it; whether it was added.
    pub fn push(&mut self, write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
        let before = self.text.len();
        let written = write(&mut self.text) && self.charge(self.text.len() - before).is_ok();
        if written {
            self.ends.push(self.text.len());
        } else {
            self.text.truncate(before);
        }
        written
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Excess> {
        self.charge
            .as_mut()
            .map_or(Ok(()), |charge| charge.grow(bytes as u64))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Keeps only the first ones.
    pub fn truncate(&mut self, most: usize) {
        self.ends.truncate(most);
        self.text.truncate(self.ends.last().copied().unwrap_or_default());
    }

    /// All of them, numbered from `first` on, each behind `head` and its number, if they are not yet.
    pub fn numbered(self, head: &str, first: u64) -> Self {
        const NUMBER: usize = 20;
        if self.numbered {
            return self;
        }
        let room = self.text.len() + self.ends.len() * (head.len() + NUMBER);
        let mut numbered = Self {
            text: Vec::with_capacity(room),
            ends: Vec::with_capacity(self.ends.len()),
            charge: None,
            numbered: true,
        };
        let mut from = 0;
        for (number, end) in (first..).zip(&self.ends) {
            numbered.push(|text| {
                write_head(text, head, number);
                text.extend_from_slice(&self.text[from..*end]);
                true
            });
            from = *end;
        }
        numbered.charge = self.charge;
        numbered
    }

    /// Their bytes.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// How many of them are whole within the first `bytes`.
    pub fn whole_within(&self, bytes: usize) -> usize {
        self.ends.partition_point(|end| *end <= bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(lines: &Lines) -> Lines {
        Lines {
            text: lines.text.clone(),
            ends: lines.ends.clone(),
            ..Lines::default()
        }
    }

    #[test]
    fn what_there_is_no_memory_for_is_not_added() {
        let limits = natsbridge_wire::Limits {
            message_memory: 5,
            ..natsbridge_wire::Limits::DEFAULT
        };
        let mut lines = Lines::charged(natsbridge_wire::Budget::whole(&limits).charge(0).unwrap());
        let mut push = |text: &[u8], whole| {
            lines.push(|out| {
                out.extend_from_slice(text);
                whole
            })
        };
        let pushed = [
            push(b"abc", true),
            push(b"def", true),
            push(b"g", false),
            push(b"hi", true),
        ];
        assert_eq!(pushed, [true, false, false, true]);
        assert_eq!((lines.len(), lines.text()), (2, &b"abchi"[..]));
    }

    #[test]
    fn what_is_numbered_stays_as_it_is() {
        let mut lines = Lines::default();
        for (number, whole) in [(9, true), (10, false), (10, true)] {
            lines.push_numbered("#", number, |out| {
                out.push(b'\n');
                whole
            });
        }
        assert_eq!(lines.numbered("#", 1).text(), b"#9\n#10\n");
    }

    #[test]
    fn each_has_its_number_and_the_rest_can_be_left_out() {
        let mut lines = Lines::default();
        for tail in [": a\n", ": bc\n", ": d\n"] {
            lines.push(|out| {
                out.extend_from_slice(tail.as_bytes());
                true
            });
        }
        let numbered = copy(&lines).numbered("#", 9);
        assert_eq!(numbered.text(), b"#9: a\n#10: bc\n#11: d\n");
        let whole = [0, 5, 6, 13, 20].map(|bytes| numbered.whole_within(bytes));
        assert_eq!(whole, [0, 0, 1, 1, 2]);
        lines.truncate(2);
        let numbered = copy(&lines).numbered("", 1);
        assert_eq!((lines.len(), numbered.text()), (2, &b"1: a\n2: bc\n"[..]));
        lines.truncate(0);
        assert!(lines.is_empty() && lines.numbered("#", 1).is_empty());
    }
}
