//! Sorts rows by a column: an index of row numbers, never the rows themselves. Values are distributed over ranges
//! suggested by a sample, and two threads sort one range each, so that ten million rows take little more memory than
//! their index.

use super::row_index::RowIndex;
use crate::bounds::Steps;
use crate::table::key::float_key;
use crate::table::source::{SortKey, TableSource};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Rows whose keys are asked for at once.
const CHUNK: usize = 16_384;
/// Rows that one range should have.
const RANGE: usize = 450_000;
/// Values that are looked at to find ranges of about the same size.
const SAMPLES: usize = 4_096;
const THREADS: usize = 2;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

/// The rows (given by rising numbers) in the order of a column, those without a value last, equal ones as they stood.
/// `None` when `steps` wants no more.
pub fn sorted_rows(
    table: &dyn TableSource,
    column: usize,
    direction: Direction,
    rows: &RowIndex,
    steps: &dyn Steps,
) -> Option<Vec<u32>> {
    let sorting = Sorting {
        table,
        column,
        rows,
        back: direction == Direction::Descending,
        keys: keys(table, column, rows, steps)?,
    };
    let bounds = sorting.bounds();
    let counts = sorting.counts(&bounds);
    let ranges = counts.len();
    let (next, done, given_up) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let total = ranges as u64 * rows.len() as u64;
    let mut whole = vec![0; rows.len()];
    // Each range has a fixed place in the result, so no merging is needed.
    let mut rest = &mut whole[..];
    let mut places: Vec<Mutex<&mut [u32]>> = Vec::with_capacity(ranges);
    for count in &counts {
        let (place, after) = rest.split_at_mut(*count);
        places.push(Mutex::new(place));
        rest = after;
    }
    let work = || {
        let mut keyed = Vec::with_capacity(counts.iter().copied().max().unwrap_or(0));
        loop {
            let range = next.fetch_add(1, Ordering::Relaxed);
            let Some(place) = places.get(range) else {
                return;
            };
            let low = range.checked_sub(1).map(|below| bounds[below]);
            let step = |rows: usize| {
                let done = done.fetch_add(rows as u64, Ordering::Relaxed) + rows as u64;
                let go_on = steps.step(done, total);
                given_up.fetch_or(!go_on, Ordering::Relaxed);
                !given_up.load(Ordering::Relaxed)
            };
            let high = bounds.get(range).copied();
            if !sorting.range((low, high), &step, &mut keyed) {
                return;
            }
            let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
            for (slot, (_, row)) in place.iter_mut().zip(&keyed) {
                *slot = *row;
            }
        }
    };
    // Where no thread can be had, there are fewer.
    std::thread::scope(|scope| {
        for _ in 1..THREADS.min(ranges) {
            let other = std::thread::Builder::new().name("sorting".into());
            other.spawn_scoped(scope, work).ok();
        }
        work();
    });
    if given_up.into_inner() {
        return None;
    }
    if !rest.is_empty() {
        let mut slots = rest.iter_mut();
        sorting.each(&mut |row, key| {
            if key.is_none()
                && let Some(slot) = slots.next()
            {
                *slot = row;
            }
            true
        });
    }
    Some(whole)
}

/// Where keys come from.
enum Keys {
    /// From the table, each time anew: that costs little.
    Asked,
    /// From here, if they are expensive. Where they are `rough`, equal keys may belong to different values.
    Known { keys: Vec<Option<u64>>, rough: bool },
}

fn keys(table: &dyn TableSource, column: usize, rows: &RowIndex, steps: &dyn Steps) -> Option<Keys> {
    if table.number_keys(&[], column, &mut vec![]) {
        return Some(Keys::Asked);
    }
    let mut keys = Vec::with_capacity(rows.len());
    let mut rough = false;
    for (place, row) in rows.iter().enumerate() {
        if place % CHUNK == 0 && !steps.step(place as u64 / 2, rows.len() as u64) {
            return None;
        }
        keys.push(match table.sort_key(row, column) {
            SortKey::Null => None,
            SortKey::Number(key) => Some(key),
            SortKey::Text(text) => {
                rough = true;
                Some(prefix(&text))
            }
            SortKey::Decimal(number) => {
                rough = true;
                Some(float_key(number.nearest()))
            }
        });
    }
    Some(Keys::Known { keys, rough })
}

struct Sorting<'a> {
    table: &'a dyn TableSource,
    column: usize,
    rows: &'a RowIndex,
    back: bool,
    keys: Keys,
}

impl Sorting<'_> {
    /// The place of a key in the order that is wanted.
    fn place(&self, key: u64) -> u64 {
        if self.back { !key } else { key }
    }

    /// Hands over every row with its key, until `take` wants no more.
    fn each(&self, take: &mut dyn FnMut(u32, Option<u64>) -> bool) -> bool {
        let (mut keys, mut rows) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK));
        for start in (0..self.rows.len()).step_by(CHUNK) {
            self.rows
                .fill(start..(start + CHUNK).min(self.rows.len()), &mut rows);
            let keys: &[Option<u64>] = if let Keys::Known { keys, .. } = &self.keys {
                &keys[start..][..rows.len()]
            } else {
                keys.clear();
                self.table.number_keys(&rows, self.column, &mut keys);
                &keys
            };
            let mut pairs = rows.iter().zip(keys);
            if !pairs.all(|(row, key)| take(*row, key.map(|key| self.place(key)))) {
                return false;
            }
        }
        true
    }

    /// Keys that part the rows into ranges of about the same size; none twice.
    fn bounds(&self) -> Vec<u64> {
        let ranges = self.rows.len().div_ceil(RANGE);
        if ranges < 2 {
            return vec![];
        }
        let step = (self.rows.len() / SAMPLES).max(1);
        let mut sample: Vec<u64> = if let Keys::Known { keys, .. } = &self.keys {
            keys.iter().step_by(step).copied().flatten().collect()
        } else {
            let places = (0..self.rows.len()).step_by(step);
            let rows = places.filter_map(|place| Some(self.rows.get(place)? as u32));
            let rows: Vec<u32> = rows.collect();
            let mut keys = Vec::with_capacity(rows.len());
            self.table.number_keys(&rows, self.column, &mut keys);
            keys.into_iter().flatten().collect()
        };
        for key in &mut sample {
            *key = self.place(*key);
        }
        sample.sort_unstable();
        let bound = |range: usize| sample.get(range * sample.len() / ranges).copied();
        let mut bounds: Vec<u64> = (1..ranges).filter_map(bound).collect();
        bounds.dedup();
        bounds
    }

    /// How many rows there are in each range.
    fn counts(&self, bounds: &[u64]) -> Vec<usize> {
        let mut counts = vec![0; bounds.len() + 1];
        self.each(&mut |_, key| {
            if let Some(key) = key {
                counts[bounds.partition_point(|bound| *bound <= key)] += 1;
            }
            true
        });
        counts
    }

    /// Puts the rows whose keys are from `low` on and below `high` into `keyed`, sorted; `false` when it was given up.
    fn range(
        &self,
        (low, high): (Option<u64>, Option<u64>),
        step: &dyn Fn(usize) -> bool,
        keyed: &mut Vec<(u64, u32)>,
    ) -> bool {
        keyed.clear();
        let mut seen = 0;
        let whole = self.each(&mut |row, key| {
            if let Some(key) = key
                && low.is_none_or(|low| key >= low)
                && high.is_none_or(|high| key < high)
            {
                keyed.push((key, row));
            }
            seen += 1;
            seen % CHUNK != 0 || step(CHUNK)
        });
        if !whole || !step(seen % CHUNK) {
            return false;
        }
        // Rows arrive by number, so the number keeps equal ones in order; a stable sort would need memory.
        keyed.sort_unstable();
        if matches!(self.keys, Keys::Known { rough: true, .. }) {
            let key = |row: u32| self.table.sort_key(row as usize, self.column);
            for equal in keyed.chunk_by_mut(|(a, _), (b, _)| a == b) {
                match (equal.len() > 1, self.back) {
                    (false, _) => {}
                    (true, false) => equal.sort_by_cached_key(|(_, row)| key(*row)),
                    (true, true) => equal.sort_by_cached_key(|(_, row)| std::cmp::Reverse(key(*row))),
                }
            }
        }
        true
    }
}

/// The first bytes of a text, in its order.
fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let most = text.len().min(8);
    bytes[..most].copy_from_slice(&text.as_bytes()[..most]);
    u64::from_be_bytes(bytes)
}
