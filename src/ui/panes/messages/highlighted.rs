//! Which rows match a highlight rule: each row is checked once, when it is first drawn.

use crate::look::Role;
use natsbridge_app::{HighlightColour, State};
use natsbridge_engine::{Candidate, Row};
use std::collections::HashMap;

/// Rows cached; beyond that, the cache is cleared.
const KEPT: usize = 4096;

/// What was found of the rows drawn so far.
#[derive(Debug, Default)]
pub struct Highlighted {
    rows: HashMap<u64, Option<Role>>,
    /// The rules that it was found by.
    rules: u64,
}

impl Highlighted {
    /// The role of a highlighted row; the first matching rule decides.
    pub fn role(&mut self, state: &State, row: &Row) -> Option<Role> {
        if self.rules != state.highlights_changed || self.rows.len() > KEPT {
            self.rows.clear();
            self.rules = state.highlights_changed;
        }
        if state.highlights.is_empty() {
            return None;
        }
        // A row that is not digested yet cannot be checked.
        row.digest.as_ref()?;
        *self.rows.entry(row.seq).or_insert_with(|| {
            let candidate = Candidate::stored(&state.store, row);
            let fits = |rule: &&natsbridge_app::Highlight| rule.filter.admits(&candidate, state.now_us);
            state.highlights.iter().find(fits).map(|rule| role(rule.colour))
        })
    }
}

fn role(colour: HighlightColour) -> Role {
    match colour {
        HighlightColour::Accent => Role::Accent,
        HighlightColour::Good => Role::Good,
        HighlightColour::Caution => Role::Caution,
        HighlightColour::Bad => Role::Bad,
    }
}
