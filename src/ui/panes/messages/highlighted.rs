//! Which rows stand out by a rule of the person: each row is looked at once, when it is first drawn.

use crate::look::Role;
use natsbridge_app::{HighlightColour, State};
use natsbridge_engine::{Candidate, Row};
use std::collections::HashMap;

/// Rows remembered; more are forgotten all together and looked at anew.
const KEPT: usize = 4096;

/// What was found of the rows drawn so far.
#[derive(Debug, Default)]
pub struct Highlighted {
    rows: HashMap<u64, Option<Role>>,
    /// The rules that it was found by.
    rules: u64,
}

impl Highlighted {
    /// The role in which a row stands out; the first rule that it fits decides.
    pub fn role(&mut self, state: &State, row: &Row) -> Option<Role> {
        if self.rules != state.highlights_changed || self.rows.len() > KEPT {
            self.rows.clear();
            self.rules = state.highlights_changed;
        }
        if state.highlights.is_empty() {
            return None;
        }
        // What is not digested yet cannot be judged.
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
