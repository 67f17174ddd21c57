//! The step of the tour that waits: a quiet box above the footer, the key first.

use crate::look::{Look, Role};
use crate::paint::{Pen, border_note, cells, open_box, row_of, wrap};
use natsbridge_app::{State, TOUR};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Cells of its text at most: what is read at a glance.
const WIDEST: usize = 96;

/// Draws it at the foot of `body`.
pub fn draw_tour(body: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let Some((at, step)) = state.overlay.tour.and_then(|at| Some((at, TOUR.get(at)?))) else {
        return;
    };
    let key = look.key(step.action);
    let beside = cells(&key) + 3;
    let width = usize::from(body.width).saturating_sub(beside + 6).min(WIDEST);
    let lines = wrap(step.text, width.max(1));
    let height = (lines.len() as u16 + 2).min(body.height);
    let across = ((width + beside + 4) as u16).min(body.width);
    let area = Rect {
        x: body.x + (body.width - across) / 2,
        y: body.bottom() - height,
        width: across,
        height,
    };
    let title = format!("Tour {} of {}", at + 1, TOUR.len());
    let inner = open_box(&title, area, buffer, look);
    for (row, line) in lines.iter().take(inner.height.into()).enumerate() {
        let mut pen = Pen::new(buffer, row_of(inner, row), look);
        pen.skip(1);
        if row == 0 {
            pen.write(&key, Role::Key).skip(2);
        } else {
            pen.skip(beside - 1);
        }
        pen.write(line, Role::Strong);
    }
    border_note(" Esc leaves the tour ", area, buffer, look);
}
