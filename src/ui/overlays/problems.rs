//! The problems of all received messages, worst first, with the example that Enter opens.

use super::drawn::{Drawn, OverlayScene};
use crate::look::{Look, Role};
use crate::paint::{
    Pen, border_note_right, centred, choices, counted, field, fit_end, fit_middle, left, open_box, right,
    split, wrap,
};
use crate::preview::severity_mark;
use natsbridge_app::{Action, ProblemsAt, count};
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
pub fn draw_problems(problems: &ProblemsAt, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let OverlayScene { body, state, look } = scene;
    let by = problems.by;
    let rows = state.store.problems(|found| found.rows(by));
    let (examined, missed, more) = state
        .store
        .problems(|found| (found.examined, found.missed, found.more));
    let width = body.width.saturating_sub(2).min(WIDTH);
    let area = centred(body, width, body.height.saturating_sub(2));
    let examined_told = counted(examined, "message");
    let title = format!("Problems by {} · {examined_told} examined", by.name());
    let inner = open_box(&title, area, buffer, look);
    let chosen = problems.chosen(&rows);
    let feet = FOOT.min(usize::from(inner.height) / 2);
    let (head, below) = split(inner, 1);
    let (list, foot) = split(below, usize::from(below.height).saturating_sub(feet));
    heading(head, buffer, by, look);
    let top = choices(list, (chosen, rows.len()), buffer, look, |pen, i| {
        draw_row(pen, &rows[i], by, look);
    });
    if rows.is_empty() {
        let text = match examined {
            0 => "No messages examined yet.",
            _ => "No problems so far.",
        };
        Pen::new(buffer, list, look).skip(3).write(text, Role::Dim);
    }
    draw_foot(foot, buffer, (rows.get(chosen), by), look);
    let left_out = [
        (missed, "messages evicted before they were examined"),
        (more, "findings in groups that are not listed"),
    ];
    let told = left_out.iter().filter(|(number, _)| *number > 0);
    let mut edge: Vec<String> = told
        .map(|(number, what)| format!("{} {what}", count(*number)))
        .collect();
    let at = if rows.is_empty() { 0 } else { chosen + 1 };
    edge.push(format!("{at} of {}", count(rows.len())));
    border_note_right(&format!(" {} ", edge.join(" · ")), 2, area, buffer, look);
    Drawn::new(area).with_list(list, top)
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
    let among = if by == GroupBy::Code { "from" } else { "codes" };
    let mut pen = Pen::new(buffer, area, look);
    pen.skip(5)
        .write(left(by.name(), label), Role::Heading)
        .write(right("findings", COUNT), Role::Heading)
        .skip(2)
        .write(left(among, rest), Role::Heading)
        .write(right("last", TIME), Role::Heading);
    if first {
        pen.skip(2).write(right("first", TIME), Role::Heading);
    }
}

fn draw_row(pen: &mut Pen<'_>, row: &ProblemGroup, by: GroupBy, look: &Look) {
    let (label, rest, first) = columns(pen.room() + 3);
    let told = if by == GroupBy::Code {
        let senders = named(&row.senders, "sender");
        format!("{senders} · {}", named(&row.subjects, "subject"))
    } else {
        let codes: Vec<&str> = row.codes.iter().map(|code| code.name()).collect();
        codes.join(" ")
    };
    pen.mark(severity_mark(row.severity), row.severity.into())
        .skip(1)
        .plain(left(fit_middle(field(&row.label), label), label))
        .plain(right(count(row.count), COUNT))
        .skip(2)
        .mark(left(fit_end(told, rest.saturating_sub(2)), rest), Role::Dim)
        .mark(right(look.time_of_day(row.last_us), TIME), Role::Dim);
    if first {
        let at = look.time_of_day(row.first_us);
        pen.skip(2).mark(right(at, TIME), Role::Dim);
    }
}

/// The only one by name, several by their number.
fn named(all: &[Arc<str>], noun: &str) -> String {
    match all {
        [one] if one.is_empty() => "unnamed".to_owned(),
        [one] => field(one).to_string(),
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
    let (lines, last) = split(area, usize::from(area.height).saturating_sub(1));
    let mut texts = Vec::new();
    if let Some(row) = row {
        let example = format!("no. {}: {}", count(row.example), field(&row.message));
        let advice = row.codes.first().map_or("", |code: &Code| check_of(*code).advice);
        for (text, role) in [(example, Role::Text), (format!("→ {advice}"), Role::Dim)] {
            texts.extend(wrap(text, width).into_iter().take(2).map(|line| (line, role)));
        }
    }
    // A gap comes first.
    for (row, (text, role)) in lines.rows().skip(1).zip(texts) {
        Pen::new(buffer, row, look).skip(1).write(text, role);
    }
    if area.height > 0 {
        let keys = fit_end(keys, width);
        Pen::new(buffer, last, look).skip(1).write(keys, Role::Dim);
    }
}
