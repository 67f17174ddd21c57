//! The room of Messages: the list, the selection in it, what was searched and marked. The selection stays on its
//! message for as long as that is in memory, whatever the list shows.

use super::highlights::Highlights;
use super::list::MessageList;
use super::marked::Marked;
use super::matches::Matches;
use super::rows::KnownRows;
use crate::model::settings::Highlight;
use crate::model::turned::turned;
use natsbridge_engine::{ConversationId, Store};

/// Whether the list follows new messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Follow {
    /// The newest message is selected.
    #[default]
    Following,
    /// The selection stays; messages from `mark` on are new.
    Paused {
        /// The first number that is new.
        mark: u64,
    },
}

/// How the list shows times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// Time of day.
    #[default]
    Absolute,
    /// How long ago.
    Relative,
    /// Since the message above.
    Delta,
}

impl Clock {
    pub(crate) fn next(self) -> Self {
        turned(&[Self::Absolute, Self::Relative, Self::Delta], self, true)
    }
}

/// The messages received, as they are listed.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    /// Which are shown.
    pub list: MessageList,
    /// The selected one; it may be filtered out.
    pub selected: Option<u64>,
    /// Whether the list follows new messages.
    pub follow: Follow,
    /// How the list tells time.
    pub clock: Clock,
    /// Rows of the list on screen.
    pub page: usize,
    /// Rows to move by once the list is filtered: keys that were pressed before that.
    pub(crate) owed: isize,
    /// Whether the selected message is to be opened once the list is filtered.
    pub(crate) opens: bool,
    /// The conversation that the list is narrowed to.
    pub only: Option<ConversationId>,
    /// The messages that hold the text searched for.
    pub matches: Matches,
    /// Marked messages.
    pub marked: Marked,
    /// Which messages stand out.
    pub highlights: Highlights,
    /// What is known of the rows beyond their digest.
    pub rows: KnownRows,
}

impl Messages {
    /// None yet; these stand out.
    pub(crate) fn new(highlights: Vec<Highlight>) -> Self {
        Self {
            page: 1,
            highlights: Highlights::new(highlights),
            ..Self::default()
        }
    }

    /// Whether the list runs along with what arrives.
    pub fn following(&self) -> bool {
        self.follow == Follow::Following
    }

    /// Messages that arrived since the list was paused.
    pub fn new_since_pause(&self) -> usize {
        match self.follow {
            Follow::Following => 0,
            Follow::Paused { mark } => self.list.len() - self.list.position(mark).min(self.list.len()),
        }
    }

    /// Stops following; whether it did follow.
    pub(crate) fn pause(&mut self) -> bool {
        let followed = self.following();
        if followed {
            self.follow = Follow::Paused {
                mark: self.list.next(),
            };
        }
        followed
    }

    /// The message so many rows from the selected one. One that is filtered out stands between two rows.
    pub(crate) fn step(&self, rows: isize) -> Option<u64> {
        let at = self.selected.map_or(0, |seq| self.list.position(seq));
        let hidden = self.selected.is_some_and(|seq| !self.list.holds(seq));
        let rows = if hidden && rows > 0 { rows - 1 } else { rows };
        let last = self.list.len().saturating_sub(1);
        self.list.get(at.saturating_add_signed(rows).min(last))
    }

    /// The list has caught up with the store. The selection goes to the newest message listed while following;
    /// otherwise it leaves its message only when that is evicted. Whether it was.
    pub(crate) fn select_again(&mut self, store: &Store) -> bool {
        let held = store.range();
        let kept = self.selected.filter(|seq| held.contains(seq));
        if self.following() {
            // Of a list that is still being filtered, the newest is not known yet.
            let newest = self.list.newest().filter(|_| !self.list.is_scanning());
            self.selected = newest.or(kept).or_else(|| self.list.newest());
        }
        let evicted = !self.following() && self.selected.is_some() && kept.is_none();
        if evicted {
            self.selected = self.list.get(0);
        }
        evicted
    }
}
