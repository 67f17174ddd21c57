//! What could be meant by the few letters typed so far: those that start with them first, then those that hold them.

/// Offers shown at a time.
const MOST: usize = 6;

/// What is offered while a line is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offers {
    known: Vec<String>,
    /// What fits, the best first.
    pub shown: Vec<String>,
    /// The chosen one of them.
    pub chosen: Option<usize>,
}

impl Offers {
    /// Offers out of `known`, whose order tells what is likelier.
    pub fn new(known: Vec<String>, text: &str) -> Self {
        let mut offers = Self {
            known,
            ..Self::default()
        };
        offers.narrow(text);
        offers
    }

    /// Offers that were chosen elsewhere, in that order.
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

    /// Chooses the next offer, or one before; `false` where nothing is offered.
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

    /// The offer chosen, or the first.
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
        let mut offers = Offers::new(known.to_vec(), "CHAT");
        assert_eq!(offers.shown, ["chat.room2", "/chat/room1", "device.chat"]);
        assert_eq!(offers.best().as_deref(), Some("chat.room2"));
        assert!(!offers.step(-1));
        assert!(offers.step(1) && offers.step(1));
        assert_eq!(offers.best().as_deref(), Some("/chat/room1"));
        offers.narrow("chat.room2");
        assert_eq!(offers.best(), None, "what is typed already is not offered");
    }
}
