//! The shape of a subject: what changed, and its fields.

use super::drawn::{Drawn, OverlayScene};
use crate::look::{Look, Role};
use crate::paint::{
    Pen, border_note_right, centred, choices, counted, field, fit_end, fit_middle, left, open_box, right,
    split, wrap,
};
use crate::preview::severity_mark;
use natsbridge_app::{ShapeChange, ShapeRow, ShapeSheet, count};
use natsbridge_engine::FieldLine;
use natsbridge_wire::check_of;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Cells of the box at most.
const WIDTH: u16 = 130;
/// Cells of a path at most, and of types.
const PATH: usize = 36;
const TYPES: usize = 24;
/// Cells of how often a field is there, and of a time of day.
const PRESENCE: usize = 9;
const TIME: usize = 12;
/// Lines below the list: a gap, what the row tells in full, the keys.
const FOOT: usize = 6;

/// Draws the shape.
pub fn draw_shape(chosen: usize, sheet: &ShapeSheet, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let OverlayScene { body, look, .. } = scene;
    let width = body.width.saturating_sub(2).min(WIDTH);
    let area = centred(body, width, body.height.saturating_sub(2));
    let messages = usize::try_from(sheet.messages).unwrap_or(usize::MAX);
    let mut title = format!(
        "Shape of {} · {} of {}",
        field(&sheet.subject),
        counted(messages, "message"),
        counted(sheet.senders, "sender")
    );
    if sheet.subjects > 1 {
        title = format!("{title} · about {} subjects", count(sheet.subjects));
    }
    let inner = open_box(
        &fit_end(title, usize::from(width).saturating_sub(6)),
        area,
        buffer,
        look,
    );
    let feet = FOOT.min(usize::from(inner.height) / 2);
    let (head, below) = split(inner, 1);
    let (list, foot) = split(below, usize::from(below.height).saturating_sub(feet));
    heading(head, buffer, look);
    let rows = &sheet.rows;
    let chosen = chosen.min(rows.len().saturating_sub(1));
    let top = choices(list, (chosen, rows.len()), buffer, look, |pen, i| {
        match &rows[i] {
            ShapeRow::Change(change) => draw_change(pen, change, look),
            ShapeRow::Field(line) => draw_field(pen, line),
        }
    });
    draw_foot(foot, buffer, rows.get(chosen), look);
    let at = if rows.is_empty() { 0 } else { chosen + 1 };
    let note = format!(" {at} of {} ", count(rows.len()));
    border_note_right(&note, 2, area, buffer, look);
    Drawn::new(area).with_list(list, top)
}

/// How wide path, types and the rest are.
fn columns(width: usize) -> (usize, usize, usize) {
    let path = PATH.min(width / 3);
    let types = TYPES.min(width / 4);
    let rest = width.saturating_sub(5 + path + 1 + types + 1 + PRESENCE + 1 + 1);
    (path, types, rest)
}

fn heading(area: Rect, buffer: &mut Buffer, look: &Look) {
    let (path, types, rest) = columns(usize::from(area.width));
    let mut pen = Pen::new(buffer, area, look);
    pen.skip(5)
        .write(left("field", path), Role::Heading)
        .skip(1)
        .write(left("type", types), Role::Heading)
        .skip(1)
        .write(left("there", PRESENCE), Role::Heading)
        .skip(1)
        .write(left("values, or who differs", rest), Role::Heading);
}

fn draw_field(pen: &mut Pen<'_>, line: &FieldLine) {
    let (path, types, rest) = columns(pen.room() + 3);
    let (mark, told, role) = if line.differs.is_empty() {
        (" ", &line.about, Role::Dim)
    } else {
        ("≠", &line.differs, Role::SeverityWarning)
    };
    pen.mark(mark, role)
        .skip(1)
        .plain(left(fit_middle(field(&line.path), path), path))
        .skip(1)
        .plain(left(fit_end(field(&line.types), types), types))
        .skip(1)
        .mark(left(&line.presence, PRESENCE), Role::Dim)
        .skip(1)
        .mark(left(fit_end(field(told), rest), rest), role);
}

fn draw_change(pen: &mut Pen<'_>, change: &ShapeChange, look: &Look) {
    let (path, ..) = columns(pen.room() + 3);
    let rest = pen.room().saturating_sub(2 + path + 1 + TIME + 1);
    let severity = change.code.severity();
    pen.mark(severity_mark(severity), severity.into())
        .skip(1)
        .plain(left(fit_middle(field(&change.path), path), path))
        .skip(1)
        .plain(left(
            fit_end(field(&summary(change)), rest.saturating_sub(1)),
            rest,
        ))
        .mark(right(look.time_of_day(change.at_us), TIME), Role::Dim);
}

/// From what to what, and who sent it.
fn summary(change: &ShapeChange) -> String {
    let what = match (&*change.from, &*change.to) {
        ("", to) => format!("new: {to}"),
        (_, "") => "gone".to_owned(),
        (from, to) => format!("{from} → {to}"),
    };
    match &*change.sender {
        "" => what,
        sender => format!("{what} · {sender}"),
    }
}

/// What the row tells in full, and the keys.
fn draw_foot(area: Rect, buffer: &mut Buffer, row: Option<&ShapeRow>, look: &Look) {
    let width = usize::from(area.width.saturating_sub(4)).max(1);
    let (lines, last) = split(area, usize::from(area.height).saturating_sub(1));
    let (texts, keys) = match row {
        Some(ShapeRow::Change(change)) => {
            let times = usize::try_from(change.count).unwrap_or(usize::MAX);
            let told = format!(
                "{} · {}: {} · {} from no. {} on",
                change.code.name(),
                change.path,
                summary(change),
                counted(times, "message"),
                count(change.seq)
            );
            let advice = format!("→ {}", check_of(change.code).advice);
            (
                [(told, Role::Text), (advice, Role::Dim)],
                "Enter opens the message · Esc closes",
            )
        }
        Some(ShapeRow::Field(line)) => (
            [
                (
                    format!("{}: {} · {}", line.path, line.types, line.about),
                    Role::Text,
                ),
                (line.differs.clone(), Role::SeverityWarning),
            ],
            "Esc closes",
        ),
        None => (
            [(String::new(), Role::Text), (String::new(), Role::Dim)],
            "Esc closes",
        ),
    };
    let texts = texts.into_iter().flat_map(|(text, role)| {
        let lines = wrap(field(&text), width).into_iter().take(2);
        lines.map(move |line| (line, role)).collect::<Vec<_>>()
    });
    // A gap comes first.
    for (row, (text, role)) in lines.rows().skip(1).zip(texts) {
        Pen::new(buffer, row, look).skip(1).write(text, role);
    }
    if area.height > 0 {
        Pen::new(buffer, last, look)
            .skip(1)
            .write(fit_end(keys, width), Role::Dim);
    }
}
