//! Rows in the order of a column: an index of row numbers, never the rows themselves. Runs of a million rows are sorted
//! by the first bytes of their keys, on two threads, and merged; so that ten million rows take two indexes of memory.

use super::source::{SortKey, TableRows};
use super::steps::Steps;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Rows sorted at once.
const RUN: usize = 1 << 20;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

/// The rows in the order of a column, those without a value last, equal ones as they stood. `None` when `steps` wants no
/// more.
pub fn sorted_rows(
    table: &dyn TableRows,
    column: usize,
    direction: Direction,
    rows: &[u32],
    steps: &dyn Steps,
) -> Option<Vec<u32>> {
    let back = direction == Direction::Descending;
    // Sorting is half of the work, merging the other.
    let total = rows.len() as u64 * 2;
    let mut sorted = Vec::with_capacity(rows.len());
    let mut nulls = Vec::new();
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for pair in rows.chunks(RUN * 2) {
        let mut halves = pair.chunks(RUN.min(pair.len().div_ceil(2)).max(1));
        let (first, second) = (halves.next().unwrap_or(&[]), halves.next().unwrap_or(&[]));
        let sort = |run: &[u32]| sorted_run(table, column, back, run);
        let done = std::thread::scope(|scope| {
            let other = scope.spawn(|| sort(second));
            let first = sort(first);
            other.join().ok().map(|second| [first, second])
        })?;
        for (run, without) in done {
            runs.push(sorted.len()..sorted.len() + run.len());
            sorted.extend(run);
            nulls.extend(without);
        }
        if !steps.step((sorted.len() + nulls.len()) as u64, total) {
            return None;
        }
    }
    runs.retain(|run| !run.is_empty());
    let mut merged = if runs.len() > 1 {
        merge(table, column, back, &sorted, runs, steps)?
    } else {
        sorted
    };
    if back {
        merged.reverse();
    }
    merged.extend(nulls);
    Some(merged)
}

/// A run in ascending order, and its rows without a value. Where the result is to be turned around, equal rows are too.
fn sorted_run(table: &dyn TableRows, column: usize, back: bool, rows: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(rows.len());
    let mut nulls = Vec::new();
    let mut text = false;
    for row in rows {
        match table.sort_key(*row as usize, column) {
            SortKey::Null => nulls.push(*row),
            SortKey::Number(key) => keyed.push((key, *row)),
            SortKey::Text(key) => {
                text = true;
                keyed.push((prefix(&key), *row));
            }
        }
    }
    if back {
        keyed.reverse();
    }
    keyed.sort_by_key(|(key, _)| *key);
    if text {
        for equal in keyed.chunk_by_mut(|(a, _), (b, _)| a == b) {
            if equal.len() > 1 {
                equal.sort_by_cached_key(|(_, row)| table.sort_key(*row as usize, column));
            }
        }
    }
    (keyed.into_iter().map(|(_, row)| row).collect(), nulls)
}

/// The first bytes of a text, in its order.
fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let most = text.len().min(8);
    bytes[..most].copy_from_slice(&text.as_bytes()[..most]);
    u64::from_be_bytes(bytes)
}

fn merge(
    table: &dyn TableRows,
    column: usize,
    back: bool,
    sorted: &[u32],
    mut runs: Vec<std::ops::Range<usize>>,
    steps: &dyn Steps,
) -> Option<Vec<u32>> {
    let total = sorted.len() as u64 * 2;
    let mut heads = BinaryHeap::with_capacity(runs.len());
    let count = runs.len();
    // Of equal rows the one of the earlier run comes first; turned around, of the later.
    let rank = |run: usize| if back { count - run } else { run };
    let mut push = |heads: &mut BinaryHeap<_>, run: usize| {
        if let Some(row) = runs[run].next().map(|at| sorted[at]) {
            heads.push(Reverse((
                table.sort_key(row as usize, column),
                rank(run),
                run,
                row,
            )));
        }
    };
    for run in 0..count {
        push(&mut heads, run);
    }
    let mut merged = Vec::with_capacity(sorted.len());
    while let Some(Reverse((_, _, run, row))) = heads.pop() {
        merged.push(row);
        push(&mut heads, run);
        if merged.len() % 65_536 == 0 && !steps.step(sorted.len() as u64 + merged.len() as u64, total) {
            return None;
        }
    }
    Some(merged)
}
