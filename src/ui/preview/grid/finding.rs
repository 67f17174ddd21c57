//! Search in the cells shown: immediately as far as it is cheap, the rest of the table as long work.

use super::model::GridView;
use super::shown::Shown;
use crate::paint::format;
use crate::preview::contract::{Wish, Work};
use crate::preview::text::Pattern;
use natsbridge_app::Progress;
use natsbridge_wire::{Cell, Steps};

pub(super) const COUNT: &str = "count";
pub(super) const NEXT: &str = "next";

/// Cells looked at between two steps of long work.
const STEP_CELLS: usize = 16_384;

/// The result of counting matches.
pub(super) struct Counted(pub usize);

/// Where the next match is.
pub(super) struct NextMatch(pub Option<(usize, usize)>);

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

fn cells_shown(grid: &GridView) -> usize {
    grid.shown.num_rows().saturating_mul(grid.shown.columns().len())
}

fn here(grid: &GridView) -> (usize, usize) {
    (grid.cursor(), grid.column.unwrap_or(0))
}

/// Counts matches from the cursor on and moves to the first; what is too much to search immediately is counted
/// elsewhere.
pub(super) fn search_cells(grid: &mut GridView, pattern: &str) -> usize {
    grid.pattern = Pattern::new(pattern);
    grid.note = None;
    let Some(pattern) = grid.pattern.clone() else {
        return 0;
    };
    let at_once = cells_shown(grid).min(grid.search_cells);
    let mut matches = cells_from(&grid.shown, here(grid), true, 0..at_once)
        .filter(|cell| is_match(&grid.shown, &pattern, *cell));
    let first = matches.next();
    let count = matches.count() + usize::from(first.is_some());
    if at_once < cells_shown(grid) {
        grid.note = Some(format!("{} so far", matches_in_words(count)));
        let (shown, here) = (grid.shown.clone(), here(grid));
        let cells = cells_shown(grid);
        let also_first = first.is_none();
        if cells / grid.shown.columns().len().max(1) > grid.most_rows {
            grid.note = Some(format!("{} in the rows nearby", matches_in_words(count)));
        } else {
            let counting = pattern.clone();
            let counted = shown.clone();
            grid.wished.push(Wish::Work(Work::new(
                COUNT,
                "counting matches",
                move |progress: &Progress| {
                    let mut found = 0;
                    for (step, cell) in cells_from(&counted, (0, 0), true, 0..cells).enumerate() {
                        if step % STEP_CELLS == 0 && !progress.step(step as u64, cells as u64) {
                            return None;
                        }
                        found += usize::from(is_match(&counted, &counting, cell));
                    }
                    Some(Counted(found))
                },
            )));
            if also_first {
                grid.wished.push(next_match(shown, pattern, here, true, at_once));
            }
        }
    } else {
        grid.note = Some(matches_in_words(count));
    }
    if let Some(cell) = first {
        grid.go_to(cell);
    }
    count
}

pub(super) fn jump(grid: &mut GridView, forward: bool) {
    let Some(pattern) = grid.pattern.clone() else {
        return;
    };
    let at_once = cells_shown(grid).min(grid.search_cells).max(1);
    let found = cells_from(&grid.shown, here(grid), forward, 1..at_once)
        .find(|cell| is_match(&grid.shown, &pattern, *cell));
    match found {
        Some(cell) => grid.go_to(cell),
        None if at_once < cells_shown(grid) && grid.shown.num_rows() <= grid.most_rows => {
            let wish = next_match(grid.shown.clone(), pattern, here(grid), forward, at_once);
            grid.wished.push(wish);
        }
        None => grid.note = Some("no other match".to_owned()),
    }
}

pub(super) fn take_counted(grid: &mut GridView, counted: &Counted) {
    grid.note = Some(matches_in_words(counted.0));
}

pub(super) fn take_found(grid: &mut GridView, next: &NextMatch) {
    match next.0 {
        Some(cell) => grid.go_to(cell),
        None => grid.note = Some("no match".to_owned()),
    }
}

fn next_match(shown: Shown, pattern: Pattern, here: (usize, usize), forward: bool, from: usize) -> Wish {
    let cells = shown.num_rows().saturating_mul(shown.columns().len());
    Wish::Work(Work::new(NEXT, "searching", move |progress: &Progress| {
        for (step, cell) in cells_from(&shown, here, forward, from..cells).enumerate() {
            if step % STEP_CELLS == 0 && !progress.step((from + step) as u64, cells as u64) {
                return None;
            }
            if is_match(&shown, &pattern, cell) {
                return Some(NextMatch(Some(cell)));
            }
        }
        Some(NextMatch(None))
    }))
}

fn matches_in_words(count: usize) -> String {
    match count {
        0 => "no match".to_owned(),
        1 => "1 match".to_owned(),
        _ => format!("{} matches", format::count(count)),
    }
}
