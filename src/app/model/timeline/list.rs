//! The list of conversations: sorted, filtered, with a selection that stays on its conversation. Holds only numbers;
//! the screen asks for the conversations it shows.

use super::choice::{Scope, Sort, Totals};
use super::payload_words::payload_words;
use crate::model::messages::TextFilter;
use crate::model::turned::around;
use natsbridge_engine::{ConversationId, ConversationState, ConversationView, LatencyView, Store};
use std::collections::BTreeMap;

/// Microseconds between two refreshes of the list.
const LOOK_US: i64 = 100_000;
/// How often the age of an open request is updated, in milliseconds.
const OPEN_MS: u64 = 250;
/// How often that of one unanswered is, for the first minute.
const UNANSWERED_MS: u64 = 1_000;
const MINUTE_US: i64 = 60_000_000;
/// Messages of the open conversation that are looked into at a time.
const LEARNED: usize = 200;

/// The opened conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenConversation {
    /// Its state at the last refresh.
    pub view: ConversationView,
    /// The place of the chosen message.
    pub cursor: usize,
    /// Whether it has been evicted since.
    pub gone: bool,
    /// What its messages hold, in words, by their numbers.
    pub payloads: BTreeMap<u64, String>,
}

impl OpenConversation {
    /// Finds out what messages hold that are new to it.
    fn learn(&mut self, store: &Store) {
        let new = self.view.messages.iter().map(|message| message.seq);
        let new: Vec<u64> = new
            .filter(|seq| !self.payloads.contains_key(seq))
            .take(LEARNED)
            .collect();
        for seq in new {
            self.payloads.insert(seq, payload_words(store, seq));
        }
    }

    /// The number of the message under the cursor.
    pub fn chosen(&self) -> Option<u64> {
        Some(self.view.messages.get(self.cursor)?.seq)
    }
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
    /// Whether their time axis is linear, not logarithmic.
    pub linear: bool,
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

    /// Hears how many rows are on screen; none while the pane is not shown.
    pub(crate) fn lay_out(&mut self, page: usize, store: &Store, now_us: i64) {
        let appears = page > 0 && self.page == 0;
        self.page = page;
        if appears {
            self.look_again(store, now_us);
        }
    }

    /// Shows only conversations with that text.
    pub(crate) fn filter_by(&mut self, text: &str, store: &Store, now_us: i64) {
        self.filter = TextFilter::new(text);
        self.look_again(store, now_us);
    }

    /// Closes what is open, or else clears the filter; `false` if there is neither.
    pub(crate) fn leave(&mut self, store: &Store, now_us: i64) -> bool {
        if self.latencies.take().is_some() || self.open.take().is_some() {
            return true;
        }
        let filtered = self.is_filtered();
        if filtered {
            self.filter_by("", store, now_us);
        }
        filtered
    }

    /// Opens a conversation with the cursor on one of its messages; `false` if it is no longer kept.
    pub(crate) fn open(&mut self, id: ConversationId, seq: Option<u64>, store: &Store, now_us: i64) -> bool {
        let Some(view) = store.timeline(|timeline| timeline.view(id, now_us, usize::MAX)) else {
            return false;
        };
        let place = |seq| view.messages.iter().position(|message| message.seq == seq);
        (self.selected, self.paused, self.latencies) = (Some(id), true, None);
        self.open = Some(OpenConversation {
            cursor: seq.and_then(place).unwrap_or(0),
            view,
            gone: false,
            payloads: BTreeMap::new(),
        });
        if let Some(open) = &mut self.open {
            open.learn(store);
        }
        true
    }

    /// Scrolls what is shown by so many rows.
    pub(crate) fn scroll(&mut self, rows: isize) {
        let moved = |at: usize, len: usize| at.saturating_add_signed(rows).min(len.saturating_sub(1));
        if let Some(latencies) = &self.latencies {
            let len = latencies.subjects.len() + latencies.pairs.len() + 3;
            let last = (len + 1).saturating_sub(self.page).max(1);
            self.latency_row = moved(self.latency_row, last);
        } else if let Some(open) = &mut self.open {
            self.paused = true;
            open.cursor = moved(open.cursor, open.view.messages.len());
        } else if !self.rows.is_empty() {
            self.paused = true;
            let at = moved(self.position(), self.rows.len());
            self.selected = self.rows.get(at).copied();
        }
    }

    /// Selects the next or previous conversation that contains a text, wrapping around; `false` if none does.
    pub(crate) fn find(&mut self, search: &TextFilter, forward: bool, store: &Store) -> bool {
        let rows = &self.rows;
        let found = store.timeline(|timeline| {
            let mut ids = around(self.position(), rows.len(), forward).map(|place| rows[place]);
            ids.find(|id| timeline.mentions(*id, |text| search.admits(text)))
        });
        if found.is_some() {
            (self.selected, self.paused, self.open) = (found, true, None);
        }
        found.is_some()
    }

    /// The conversation that actions apply to: the open one, or else the selected one.
    pub(crate) fn chosen(&self) -> Option<ConversationId> {
        self.open.as_ref().map(|open| open.view.id).or(self.selected)
    }

    /// It, with all its messages.
    pub(crate) fn chosen_view(&self, store: &Store, now_us: i64) -> Option<ConversationView> {
        if let Some(open) = &self.open {
            return Some(open.view.clone());
        }
        let id = self.selected?;
        store.timeline(|timeline| timeline.view(id, now_us, usize::MAX))
    }

    /// The open conversation; in the list, all that are listed.
    pub(crate) fn chosen_views(&self, store: &Store, now_us: i64) -> Vec<ConversationView> {
        match &self.open {
            Some(open) => vec![open.view.clone()],
            None => store.timeline(|timeline| {
                let view = |id: &ConversationId| timeline.view(*id, now_us, usize::MAX);
                self.rows.iter().filter_map(view).collect()
            }),
        }
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
        let recent = |at: i64| (0..LOOK_US).contains(&(now_us - at));
        let due = !self.looked_us.is_some_and(recent);
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
                let admits = |text: &str| self.filter.admits(text);
                if self.is_filtered() && !admits(brief.state.word()) && !brief.mentions(admits) {
                    totals.filtered += 1;
                    return;
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
            self.selected = self.rows.get(before).or(self.rows.last()).copied();
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
        open.learn(store);
        let last = open.view.messages.len().saturating_sub(1);
        let place = |seq| open.view.messages.iter().position(|message| message.seq == seq);
        open.cursor = match chosen.and_then(place) {
            Some(place) if !at_end || self.paused => place,
            _ => last,
        };
    }
}
