//! What the message list needs to know of messages: which match its filter, and what their rows show.

use super::first_line::first_line;
use natsbridge_app::{Among, Describe, Described, RowFacts, Sift, Sifted};
use natsbridge_engine::{Candidate, Row, Store, SubjectId};
use std::collections::HashMap;

/// Rows filtered per step, so that results come in soon.
const STEP_ROWS: u64 = 32_768;
/// Bytes filtered per step; decoded messages count several times.
const STEP_BYTES: u64 = 8 << 20;

/// Filters messages for the list, as far as one step goes.
pub fn sift(store: &Store, request: &Sift) -> Sifted {
    let (rows, end) = match &request.among {
        Among::Range(range) => {
            let end = range.end.min(range.start + STEP_ROWS);
            (store.rows(range.start..end), end)
        }
        Among::These(seqs) => {
            let rows = seqs.iter().filter_map(|seq| store.row(*seq)).collect();
            (rows, seqs.last().map_or(0, |last| last + 1))
        }
    };
    let mut subjects: HashMap<SubjectId, bool> = HashMap::new();
    let mut sifted = Sifted {
        number: request.number,
        seqs: vec![],
        until: end,
    };
    let mut looked = 0;
    for row in &rows {
        if looked > STEP_BYTES {
            sifted.until = row.seq;
            break;
        }
        let narrow = || request.narrow.admits(&store.subject(row.subject));
        if !*subjects.entry(row.subject).or_insert_with(narrow) {
            continue;
        }
        let candidate = Candidate::stored(store, row);
        if request.filter.admits(&candidate, request.now_us) {
            sifted.seqs.push(row.seq);
        }
        looked += candidate.looked();
    }
    sifted
}

/// Finds out what the list shows of these rows. Of one that was evicted in the meantime, nothing is.
pub fn describe(store: &Store, request: &Describe) -> Described {
    let facts = |seq: &u64| {
        let row = store.row(*seq);
        let facts = row.map(|row| row_facts(store, &row, request));
        (*seq, facts.unwrap_or_default())
    };
    Described {
        rows: request.seqs.iter().map(facts).collect(),
        changes: request.changes,
    }
}

fn row_facts(store: &Store, row: &Row, request: &Describe) -> RowFacts {
    let candidate = Candidate::stored(store, row);
    let mut rules = request.rules.iter();
    let matching = rules.find(|rule| rule.filter.admits(&candidate, request.now_us));
    RowFacts {
        first_line: candidate.message().map(first_line).unwrap_or_default(),
        stands_out: matching.map(|rule| rule.colour),
    }
}
