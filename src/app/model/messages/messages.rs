//! The room of Messages: the list, the selection in it, what was searched and marked. The selection stays on its
//! message for as long as that is in memory, whatever the list shows.

use super::highlights::Highlights;
use super::list::MessageList;
use super::marked::Marked;
use super::matches::Matches;
use super::narrow::ListScope;
use super::rows::KnownRows;
use super::sift::Sift;
use crate::model::settings::Highlight;
use natsbridge_engine::{ConversationId, Store};

/// Whether the list follows new messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// The newest message is selected.
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
        match self {
            Self::Absolute => Self::Relative,
            Self::Relative => Self::Delta,
            Self::Delta => Self::Absolute,
        }
    }
}

/// The messages received, as they are listed.
#[derive(Debug, Clone)]
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

/// What became of the selection when the list caught up with the store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct CaughtUp {
    /// The selected message has been evicted.
    pub(crate) evicted: bool,
    /// What has to be filtered elsewhere.
    pub(crate) sift: Option<Sift>,
}

impl Messages {
    /// None yet; these stand out.
    pub(crate) fn new(highlights: Vec<Highlight>) -> Self {
        Self {
            list: MessageList::default(),
            selected: None,
            follow: Follow::Following,
            clock: Clock::default(),
            page: 1,
            only: None,
            matches: Matches::default(),
            marked: Marked::default(),
            highlights: Highlights::new(highlights),
            rows: KnownRows::default(),
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

    /// Shows other messages.
    pub(crate) fn restrict_to(&mut self, narrow: ListScope) {
        let filter = self.list.filter().clone();
        self.list.restrict(narrow, filter);
    }

    /// Catches up with the store. The selection goes to the newest message listed while following; otherwise it leaves
    /// its message only when that is evicted.
    pub(crate) fn catch_up(&mut self, store: &Store, now_us: i64) -> CaughtUp {
        let mut caught_up = CaughtUp {
            evicted: false,
            sift: self.list.advance(store, now_us),
        };
        let held = store.range();
        let kept = self.selected.filter(|seq| held.contains(seq));
        if self.following() {
            // Of a list that is still being filtered, the newest is not known yet.
            let newest = self.list.newest().filter(|_| !self.list.is_scanning());
            self.selected = newest.or(kept).or_else(|| self.list.newest());
        } else if self.selected.is_some() && kept.is_none() {
            caught_up.evicted = true;
            self.selected = self.list.get(0);
        }
        caught_up
    }
}
