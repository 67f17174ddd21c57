//! Latencies as a table: by the subject that was asked on, then by who asked and who answered.

use crate::look::{Look, Role};
use crate::paint::{Pen, empty_notice, field, fit_end, fit_middle, left, right};
use natsbridge_app::{count, latency};
use natsbridge_engine::{LatencyRow, LatencyView};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Cells of a number's column.
const NUMBER: usize = 9;
/// From this width on there is a bar.
const BARRED: usize = 84;
/// Most cells of the bar.
const BAR: usize = 40;

enum TableLine<'a> {
    Heading(&'static str),
    Row(&'a LatencyRow),
    Empty,
}

/// Draws the table from its row `top` on.
pub fn draw_latencies(view: &LatencyView, top: usize, area: Rect, buffer: &mut Buffer, look: &Look) {
    if view.all.is_none() {
        let text = "Latencies appear here once a request has been answered.";
        return empty_notice(text, area, buffer, look);
    }
    let mut lines = vec![TableLine::Heading("by subject")];
    lines.extend(view.subjects.iter().map(TableLine::Row));
    lines.extend([TableLine::Empty, TableLine::Heading("by pair")]);
    lines.extend(view.pairs.iter().map(TableLine::Row));
    let rows = view.subjects.iter().chain(&view.pairs);
    let slowest = rows.map(|row| row.p99_us).max();
    let width = usize::from(area.width).saturating_sub(2);
    let bar = if width >= BARRED {
        (width - 44).saturating_sub(30).min(BAR)
    } else {
        0
    };
    let numbers = 4 * (NUMBER + 1) + if bar > 0 { bar + 2 } else { 0 };
    let name = width.saturating_sub(numbers).max(8);
    for (place, line) in area.rows().zip(lines.iter().skip(top)) {
        let mut pen = Pen::new(buffer, place, look);
        pen.skip(1);
        match line {
            TableLine::Empty => {}
            TableLine::Heading(title) => {
                pen.write(left(title, name), Role::Heading);
                for word in ["replies", "p50", "p90", "p99"] {
                    pen.write(right(word, NUMBER + 1), Role::Heading);
                }
            }
            TableLine::Row(row) => draw_row(&mut pen, row, name, bar, slowest.unwrap_or(1)),
        }
    }
}

fn draw_row(pen: &mut Pen<'_>, row: &LatencyRow, name: usize, bar: usize, slowest: u64) {
    let shown = |text: &str| match text {
        "" => "unnamed".to_owned(),
        text => field(text).to_string(),
    };
    let text = if row.asker.is_empty() {
        shown(&row.name)
    } else {
        let half = name.saturating_sub(3) / 2;
        format!("{} → {}", fit_end(shown(&row.asker), half), shown(&row.name))
    };
    pen.write(left(fit_middle(text, name), name), Role::Text)
        .write(right(count(row.count), NUMBER + 1), Role::Dim)
        .write(right(latency(row.p50_us), NUMBER + 1), Role::Strong)
        .write(right(latency(row.p90_us), NUMBER + 1), Role::Text)
        .write(right(latency(row.p99_us), NUMBER + 1), Role::Text);
    if bar > 0 {
        let length =
            |us: u64| ((us as f64 / slowest.max(1) as f64 * bar as f64).round() as usize).clamp(1, bar);
        let (half, most) = (length(row.p50_us), length(row.p99_us));
        pen.skip(2)
            .write("━".repeat(half), Role::Gauge)
            .write("─".repeat(most.saturating_sub(half)), Role::Dim);
    }
}
