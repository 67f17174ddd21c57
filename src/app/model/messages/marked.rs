//! Which messages are marked, by letter, in the order in which they were marked.

use natsbridge_engine::StoredMessage;

/// What a letter is requested for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkUse {
    /// To mark the selected message; the same letter again removes the mark.
    Set,
    /// To go to the marked message.
    Jump,
}

/// The marked messages.
#[derive(Debug, Clone, Default)]
pub struct Marked {
    all: Vec<(char, StoredMessage)>,
    /// The message that was selected before the last jump.
    pub(crate) before: Option<u64>,
}

impl Marked {
    /// All of them, the one marked last at the end.
    pub fn all(&self) -> &[(char, StoredMessage)] {
        &self.all
    }

    /// The message of a letter.
    pub fn get(&self, letter: char) -> Option<&StoredMessage> {
        let marked = self.all.iter().find(|(known, _)| *known == letter);
        marked.map(|(_, message)| message)
    }

    /// The letter of a message.
    pub fn letter_of(&self, seq: u64) -> Option<char> {
        let marked = self.all.iter().find(|(_, message)| message.seq == seq);
        marked.map(|(letter, _)| *letter)
    }

    pub(crate) fn set(&mut self, letter: char, message: StoredMessage) {
        self.remove(letter);
        // A slice of the store would keep its whole segment in memory.
        let payload = bytes::Bytes::copy_from_slice(&message.payload);
        self.all.push((letter, StoredMessage { payload, ..message }));
    }

    /// The two marked last, or as many as there are.
    pub(crate) fn last_two(&self) -> &[(char, StoredMessage)] {
        &self.all[self.all.len().saturating_sub(2)..]
    }

    pub(crate) fn remove(&mut self, letter: char) {
        self.all.retain(|(known, _)| *known != letter);
    }
}
