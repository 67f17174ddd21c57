//! The results of a search over all stored messages.

use super::numbers::Numbers;

/// The messages that hold the text searched for.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    /// Their numbers, ascending.
    pub(crate) seqs: Numbers,
    /// The number of the first message that was not searched.
    pub(crate) until: u64,
    /// Which way to move once the matches are known.
    pub(crate) pending: Option<bool>,
    /// The text that is being searched for elsewhere.
    pub(crate) asked: Option<String>,
}

impl Matches {
    /// Whether a message has the text, as far as that is known.
    pub fn has(&self, seq: u64) -> bool {
        self.seqs.contains(seq)
    }

    /// How many there are; `None` while that is being found out.
    pub fn count(&self) -> Option<usize> {
        self.asked.is_none().then(|| self.seqs.len())
    }

    /// How many there are, with the place of one of them.
    pub fn place(&self, seq: Option<u64>) -> Option<(usize, usize)> {
        let at = seq.filter(|seq| self.seqs.contains(*seq))?;
        Some((self.seqs.position(at) + 1, self.seqs.len()))
    }
}
