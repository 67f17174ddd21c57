//! Search in everything stored: the text is looked for elsewhere, its matches are walked through here.

use crate::model::{Effect, Matches, State, count};
use crate::update::dispatch::select;
use natsbridge_wire::Severity;

impl State {
    /// Goes to the next (or previous) message with the text; looks for it first where that is not known.
    pub(crate) fn find_stored(&mut self, forward: bool, effects: &mut Vec<Effect>) {
        if self.matches.until < self.store.range().end {
            self.matches.pending = Some(forward);
            effects.push(Effect::Find(self.search.text().to_owned()));
        } else {
            self.go_to_match(forward, effects);
        }
    }

    /// Another text is searched for.
    pub(crate) fn forget_matches(&mut self) {
        self.matches = Matches::default();
    }

    /// Takes in what was found.
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
        // Only what the list shows can be gone to.
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
                hidden => format!(
                    " {} messages that are filtered out have it.",
                    count(hidden as u64)
                ),
            };
            let text = format!("No match for \"{}\" here.{hidden}", self.search.text());
            self.tell(Severity::Note, text);
            return;
        };
        if wrapped && seq != here {
            let edge = if forward {
                "last match: on from the first"
            } else {
                "first match: on from the last"
            };
            self.tell(Severity::Note, format!("That was the {edge}."));
        }
        select(self, seq, effects);
    }
}
