//! Column statistics on a sheet: counts, range, mean, a small histogram. Also a single cell in full.

use super::model::GridView;
use crate::paint::format;
use crate::preview::contract::{Preview, Sheet, Wish, Work};
use crate::preview::facts::FactsView;
use crate::preview::text::TextView;
use crate::preview::tree::TreeView;
use natsbridge_app::Progress;
use natsbridge_wire::{
    BARS, ColumnStatistics, JsonKind, JsonNode, JsonText, NumericStatistics, column_facts,
};

pub(super) const SLOT: &str = "facts";

/// Maximum number of distinct values counted.
const DISTINCT: usize = 1_000_000;
/// Cells of the longest bar.
const BAR: usize = 40;

pub(super) fn ask_facts(grid: &GridView) -> Vec<Wish> {
    let Some(column) = grid.column else { return vec![] };
    if grid.shown.num_rows() > grid.most_rows {
        return grid.too_many("analysed");
    }
    let (shown, name) = (grid.shown.clone(), grid.shown.columns()[column].name.clone());
    let doing = format!("computing statistics of {name}");
    vec![Wish::Work(Work::new(SLOT, doing, move |progress: &Progress| {
        let (table, rows) = (&**shown.table(), shown.num_rows() as u64);
        let (origin, places) = (shown.origin(column), &mut shown.rows().iter());
        let facts = column_facts(table, origin, places, rows, DISTINCT, progress)?;
        Some(sheet(&name, &facts))
    }))]
}

/// The cell under the cursor in full; nested values as a tree.
pub(super) fn detail(grid: &GridView) -> Vec<Wish> {
    let Some(column) = grid.column_with_rows() else {
        return vec![];
    };
    let (row, origin) = (grid.shown.row(grid.cursor()), grid.shown.origin(column));
    let table = grid.shown.table();
    let text = table.row_text(row);
    let object = JsonNode::parse(&text);
    let value = object.and_then(|object| object.members().nth(origin));
    let value = value.map(|(_, value)| JsonText::from(value));
    // Texts that are JSON by the type of their column are shown as what they are.
    let json = grid.shown.columns()[column].type_name == "json";
    let inside = || table.whole_text(row, origin)?.parse::<JsonText>().ok();
    let value = if json { inside() } else { value };
    let is_nested = |value: &JsonText| matches!(value.root().kind(), JsonKind::Array | JsonKind::Object);
    let view: Box<dyn Preview> = if let Some(value) = value.filter(is_nested) {
        Box::new(TreeView::new(value))
    } else {
        let text = table.whole_text(row, origin);
        Box::new(TextView::new(text.unwrap_or_else(|| "∅ null".into()).into()))
    };
    let (row, column) = (format::count(row + 1), &grid.shown.columns()[column]);
    let title = format!("row {row} · {} {}", column.name, column.type_name);
    vec![Wish::Lay(Sheet { title, view })]
}

/// The sheet with the statistics of the column with that name.
fn sheet(name: &str, facts: &ColumnStatistics) -> Sheet {
    let more = if facts.more_distinct { "more than " } else { "" };
    let distinct = format!("{more}{}", format::count(facts.distinct));
    let mut lines = vec![
        ("rows".to_owned(), format::count(facts.rows)),
        ("nulls".to_owned(), share(facts.nulls, facts.rows)),
        ("distinct values".to_owned(), distinct),
    ];
    if let Some((least, most)) = &facts.ends {
        lines.push(("minimum".to_owned(), least.clone()));
        lines.push(("maximum".to_owned(), most.clone()));
    }
    if let Some(numbers) = &facts.numbers {
        lines.push(("mean".to_owned(), number(numbers.mean)));
        lines.push(("standard deviation".to_owned(), number(numbers.deviation)));
        if numbers.nan > 0 {
            lines.push(("NaN".to_owned(), share(numbers.nan, facts.rows)));
        }
        lines.extend(histogram(numbers));
    }
    Sheet {
        title: format!("Statistics of {name}"),
        view: Box::new(FactsView::new(lines)),
    }
}

fn share(part: u64, of: u64) -> String {
    let count = format::count(part);
    if part == 0 || of == 0 {
        return count;
    }
    format!("{count} ({:.1} %)", part as f64 * 100.0 / of as f64)
}

fn number(value: f64) -> String {
    if value != 0.0 && !(1e-3..1e9).contains(&value.abs()) {
        return format!("{value:.4e}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A line for each bin between minimum and maximum.
fn histogram(numbers: &NumericStatistics) -> Vec<(String, String)> {
    let most = numbers.bars.iter().copied().max().unwrap_or(0);
    let (low, high) = numbers.ends;
    if most == 0 || low >= high || !(high - low).is_finite() {
        return vec![];
    }
    let step = (high - low) / BARS as f64;
    let line = |(i, count): (usize, &u64)| {
        let cells = (*count as f64 * BAR as f64 / most as f64).ceil() as usize;
        let from = format!("from {}", number(low + step * i as f64));
        (from, format!("{} {}", "█".repeat(cells), format::count(*count)))
    };
    numbers.bars.iter().enumerate().map(line).collect()
}
