//! The form: labels in a column, values beside them, errors beside their field, completions below the line being
//! typed.

use super::rows::{KIND, Row, row};
use crate::look::{Look, Role};
use crate::paint::{
    Pen, cells, field, fit_end, fit_middle, fit_path, head, left, offered, open_box, row_of, scrolled, widest,
};
use crate::panes::contract::Scene;
use natsbridge_app::{Cell, Composer, FieldEdit, FormRow};
use natsbridge_wire::{SafeText, Severity};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Clear, Widget};
use std::ops::Range;

/// Label width in cells, mark and gap included, in wide and in narrow panes.
const LABELS: [usize; 2] = [14, 13];
/// Lines from which on some can stay while others scroll.
const PINNED_FROM: usize = 4;
/// Cells from which a pane is wide enough.
const WIDE: u16 = 56;
/// The title above the completions.
const OFFERS: &str = "Tab completes";
/// Bytes of a line being typed that are looked at.
const TYPED_BYTES: usize = 4096;

/// What stands where in the form.
#[derive(Debug, Default)]
pub struct FormLayout {
    /// The first line shown.
    pub top: usize,
    /// The row of the form in each line shown; `None` where nothing stands.
    pub lines: Vec<Option<usize>>,
    /// The rows that are payloads.
    pub payloads: Range<usize>,
    /// Where their kinds begin, in cells.
    pub kind_at: u16,
    /// Where their contents begin.
    pub content_at: u16,
}

/// The rows of the form as lines, with blank lines between its parts if there is room.
fn lines(spots: &[FormRow], height: usize) -> Vec<Option<usize>> {
    let part = |spot: &FormRow| match spot {
        FormRow::Field(_) | FormRow::More => 0,
        FormRow::Payload(_) | FormRow::Add => 1,
        FormRow::Send => 2,
        FormRow::Responder(_) | FormRow::Job(_) => 3,
    };
    let mut lines = Vec::new();
    for (i, spot) in spots.iter().enumerate() {
        if i > 0 && part(spot) != part(&spots[i - 1]) {
            lines.push(None);
        }
        lines.push(Some(i));
    }
    if lines.len() > height {
        lines.retain(Option::is_some);
    }
    lines
}

/// The rows of the form, the lines of it that an area shows, and the first line: scrolled from `top` to the cursor. Where
/// not all have room, adding a payload and sending stay in sight.
fn shown_lines(area: Rect, top: usize, composer: &Composer) -> (Vec<FormRow>, Vec<Option<usize>>, usize) {
    let spots = composer.spots();
    let height = usize::from(area.height);
    let mut lines = lines(&spots, height);
    let stays = |line: &Option<usize>| {
        let spot = line.and_then(|row| spots.get(row));
        spot.is_some_and(|spot| matches!(spot, FormRow::Add | FormRow::Send))
    };
    let mut pinned = vec![];
    if lines.len() > height && height >= PINNED_FROM {
        pinned = lines.extract_if(.., |line| stays(line)).collect();
    }
    let room = height - pinned.len();
    let row = Some(composer.row());
    // From a pinned line, what stands before it is in view.
    let at = lines
        .iter()
        .rposition(|line| line.is_some() && *line <= row)
        .unwrap_or(0);
    let top = scrolled(top, at, room, lines.len());
    let mut shown: Vec<_> = lines.into_iter().skip(top).take(room).collect();
    if !pinned.is_empty() {
        shown.extend(pinned);
        shown.sort_unstable();
    }
    (spots, shown, top)
}

/// Whether a row of the form is visible when scrolled to the cursor.
pub fn in_view(area: Rect, top: usize, composer: &Composer, spot: FormRow) -> bool {
    let (spots, shown, _) = shown_lines(area, top, composer);
    let row = spots.iter().position(|other| *other == spot);
    row.is_some() && shown.contains(&row)
}

/// Fits the form to an area, scrolled from `top` so that the cursor is in view.
pub fn fit_form(area: Rect, top: usize, composer: &Composer) -> FormLayout {
    let (spots, lines, top) = shown_lines(area, top, composer);
    let first = spots.iter().position(|spot| matches!(spot, FormRow::Payload(_)));
    let first = first.unwrap_or(spots.len());
    FormLayout {
        top,
        lines,
        payloads: first..first + composer.message.payloads.len(),
        kind_at: labels(area) as u16,
        content_at: (labels(area) + KIND) as u16,
    }
}

/// Draws the form; gives the text cursor.
pub fn draw_form(area: Rect, layout: &FormLayout, buffer: &mut Buffer, scene: Scene<'_>) -> Option<Position> {
    let composer = &scene.state.compose;
    let (spots, at) = (composer.spots(), composer.row());
    let mut typed_at = None;
    for (row, line) in layout.lines.iter().enumerate() {
        let Some((i, spot)) = line.and_then(|i| Some((i, *spots.get(i)?))) else {
            continue;
        };
        let area = row_of(area, row);
        let typing = composer.typing.as_ref();
        let typing = typing.filter(|typing| i == at && typing.line_of == spot);
        if let Some(x) = draw_row(area, buffer, scene, spot, typing) {
            let position = Position::new(x.min(area.right().saturating_sub(1)), area.y);
            typed_at = Some((position, row));
        }
    }
    let ((position, row), typing) = typed_at.zip(composer.typing.as_ref())?;
    draw_offers(area, row, buffer, typing, scene.look);
    scene.focused.then_some(position)
}

/// Cells of the labels in a pane.
fn labels(area: Rect) -> usize {
    LABELS[usize::from(area.width < WIDE)]
}

/// Draws a row; returns the column of the text cursor if it is being typed into.
fn draw_row(
    area: Rect,
    buffer: &mut Buffer,
    scene: Scene<'_>,
    spot: FormRow,
    typing: Option<&FieldEdit>,
) -> Option<u16> {
    let (composer, look) = (&scene.state.compose, scene.look);
    let selected = composer.cursor == spot;
    let ground = if selected {
        scene.ground(selected)
    } else {
        look.style(Role::Text)
    };
    let mut pen = Pen::on(ground, buffer, area, look);
    pen.mark(if selected { "▌" } else { " " }, Role::Accent);
    let row = row(scene, spot);
    // The cell under the cursor is marked where keys change it.
    let under_cursor = (selected && scene.focused).then_some(composer.cell);
    let is_payload = matches!(spot, FormRow::Payload(_));
    let label_room = labels(area) - 2;
    let mut typed = None;
    if let Some(typing) = typing.filter(|_| is_payload) {
        typed = Some(write_typed(&mut pen, typing, label_room));
    } else {
        let cell = is_payload.then_some(Cell::Name);
        let label = fit_middle(&row.label, label_room);
        let style = style(&pen, row.label_role, cell, under_cursor);
        pen.styled(&label, style).skip(label_room - cells(&label));
    }
    pen.skip(1);
    match typing.filter(|_| !is_payload) {
        Some(typing) => {
            let room = pen.room().saturating_sub(1);
            typed = Some(write_typed(&mut pen, typing, room));
        }
        None => write_row(&mut pen, &row, under_cursor),
    }
    typed
}

/// The style of a part of a row; `under_cursor` is the cell under the cursor, in the row that has the cursor.
fn style(pen: &Pen<'_>, role: Role, cell: Option<Cell>, under_cursor: Option<Cell>) -> Style {
    let style = match (role, under_cursor) {
        (Role::Text, Some(_)) => pen.ground(),
        _ => pen.marked(role),
    };
    if cell.is_some() && cell == under_cursor {
        style.add_modifier(Modifier::UNDERLINED)
    } else {
        style
    }
}

/// Writes what stands beside the label: the parts, what is wrong, what is at the end.
fn write_row(pen: &mut Pen<'_>, row: &Row, under_cursor: Option<Cell>) {
    let end: usize = row.end.iter().map(|(text, _)| cells(text)).sum();
    let end_room = if end == 0 { 0 } else { end + 2 };
    let fault_cells = row.fault.as_ref().map_or(0, |(_, text)| cells(text) + 4);
    let fault_room = fault_cells.min(pen.room().saturating_sub(end_room) * 2 / 3);
    let mut gap = 0;
    for part in &row.cells {
        let room = pen.room().saturating_sub(end_room + fault_room + gap);
        let width = part.width.map_or(room, |width| width.saturating_sub(1).min(room));
        let text = if part.path {
            fit_path(&part.text, width)
        } else {
            fit_end(&part.text, width)
        };
        let style = style(pen, part.role, part.cell, under_cursor);
        pen.skip(gap.min(room)).styled(&text, style);
        pen.skip(part.width.map_or(0, |width| width - cells(&text)));
        gap = if part.width.is_some() { 0 } else { 2 };
    }
    if let Some((severity, text)) = &row.fault {
        let mark = if *severity == Severity::Error {
            "✖ "
        } else {
            "▲ "
        };
        let role = (*severity).into();
        pen.skip(gap).mark(mark, role);
        pen.mark(fit_end(text, pen.room().saturating_sub(end_room)), role);
    }
    if end > 0 && pen.room() > end {
        pen.skip(pen.room() - end - 1);
        for (text, role) in &row.end {
            pen.styled(text, style(pen, *role, None, under_cursor));
        }
    }
}

/// Writes the line being typed, scrolled so that its cursor is in view; gives the cursor's column.
fn write_typed(pen: &mut Pen<'_>, typing: &FieldEdit, room: usize) -> u16 {
    let before = cells(SafeText::new(head(typing.line.before(), TYPED_BYTES)));
    let cut = (before + 1).saturating_sub(room);
    let text = SafeText::new(head(typing.line.text(), TYPED_BYTES));
    let start = pen.column();
    pen.mark(left(text.slice_cells(cut, room), room), Role::Strong);
    start + (before - cut) as u16
}

/// Draws the completions in a box below the line being typed, or above it if there is more room. The rows behind are
/// hidden including their labels, so that nothing looks like their values.
fn draw_offers(area: Rect, row: usize, buffer: &mut Buffer, typing: &FieldEdit, look: &Look) {
    let offers = &typing.offers;
    let (below, above) = (usize::from(area.height).saturating_sub(row + 1), row);
    let wanted = offers.shown.len();
    let is_below = below >= wanted + 2 || below >= above;
    let side = if is_below { below } else { above };
    let rows = wanted.min(side.saturating_sub(2));
    if rows == 0 {
        return;
    }
    let first = if is_below { row + 1 } else { row - rows - 2 };
    let hidden = Rect {
        y: area.y + first as u16,
        height: rows as u16 + 2,
        ..area
    };
    Clear.render(hidden, buffer);
    buffer.set_style(hidden, look.style(Role::Background));
    let x = hidden.x + (labels(area) as u16 - 1).min(hidden.width);
    let widest = widest(offers.shown.iter().map(|text| field(text)));
    let frame = Rect {
        x,
        width: (widest.max(cells(OFFERS)) as u16 + 4).min(hidden.right().saturating_sub(x)),
        ..hidden
    };
    let list = open_box(OFFERS, frame, buffer, look);
    offered(offers, 1, list, buffer, look);
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_app::Field;

    #[test]
    fn there_is_air_between_the_parts_only_where_there_is_room() {
        let spots = [
            FormRow::Field(Field::Subject),
            FormRow::More,
            FormRow::Add,
            FormRow::Send,
        ];
        let roomy = [Some(0), Some(1), None, Some(2), None, Some(3)];
        assert_eq!(lines(&spots, 6), roomy);
        assert_eq!(lines(&spots, 5), [Some(0), Some(1), Some(2), Some(3)]);
    }
}
