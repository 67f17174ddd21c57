//! Interning of repeated texts. Bounded: texts that do not fit share one entry.

use std::collections::HashMap;
use std::sync::Arc;

/// Bytes of text that count as one entry towards the limit, so that long texts cannot defeat it.
const ENTRY_BYTES: usize = 256;

/// A bounded table of texts; numbers are given in order of first appearance and never change.
#[derive(Debug)]
pub(crate) struct Interner {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
    room: usize,
    overflow: &'static str,
    overflow_number: Option<u32>,
}

/// Where a text went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interned {
    /// It has its own number.
    Own(u32),
    /// The table is full: it shares the number of all later texts.
    Overflow(u32),
}

impl Interned {
    /// The number either way.
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Own(number) | Self::Overflow(number) => number,
        }
    }
}

impl Interner {
    /// A table of at most `entries` texts; later ones share an entry that reads `overflow`.
    pub(crate) fn new(entries: usize, overflow: &'static str) -> Self {
        Self {
            numbers: HashMap::new(),
            texts: Vec::new(),
            room: entries,
            overflow,
            overflow_number: None,
        }
    }

    /// The number of `text`, given now if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> Interned {
        if let Some(&number) = self.numbers.get(text) {
            return Interned::Own(number);
        }
        let cost = 1 + text.len() / ENTRY_BYTES;
        if cost > self.room {
            let next = self.texts.len() as u32;
            let number = *self.overflow_number.get_or_insert(next);
            if number == next {
                self.texts.push(self.overflow.into());
            }
            return Interned::Overflow(number);
        }
        self.room -= cost;
        let number = self.texts.len() as u32;
        let text: Arc<str> = text.into();
        self.texts.push(text.clone());
        self.numbers.insert(text, number);
        Interned::Own(number)
    }

    /// The number of a text's beginning, of at most so many bytes.
    pub(crate) fn word(&mut self, text: &str, most: usize) -> u32 {
        let mut end = text.len().min(most);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.intern(&text[..end]).number()
    }

    /// The text of a number given earlier; `""` for any other.
    pub(crate) fn text(&self, number: u32) -> Arc<str> {
        self.texts.get(number as usize).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_gets_the_same_number() {
        let mut table = Interner::new(10, "(more)");
        let a = table.intern("a");
        assert_eq!(table.intern("b"), Interned::Own(1));
        assert_eq!(table.intern("a"), a);
        assert_eq!(&*table.text(1), "b");
        assert_eq!(&*table.text(7), "");
    }

    #[test]
    fn what_comes_too_late_shares_one_entry() {
        let mut table = Interner::new(2, "(more)");
        table.intern("a");
        table.intern("b");
        assert_eq!(table.intern("c"), Interned::Overflow(2));
        assert_eq!(table.intern("d"), Interned::Overflow(2));
        assert_eq!(table.intern("a"), Interned::Own(0));
        assert_eq!(&*table.text(2), "(more)");
        // A text that spells the overflow entry is not mistaken for it.
        assert_eq!(table.intern("(more)"), Interned::Overflow(2));
    }

    #[test]
    fn long_texts_cost_more_room() {
        let mut table = Interner::new(3, "(more)");
        assert_eq!(table.intern(&"x".repeat(600)), Interned::Own(0));
        assert_eq!(table.intern("y"), Interned::Overflow(1));
    }
}
