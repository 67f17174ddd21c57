//! Search over all stored messages: the search runs elsewhere; moving through its matches is here.

use crate::model::{Effect, Matches, State};
use crate::update::dispatch::select;
use natsbridge_engine::counted;
use natsbridge_wire::Severity;

impl State {
    /// Moves to the next or previous match; searches first if the matches are not known yet.
    pub(crate) fn find_stored(&mut self, forward: bool, effects: &mut Vec<Effect>) {
        if self.matches.until < self.store.range().end {
            self.matches.pending = Some(forward);
            effects.push(Effect::Find(self.search.text().to_owned()));
        } else {
            self.go_to_match(forward, effects);
        }
    }

    /// Starts searching for another text.
    pub(crate) fn forget_matches(&mut self) {
        self.matches = Matches::default();
    }

    /// Accepts the search results.
    pub(crate) fn take_matches(&mut self, seqs: Vec<u64>, until: u64, effects: &mut Vec<Effect>) {
        let pending = self.matches.pending.take();
        self.matches = Matches {
            seqs,
            until,
            pending: None,
        };
        if let Some(forward) = pending {
            self.go_to_match(forward, effects);
        }
    }

    fn go_to_match(&mut self, forward: bool, effects: &mut Vec<Effect>) {
        let here = self.selected.unwrap_or(0);
        // Only listed messages can be selected.
        let shown = |seq: &&u64| self.view.get(self.view.position(**seq)) == Some(**seq);
        let seqs = &self.matches.seqs;
        let at = seqs.partition_point(|seq| *seq <= here);
        let before = seqs.partition_point(|seq| *seq < here);
        let (found, wrapped) = if forward {
            let next = seqs[at..].iter().find(shown);
            (next.or_else(|| seqs[..at].iter().find(shown)), next.is_none())
        } else {
            let next = seqs[..before].iter().rev().find(shown);
            (
                next.or_else(|| seqs[before..].iter().rev().find(shown)),
                next.is_none(),
            )
        };
        let Some(seq) = found.copied() else {
            let hidden = match self.matches.seqs.len() {
                0 => String::new(),
                hidden => format!(" {} hidden by the filter.", counted(hidden, "match")),
            };
            let text = format!("No match for \"{}\" here.{hidden}", self.search.text());
            self.tell(Severity::Note, text);
            return;
        };
        if wrapped && seq != here {
            let edge = if forward {
                "last match; continued from the first"
            } else {
                "first match; continued from the last"
            };
            self.tell(Severity::Note, format!("That was the {edge}."));
        }
        select(self, seq, effects);
    }
}
