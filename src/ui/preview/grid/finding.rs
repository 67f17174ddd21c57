//! Search in the cells shown: immediately as far as it is cheap, the rest of the table as long work.

use super::model::GridView;
use super::shown::Shown;
use crate::paint::counted;
use crate::preview::contract::{Searched, Wish, Work};
use crate::preview::text::Pattern;
use natsbridge_app::Progress;
use natsbridge_wire::{Cell, Steps};

pub(super) const COUNT: &str = "count";
pub(super) const NEXT: &str = "next";

/// Cells looked at between two steps of long work.
const STEP_CELLS: usize = 16_384;

fn is_match(shown: &Shown, pattern: &Pattern, (row, column): (usize, usize)) -> bool {
    matches!(shown.cell(row, column), Cell::Text(text) if pattern.is_in(&text))
}

/// The cells from one on (or backwards), wrapping around.
fn cells_from(
    shown: &Shown,
    here: (usize, usize),
    forward: bool,
    steps: std::ops::Range<usize>,
) -> impl Iterator<Item = (usize, usize)> + use<> {
    let columns = shown.columns().len().max(1);
    let cells = shown.num_rows().saturating_mul(columns).max(1);
    let here = here.0.saturating_mul(columns) + here.1;
    steps.map(move |step| {
        let at = if forward {
            (here + step) % cells
        } else {
            (here + cells - step % cells) % cells
        };
        (at / columns, at % columns)
    })
}

fn here(grid: &GridView) -> (usize, usize) {
    (grid.cursor(), grid.column.unwrap_or(0))
}

/// Counts matches from the cursor on and moves to the first; what is too much to search immediately is counted
/// elsewhere.
pub(super) fn search_cells(grid: &mut GridView, pattern: &str) -> Searched {
    grid.pattern = Pattern::new(pattern);
    grid.note = None;
    let Some(pattern) = grid.pattern.clone() else {
        return Searched::All(0);
    };
    let cells = grid.shown.cells();
    let at_once = cells.min(grid.search_cells);
    let mut matches = cells_from(&grid.shown, here(grid), true, 0..at_once)
        .filter(|cell| is_match(&grid.shown, &pattern, *cell));
    let first = matches.next();
    let count = matches.count() + usize::from(first.is_some());
    let found = matches_in_words(count);
    grid.note = Some(if at_once == cells {
        found
    } else if grid.shown.num_rows() > grid.most_rows {
        format!("{found} in the rows nearby")
    } else {
        let elsewhere = count_matches(grid.shown.clone(), pattern.clone(), cells);
        grid.wished.push(elsewhere);
        if first.is_none() {
            let (shown, here) = (grid.shown.clone(), here(grid));
            grid.wished.push(next_match(shown, pattern, here, true, at_once));
        }
        format!("{found} so far")
    });
    if let Some(cell) = first {
        grid.go_to(cell);
    }
    match at_once == cells {
        true => Searched::All(count),
        false if grid.shown.num_rows() > grid.most_rows => Searched::Nearby(count),
        false => Searched::SoFar(count),
    }
}

fn count_matches(shown: Shown, pattern: Pattern, cells: usize) -> Wish {
    Wish::Work(Work::new(
        COUNT,
        "counting matches",
        move |progress: &Progress| {
            let mut found = 0;
            for (step, cell) in cells_from(&shown, (0, 0), true, 0..cells).enumerate() {
                if step % STEP_CELLS == 0 && !progress.step(step as u64, cells as u64) {
                    return None;
                }
                found += usize::from(is_match(&shown, &pattern, cell));
            }
            Some(found)
        },
    ))
}

pub(super) fn jump(grid: &mut GridView, forward: bool) {
    let Some(pattern) = grid.pattern.clone() else {
        return;
    };
    let at_once = grid.shown.cells().min(grid.search_cells).max(1);
    let found = cells_from(&grid.shown, here(grid), forward, 1..at_once)
        .find(|cell| is_match(&grid.shown, &pattern, *cell));
    match found {
        Some(cell) => grid.go_to(cell),
        None if at_once < grid.shown.cells() && grid.shown.num_rows() <= grid.most_rows => {
            let wish = next_match(grid.shown.clone(), pattern, here(grid), forward, at_once);
            grid.wished.push(wish);
        }
        None => grid.note = Some("no other match".to_owned()),
    }
}

pub(super) fn take_counted(grid: &mut GridView, found: usize) {
    grid.note = Some(matches_in_words(found));
}

pub(super) fn take_found(grid: &mut GridView, next: Option<(usize, usize)>) {
    match next {
        Some(cell) => grid.go_to(cell),
        None => grid.note = Some("no match".to_owned()),
    }
}

fn next_match(shown: Shown, pattern: Pattern, here: (usize, usize), forward: bool, from: usize) -> Wish {
    let cells = shown.cells();
    Wish::Work(Work::new(NEXT, "searching", move |progress: &Progress| {
        for (step, cell) in cells_from(&shown, here, forward, from..cells).enumerate() {
            if step % STEP_CELLS == 0 && !progress.step((from + step) as u64, cells as u64) {
                return None;
            }
            if is_match(&shown, &pattern, cell) {
                return Some(Some(cell));
            }
        }
        Some(None)
    }))
}

fn matches_in_words(count: usize) -> String {
    match count {
        0 => "no match".to_owned(),
        _ => counted(count, "match"),
    }
}
