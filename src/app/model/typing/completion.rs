//! Completions of what has been typed so far: values that start with it first, then values that contain it.

/// Completions shown at a time.
const MOST: usize = 6;

/// The completions of the line being typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completions {
    known: Vec<String>,
    /// The matches, best first.
    pub shown: Vec<String>,
    /// The chosen one of them.
    pub chosen: Option<usize>,
}

impl Completions {
    /// Completions from `known`, most likely ones first.
    pub fn new(known: Vec<String>, text: &str) -> Self {
        let mut offers = Self {
            known,
            ..Self::default()
        };
        offers.narrow(text);
        offers
    }

    /// Completions that were computed elsewhere, in that order.
    pub fn of(shown: Vec<String>) -> Self {
        Self {
            shown,
            ..Self::default()
        }
    }

    /// Offers what fits another text.
    pub fn narrow(&mut self, text: &str) {
        let wanted = text.to_lowercase();
        let starts = |known: &&String| known.to_lowercase().starts_with(&wanted);
        let holds = |known: &&String| known.to_lowercase().contains(&wanted);
        let first = self.known.iter().filter(starts);
        let then = self.known.iter().filter(|known| holds(known) && !starts(known));
        let fits = first.chain(then).filter(|known| known.as_str() != text);
        self.shown = fits.take(MOST).cloned().collect();
        self.chosen = None;
    }

    /// Moves to the next or previous completion; `false` if there are none.
    pub fn step(&mut self, rows: isize) -> bool {
        let last = match self.shown.len() {
            0 => return false,
            shown => shown - 1,
        };
        self.chosen = match self.chosen {
            None if rows < 0 => return false,
            None => Some(0),
            Some(0) if rows < 0 => None,
            Some(at) => Some(at.saturating_add_signed(rows).min(last)),
        };
        true
    }

    /// The chosen completion, or the first.
    pub fn best(&self) -> Option<String> {
        self.shown.get(self.chosen.unwrap_or(0)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_starts_so_comes_before_what_holds_it() {
        let known = ["/chat/room1", "device.chat", "chat.room2"].map(str::to_owned);
        let mut offers = Completions::new(known.to_vec(), "CHAT");
        assert_eq!(offers.shown, ["chat.room2", "/chat/room1", "device.chat"]);
        assert_eq!(offers.best().as_deref(), Some("chat.room2"));
        assert!(!offers.step(-1));
        assert!(offers.step(1) && offers.step(1));
        assert_eq!(offers.best().as_deref(), Some("/chat/room1"));
        offers.narrow("chat.room2");
        assert_eq!(offers.best(), None, "what is typed already is not offered");
    }
}
