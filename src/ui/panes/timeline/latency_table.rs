//! Latencies as a table: by the subject that was asked on, then by who asked and who answered.

use crate::look::{Look, Role};
use crate::paint::{Pen, empty_notice, field, fit_end, fit_middle, left, right, row_of};
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
        empty_notice(
            "Latencies appear here once a request has been answered.",
            area,
            buffer,
            look,
        );
        return;
    }
    let mut lines = vec![TableLine::Heading("by subject")];
    lines.extend(view.subjects.iter().map(TableLine::Row));
    lines.extend([TableLine::Empty, TableLine::Heading("by pair")]);
    lines.extend(view.pairs.iter().map(TableLine::Row));
    let slowest = view
        .subjects
        .iter()
        .chain(&view.pairs)
        .map(|row| row.p99_us)
        .max();
    let width = usize::from(area.width).saturating_sub(2);
    let bar = if width >= BARRED {
        (width - 44).saturating_sub(30).min(BAR)
    } else {
        0
    };
    let numbers = 4 * (NUMBER + 1) + if bar > 0 { bar + 2 } else { 0 };
    let name = width.saturating_sub(numbers).max(8);
    for (i, line) in lines.iter().skip(top).take(usize::from(area.height)).enumerate() {
        let mut pen = Pen::new(buffer, row_of(area, i));
        pen.skip(1);
        match line {
            TableLine::Empty => {}
            TableLine::Heading(title) => {
                let style = look.style(Role::Heading);
                pen.write(&left(title, name), style);
                for word in ["replies", "p50", "p90", "p99"] {
                    pen.write(&right(word, NUMBER + 1), style);
                }
            }
            TableLine::Row(row) => draw_row(&mut pen, row, name, (bar, slowest.unwrap_or(1)), look),
        }
    }
}

fn draw_row(pen: &mut Pen<'_>, row: &LatencyRow, name: usize, (bar, slowest): (usize, u64), look: &Look) {
    let shown = |text: &str| match text {
        "" => "unnamed".to_owned(),
        text => field(text).as_str().to_owned(),
    };
    let pair = !row.asker.is_empty();
    let text = if pair {
        let half = name.saturating_sub(3) / 2;
        format!("{} → {}", fit_end(&shown(&row.asker), half), shown(&row.name))
    } else {
        shown(&row.name)
    };
    pen.write(&left(&fit_middle(&text, name), name), look.style(Role::Text));
    pen.write(&right(&count(row.count), NUMBER + 1), look.style(Role::Dim));
    for (us, role) in [
        (row.p50_us, Role::Strong),
        (row.p90_us, Role::Text),
        (row.p99_us, Role::Text),
    ] {
        pen.write(&right(&latency(us), NUMBER + 1), look.style(role));
    }
    if bar > 0 {
        let length =
            |us: u64| ((us as f64 / slowest.max(1) as f64 * bar as f64).round() as usize).clamp(1, bar);
        let (half, most) = (length(row.p50_us), length(row.p99_us));
        pen.skip(2);
        pen.write(&"━".repeat(half), look.style(Role::Gauge));
        pen.write(&"─".repeat(most.saturating_sub(half)), look.style(Role::Dim));
    }
}
