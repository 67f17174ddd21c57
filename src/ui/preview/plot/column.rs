//! From a table column to a plot: values against row numbers, thinned to screen resolution.

use super::view::{PlotView, Series};
use crate::preview::contract::{Sheet, Wish, Work};
use natsbridge_app::Progress;
use natsbridge_wire::{RowIndex, Severity, Steps, TableSource};
use std::sync::Arc;

/// What the work is known by.
pub const SLOT: &str = "plot";

/// Rows read between two progress steps.
const STEP_ROWS: usize = 16_384;

/// The work that reads a column of these rows.
pub fn column_work(rows: RowIndex, table: Arc<dyn TableSource>, column: usize, name: String) -> Work {
    Work::new(SLOT, format!("plotting {name}"), move |progress: &Progress| {
        let total = rows.len();
        let mut series = Series::new(name, "row");
        for (place, row) in rows.iter().enumerate() {
            if place % STEP_ROWS == 0 && !progress.step(place as u64, total as u64) {
                return None;
            }
            if let Some(number) = table.scalar(row, column).number() {
                series.push(place as f64 + 1.0, number);
            }
        }
        Some(series)
    })
}

/// The sheet with what the work read.
pub fn laid(series: Series) -> Vec<Wish> {
    match series_sheet(series) {
        Some(sheet) => vec![Wish::Lay(sheet)],
        None => Wish::tell(Severity::Note, "This column contains no numbers."),
    }
}

/// The sheet with a series; `None` where it is empty.
pub fn series_sheet(series: Series) -> Option<Sheet> {
    (series.count() > 0).then(|| Sheet {
        title: format!("{} by {}", series.name(), series.against()),
        view: Box::new(PlotView::new(series)),
    })
}
