//! The list of conversations: sorted, filtered, with a selection that stays on its conversation. Holds only numbers;
//! the screen asks for the conversations it shows.

use crate::model::messages::TextFilter;
use natsbridge_engine::{ConversationId, ConversationState, ConversationView, LatencyView, Store};

/// Microseconds between two refreshes of the list.
const LOOK_US: i64 = 100_000;
/// How often the age of an open request is updated, in milliseconds.
const OPEN_MS: u64 = 250;
/// How often that of one unanswered is, for the first minute.
const UNANSWERED_MS: u64 = 1_000;
const MINUTE_US: i64 = 60_000_000;

/// Events of the timeline pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineMsg {
    /// The pane has so many rows; none when it is not on screen.
    Layout(usize),
    /// The row at that place of the list, or of the open conversation, was clicked.
    Select(usize),
    /// It was scrolled by so many rows.
    Scroll(isize),
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By start time, newest last.
    #[default]
    Age,
    /// The slowest first.
    Latency,
    /// The most severe first.
    State,
}

impl Sort {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Age => "by age",
            Self::Latency => "by latency",
            Self::State => "by state",
        }
    }

    pub(crate) fn next(self) -> Self {
        match self {
            Self::Age => Self::Latency,
            Self::Latency => Self::State,
            Self::State => Self::Age,
        }
    }
}

/// Which conversations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// All but single messages that nobody answered.
    #[default]
    Conversations,
    /// Those with problems.
    Problems,
    /// Single messages too.
    Everything,
}

impl Scope {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Problems => "problems only",
            Self::Everything => "with single messages",
        }
    }

    pub(crate) fn next(self) -> Self {
        match self {
            Self::Conversations => Self::Problems,
            Self::Problems => Self::Everything,
            Self::Everything => Self::Conversations,
        }
    }
}

/// Totals over all conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Conversations with a request that waits.
    pub open: usize,
    /// Conversations with one that waits too long.
    pub unanswered: usize,
    /// Conversations with problems.
    pub problems: usize,
    /// Conversations in the scope that do not match the filter.
    pub filtered: usize,
    /// The median latency, microseconds.
    pub p50_us: Option<u64>,
    /// The 99th percentile of the latencies.
    pub p99_us: Option<u64>,
    /// Evicted conversations: expired or pushed out; including single messages if those are listed.
    pub gone: u64,
}

/// The opened conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenConversation {
    /// Its state at the last refresh.
    pub view: ConversationView,
    /// The place of the chosen message.
    pub cursor: usize,
    /// Whether it has been evicted since.
    pub gone: bool,
}

/// The timeline's part of the workbench.
#[derive(Debug, Clone, Default)]
pub struct Conversations {
    rows: Vec<ConversationId>,
    /// The selected conversation.
    pub selected: Option<ConversationId>,
    /// Whether the selection stays instead of following new conversations.
    pub paused: bool,
    /// The order.
    pub sort: Sort,
    /// Which are listed.
    pub scope: Scope,
    /// The text that they are filtered by.
    pub filter: TextFilter,
    /// The one that is open.
    pub open: Option<OpenConversation>,
    /// Latencies, while they are shown instead of the list.
    pub latencies: Option<LatencyView>,
    /// The row of the latencies at the top.
    pub latency_row: usize,
    /// What all come to.
    pub totals: Totals,
    /// Rows on screen; none while the pane is not shown.
    pub page: usize,
    version: Option<u64>,
    looked_us: Option<i64>,
    /// When the newest request that counts as unanswered began.
    young_us: Option<i64>,
}

impl Conversations {
    /// The conversations listed, in order.
    pub fn rows(&self) -> &[ConversationId] {
        &self.rows
    }

    /// The place of the selection.
    pub fn position(&self) -> usize {
        let place = |id| self.rows.iter().position(|row| *row == id);
        self.selected.and_then(place).unwrap_or(0)
    }

    /// Whether anything is left out by text.
    pub fn is_filtered(&self) -> bool {
        !self.filter.is_empty()
    }

    /// The selection criteria changed: refreshes in any case.
    pub(crate) fn look_again(&mut self, store: &Store, now_us: i64) {
        self.version = Some(store.timeline(|timeline| timeline.version()));
        self.looked_us = Some(now_us);
        self.list(store, now_us);
        self.refresh_open(store, now_us);
        if self.latencies.is_some() {
            self.latencies = Some(store.timeline(|timeline| timeline.latencies()));
        }
    }

    /// Refreshes the list, if the pane is on screen, it is time, and something may have changed.
    pub(crate) fn look(&mut self, store: &Store, now_us: i64) {
        let due = self
            .looked_us
            .is_none_or(|at| !(0..LOOK_US).contains(&(now_us - at)));
        if self.page == 0 || !due {
            return;
        }
        let version = store.timeline(|timeline| timeline.version());
        let waiting = self.totals.open + self.totals.unanswered > 0;
        if self.version != Some(version) || waiting {
            self.look_again(store, now_us);
        }
    }

    /// Milliseconds after which it wants to look again by itself; `None` while nothing moves.
    pub(crate) fn due_ms(&self, store: &Store, now_us: i64) -> Option<u64> {
        if self.page == 0 {
            return None;
        }
        if self.version != Some(store.timeline(|timeline| timeline.version())) {
            return Some(LOOK_US.unsigned_abs() / 1000);
        }
        if self.totals.open > 0 {
            return Some(OPEN_MS);
        }
        let young = self.young_us.is_some_and(|at| now_us - at < MINUTE_US);
        young.then_some(UNANSWERED_MS)
    }

    fn list(&mut self, store: &Store, now_us: i64) {
        let mut totals = Totals::default();
        let mut keyed: Vec<(u64, ConversationId)> = Vec::new();
        self.young_us = None;
        store.timeline(|timeline| {
            timeline.each(now_us, |brief| {
                totals.open += usize::from(brief.state == ConversationState::Open);
                totals.unanswered += usize::from(brief.state == ConversationState::Unanswered);
                totals.problems += usize::from(brief.state.is_problem());
                if brief.state == ConversationState::Unanswered {
                    self.young_us = self.young_us.max(brief.waiting_us);
                }
                let in_scope = match self.scope {
                    Scope::Conversations => !brief.is_single,
                    Scope::Problems => brief.state.is_problem(),
                    Scope::Everything => true,
                };
                if !in_scope {
                    return;
                }
                if self.is_filtered() {
                    let named = self.filter.admits(brief.state.word());
                    if !named && !brief.mentions(|text| self.filter.admits(text)) {
                        totals.filtered += 1;
                        return;
                    }
                }
                let key = match self.sort {
                    Sort::Age => 0,
                    Sort::Latency => u64::MAX - brief.latency_us.unwrap_or(0),
                    Sort::State => brief.state as u64,
                };
                keyed.push((key, brief.id));
            });
            let counts = timeline.counts();
            totals.gone = counts.expired + counts.evicted;
            if self.scope == Scope::Everything {
                totals.gone += counts.singles_gone;
            }
            totals.p50_us = timeline.latency(0.50);
            totals.p99_us = timeline.latency(0.99);
        });
        keyed.sort_unstable();
        let before = self.position();
        self.rows = keyed.into_iter().map(|(_, id)| id).collect();
        self.totals = totals;
        if !self.paused {
            self.selected = match self.sort {
                Sort::Age => self.rows.last().copied(),
                Sort::Latency | Sort::State => self.rows.first().copied(),
            };
        } else if self.selected.is_some_and(|id| !self.rows.contains(&id)) {
            // After an eviction, the selection moves to the neighbour.
            self.selected = self
                .rows
                .get(before.min(self.rows.len().saturating_sub(1)))
                .copied();
        }
    }

    /// Takes over what came to the open conversation.
    fn refresh_open(&mut self, store: &Store, now_us: i64) {
        let Some(open) = &mut self.open else { return };
        let at_end = open.cursor + 1 == open.view.messages.len();
        let chosen = open.view.messages.get(open.cursor).map(|message| message.seq);
        match store.timeline(|timeline| timeline.view(open.view.id, now_us, usize::MAX)) {
            Some(view) => open.view = view,
            None => open.gone = true,
        }
        let last = open.view.messages.len().saturating_sub(1);
        let place = |seq| open.view.messages.iter().position(|message| message.seq == seq);
        open.cursor = match chosen.and_then(place) {
            Some(place) if !at_end || self.paused => place,
            _ => last,
        };
    }
}
