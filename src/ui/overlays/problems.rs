//! The problems of all received messages, worst first, with the example that Enter opens.

use super::drawn::Drawn;
use crate::look::{Look, Role};
use crate::paint::{
    Pen, cells, centred, counted, field, fit_end, fit_middle, left, open_box, right, row_of, scrolled, wrap,
};
use crate::preview::severity_mark;
use natsbridge_app::{Action, ProblemsAt, State, count};
use natsbridge_engine::{GroupBy, ProblemGroup};
use natsbridge_wire::{Code, check_of};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

/// Cells of the box at most.
const WIDTH: u16 = 116;
/// Cells of a label at most.
const LABEL: usize = 30;
/// Cells of a count, and of a time of day.
const COUNT: usize = 9;
const TIME: usize = 12;
/// Lines below the list: a gap, what was found, what to do about it, the keys.
const FOOT: usize = 6;

/// Draws the problems.
pub fn draw_problems(
    body: Rect,
    buffer: &mut Buffer,
    problems: &ProblemsAt,
    state: &State,
    look: &Look,
) -> Drawn {
    let rows = state.store.problems(|found| found.rows(problems.by));
    let (examined, missed, more) = state
        .store
        .problems(|found| (found.examined(), found.missed(), found.more()));
    let width = body.width.saturating_sub(2).min(WIDTH);
    let area = centred(body, width, body.height.saturating_sub(2));
    let title = format!(
        "Problems by {} · {} examined",
        problems.by.name(),
        counted(examined, "message")
    );
    let inner = open_box(&title, area, buffer, look);
    let chosen = problems.chosen(&rows);
    let feet = FOOT.min(usize::from(inner.height) / 2);
    let list = Rect {
        y: inner.y + 1.min(inner.height),
        height: inner.height.saturating_sub(1 + feet as u16),
        ..inner
    };
    heading(row_of(inner, 0), buffer, problems.by, look);
    let top = scrolled(0, chosen, usize::from(list.height), rows.len());
    for (i, row) in rows.iter().enumerate().skip(top).take(usize::from(list.height)) {
        draw_row(
            row_of(list, i - top),
            buffer,
            (row, problems.by),
            i == chosen,
            look,
        );
    }
    if rows.is_empty() {
        let text = if examined == 0 {
            "No messages examined yet."
        } else {
            "No problems so far."
        };
        let mut pen = Pen::new(buffer, row_of(list, 0));
        pen.skip(3);
        pen.write(text, look.style(Role::Dim));
    }
    let foot = Rect {
        y: list.bottom(),
        height: feet as u16,
        ..inner
    };
    draw_foot(foot, buffer, (rows.get(chosen), problems.by), look);
    let left_out = [
        (missed, "messages evicted before they were examined"),
        (more, "findings in groups that are not listed"),
    ];
    let left_out: Vec<String> = left_out
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", count(*number)))
        .collect();
    let at = if rows.is_empty() { 0 } else { chosen + 1 };
    let mut edge = left_out;
    edge.push(format!("{at} of {}", count(rows.len() as u64)));
    let edge = format!(" {} ", edge.join(" · "));
    let place = Rect {
        x: (area.right().saturating_sub(2)).saturating_sub(cells(&edge) as u16),
        y: area.bottom().saturating_sub(1),
        width: cells(&edge) as u16,
        height: 1,
    };
    Pen::new(buffer, place.intersection(area)).write(&edge, look.style(Role::Dim));
    Drawn {
        area,
        list: Some((list, top)),
        cursor: None,
    }
}

/// How wide the columns are: label, what else there is to say, whether there is room for the first time too.
fn columns(width: usize) -> (usize, usize, bool) {
    let first = width >= 90;
    let times = if first { 2 * (TIME + 2) } else { TIME + 2 };
    let label = LABEL.min(width / 3);
    let rest = width.saturating_sub(3 + label + 2 + COUNT + 2 + times + 1);
    (label, rest, first)
}

fn heading(area: Rect, buffer: &mut Buffer, by: GroupBy, look: &Look) {
    let (label, rest, first) = columns(usize::from(area.width));
    let mut pen = Pen::new(buffer, area);
    pen.skip(5);
    let style = look.style(Role::Heading);
    pen.write(&left(by.name(), label), style);
    pen.write(&right("findings", COUNT), style);
    pen.skip(2);
    pen.write(
        &left(if by == GroupBy::Code { "from" } else { "codes" }, rest),
        style,
    );
    pen.write(&right("last", TIME), style);
    if first {
        pen.skip(2);
        pen.write(&right("first", TIME), style);
    }
}

fn draw_row(area: Rect, buffer: &mut Buffer, (row, by): (&ProblemGroup, GroupBy), chosen: bool, look: &Look) {
    let base = look.style(if chosen { Role::Selection } else { Role::Text });
    buffer.set_style(area, base);
    let on = |role| {
        let style = look.style(role);
        base.patch(ratatui::style::Style { bg: None, ..style })
    };
    let (label, rest, first) = columns(usize::from(area.width));
    let mut pen = Pen::new(buffer, area);
    pen.write(if chosen { " ▌ " } else { "   " }, base);
    pen.write(severity_mark(row.severity), on(row.severity.into()));
    pen.skip(1);
    pen.write(&left(&fit_middle(field(&row.label).as_str(), label), label), base);
    pen.write(&right(&count(row.count), COUNT), base);
    pen.skip(2);
    let told = match by {
        GroupBy::Code => format!(
            "{} · {}",
            named(&row.senders, "sender"),
            named(&row.subjects, "subject")
        ),
        _ => row
            .codes
            .iter()
            .map(|code| code.name())
            .collect::<Vec<_>>()
            .join(" "),
    };
    pen.write(
        &left(&fit_end(&told, rest.saturating_sub(2)), rest),
        on(Role::Dim),
    );
    pen.write(&right(&look.time_of_day(row.last_us), TIME), on(Role::Dim));
    if first {
        pen.skip(2);
        pen.write(&right(&look.time_of_day(row.first_us), TIME), on(Role::Dim));
    }
}

/// The only one by name, several by their number.
fn named(all: &[Arc<str>], noun: &str) -> String {
    match all {
        [one] if one.is_empty() => "unnamed".to_owned(),
        [one] => field(one).as_str().to_owned(),
        all => counted(all.len(), noun),
    }
}

/// The example, how to fix it, and the keys.
fn draw_foot(area: Rect, buffer: &mut Buffer, (row, by): (Option<&ProblemGroup>, GroupBy), look: &Look) {
    let width = usize::from(area.width.saturating_sub(4)).max(1);
    let keys = format!(
        "Enter opens one · ← → by {} · {} exports · {} copies · Esc closes",
        by.step(1).name(),
        look.key(Action::SavePayload),
        look.key(Action::CopyPayload)
    );
    let mut lines: Vec<(String, Role)> = vec![(String::new(), Role::Text)];
    if let Some(row) = row {
        let example = format!("#{}: {}", count(row.example), field(&row.message).as_str());
        lines.extend(
            wrap(&example, width)
                .into_iter()
                .take(2)
                .map(|line| (line, Role::Text)),
        );
        let advice = row.codes.first().map_or("", |code: &Code| check_of(*code).advice);
        let advice = format!("→ {advice}");
        lines.extend(
            wrap(&advice, width)
                .into_iter()
                .take(2)
                .map(|line| (line, Role::Dim)),
        );
    }
    let last = usize::from(area.height).saturating_sub(1);
    for (i, (line, role)) in lines.iter().take(last).enumerate() {
        let mut pen = Pen::new(buffer, row_of(area, i));
        pen.skip(1);
        pen.write(line, look.style(*role));
    }
    if area.height > 0 {
        let mut pen = Pen::new(buffer, row_of(area, last));
        pen.skip(1);
        pen.write(&fit_end(&keys, width), look.style(Role::Dim));
    }
}
