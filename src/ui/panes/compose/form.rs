//! The form: labels in a column, values beside them, what is wrong beside its field, what is offered below the line
//! being typed.

use super::rows::{Row, row};
use crate::app::{Cell, Line, Spot, Typing};
use crate::ui::look::Look;
use crate::ui::paint::{Pen, row_of, scrolled};
use crate::ui::panes::contract::Scene;
use crate::ui::text::{cells, field, fit_end, fit_middle, head, left};
use crate::ui::theme::Role;
use crate::wire::{SafeText, Severity};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Clear, Widget};
use std::ops::Range;

/// Cells of the labels, their gap included.
const LABELS: usize = 14;
/// Bytes of a line being typed that are looked at.
const TYPED_BYTES: usize = 4096;
/// Cells of the kinds.
const KIND: usize = 12;

/// What was drawn where.
#[derive(Debug, Default)]
pub struct FormDrawn {
    /// The first row shown.
    pub top: usize,
    /// Rows shown.
    pub height: u16,
    /// The rows that are payloads.
    pub payloads: Range<usize>,
    /// Where their kinds begin, in cells.
    pub kind_at: u16,
    /// Where their contents begin.
    pub content_at: u16,
    /// The text cursor.
    pub cursor: Option<Position>,
}

/// Draws the form, scrolled so that the cursor is in view.
pub fn draw_form(area: Rect, top: usize, buffer: &mut Buffer, scene: Scene<'_>) -> FormDrawn {
    let composer = &scene.state.compose;
    let spots = composer.spots();
    let rows = usize::from(area.height);
    let at = composer.row();
    let top = scrolled(top, at, rows, spots.len());
    let first = spots.iter().position(|spot| matches!(spot, Spot::Payload(_)));
    let first = first.unwrap_or(spots.len());
    let mut drawn = FormDrawn {
        top,
        height: area.height,
        payloads: first..first + composer.message.payloads.len(),
        kind_at: LABELS as u16,
        content_at: (LABELS + KIND) as u16,
        cursor: None,
    };
    let mut typed_at = None;
    for (i, spot) in spots.iter().enumerate().skip(top).take(rows) {
        let line = row_of(area, i - top);
        let typing = composer
            .typing
            .as_ref()
            .filter(|typing| i == at && types(typing, *spot));
        if let Some(x) = draw_row(line, buffer, scene, *spot, typing) {
            let position = Position::new(x.min(line.right().saturating_sub(1)), line.y);
            typed_at = Some((position, i - top));
        }
    }
    if let (Some((position, row)), Some(typing)) = (typed_at, &composer.typing) {
        draw_offers(area, row, buffer, typing, scene.look);
        drawn.cursor = Some(position).filter(|_| scene.focused);
    }
    drawn
}

/// Whether that row is the one that is typed into.
fn types(typing: &Typing, spot: Spot) -> bool {
    match typing.line_of {
        Line::Field(field) => spot == Spot::Field(field),
        Line::Name(at) => spot == Spot::Payload(at),
    }
}

/// Draws a row; gives the column of the text cursor where it is typed into.
fn draw_row(
    area: Rect,
    buffer: &mut Buffer,
    scene: Scene<'_>,
    spot: Spot,
    typing: Option<&Typing>,
) -> Option<u16> {
    let (composer, look) = (&scene.state.compose, scene.look);
    let selected = composer.cursor == spot;
    let base = match (selected, scene.focused) {
        (true, true) => look.style(Role::Selection),
        (true, false) => look.style(Role::SelectionDim),
        _ => look.style(Role::Text),
    };
    buffer.set_style(area, base);
    // Only what the row itself says of its colours stays; the ground is that of the selection.
    let style = |role: Role| {
        let style = look.style(role);
        if selected && scene.focused && role == Role::Text {
            base
        } else if selected {
            base.patch(Style { bg: None, ..style })
        } else {
            style
        }
    };
    let Row {
        label,
        label_role,
        cells: parts,
        end,
        fault,
    } = row(scene, spot);
    let mut pen = Pen::new(buffer, area);
    pen.write(if selected { "▌" } else { " " }, style(Role::Accent));
    let mut typed = None;
    let label_room = LABELS - 2;
    let name_cell = matches!(spot, Spot::Payload(_));
    if let Some(typing) = typing.filter(|_| name_cell) {
        typed = Some(write_typed(&mut pen, typing, label_room, style(Role::Strong)));
    } else {
        let mut label_style = style(label_role);
        if name_cell && selected && scene.focused && composer.cell == Cell::Name {
            label_style = label_style.add_modifier(Modifier::UNDERLINED);
        }
        pen.write(&fit_middle(&label, label_room), label_style);
        let used = cells(&fit_middle(&label, label_room));
        pen.skip(label_room - used);
    }
    pen.skip(1);
    let end_cells: usize = end.iter().map(|(text, _)| cells(text)).sum();
    let end_room = if end_cells == 0 { 0 } else { end_cells + 2 };
    if let Some(typing) = typing.filter(|_| !name_cell) {
        let room = pen.room().saturating_sub(1);
        typed = Some(write_typed(&mut pen, typing, room, style(Role::Strong)));
    } else {
        let fault_room = fault
            .as_ref()
            .map_or(0, |(_, text)| (cells(text) + 4).min(pen.room() / 2));
        for (i, part) in parts.iter().enumerate() {
            let room = pen.room().saturating_sub(end_room + fault_room);
            let room = part.width.map_or(room, |width| width.min(room));
            let mut text = fit_middle(&part.text, room.saturating_sub(usize::from(part.width.is_some())));
            let mut part_style = style(part.role);
            if selected && scene.focused && part.cell == Some(composer.cell) {
                part_style = part_style.add_modifier(Modifier::UNDERLINED);
            }
            if i > 0 && part.width.is_none() {
                pen.skip(2.min(room));
                text = fit_end(&part.text, room.saturating_sub(2));
            }
            pen.write(&text, part_style);
            if let Some(width) = part.width {
                pen.skip(width.saturating_sub(cells(&text)));
            }
        }
        if let Some((severity, text)) = &fault {
            pen.skip(2);
            let mark = if *severity == Severity::Error {
                "✖ "
            } else {
                "▲ "
            };
            pen.write(mark, style((*severity).into()));
            let room = pen.room().saturating_sub(end_room);
            pen.write(&fit_end(text, room), style((*severity).into()));
        }
        if end_cells > 0 && pen.room() > end_cells {
            let gap = pen.room() - end_cells - 1;
            pen.skip(gap);
            for (text, role) in &end {
                pen.write(text, style(*role));
            }
        }
    }
    typed
}

/// Writes the line being typed, scrolled so that its cursor is in view; gives the cursor's column.
fn write_typed(pen: &mut Pen<'_>, typing: &Typing, room: usize, style: Style) -> u16 {
    let before = cells(SafeText::new(head(typing.line.before(), TYPED_BYTES)).as_str());
    let cut = (before + 1).saturating_sub(room);
    let text = SafeText::new(head(typing.line.text(), TYPED_BYTES));
    let shown = text.slice_cells(cut, room);
    let start = pen.column();
    pen.write(&left(shown.as_str(), room), style);
    start + (before - cut) as u16
}

/// Draws what is offered below the line being typed, or above it where there is more room.
fn draw_offers(area: Rect, row: usize, buffer: &mut Buffer, typing: &Typing, look: &Look) {
    let offers = &typing.offers;
    let (below, above) = (usize::from(area.height).saturating_sub(row + 1), row);
    let rows = offers.shown.len().min(below.max(above));
    if rows == 0 {
        return;
    }
    let first = if below >= rows { row + 1 } else { row - rows };
    let widest = offers
        .shown
        .iter()
        .map(|text| cells(field(text).as_str()))
        .max()
        .unwrap_or(0);
    let x = area.x + (LABELS as u16 - 1).min(area.width);
    let width = (widest as u16 + 3).clamp(12, area.right().saturating_sub(x).max(12));
    let list = Rect {
        x,
        y: area.y + first as u16,
        width: width.min(area.right().saturating_sub(x)),
        height: rows as u16,
    };
    Clear.render(list, buffer);
    let ground = look.style(Role::Background).patch(look.style(Role::SelectionDim));
    buffer.set_style(list, ground);
    let shift = offers.chosen.map_or(0, |at| (at + 1).saturating_sub(rows));
    for (i, text) in offers.shown.iter().enumerate().skip(shift).take(rows) {
        let line = row_of(list, i - shift);
        let chosen = offers.chosen == Some(i);
        let style = if chosen {
            look.style(Role::Selection)
        } else {
            ground.patch(Style {
                bg: None,
                ..look.style(Role::Text)
            })
        };
        buffer.set_style(line, style);
        let mut pen = Pen::new(buffer, line);
        pen.skip(1);
        let room = pen.room().saturating_sub(1);
        pen.write(&fit_middle(field(text).as_str(), room), style);
    }
}
