//! How a key sequence can continue, once its first key was pressed.

use crate::look::{Look, Pending, Role};
use crate::paint::{Pen, cells, left, open_box, row_of};
use natsbridge_app::State;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the keys that can follow, at the lower right; nothing while no sequence was begun.
pub fn draw_pending(body: Rect, buffer: &mut Buffer, (state, pending): (&State, &Pending), look: &Look) {
    let next = look.keymap.continuations(state.place(), pending);
    if next.is_empty() {
        return;
    }
    let keys = next.iter().map(|(keys, _)| cells(keys)).max().unwrap_or(0);
    let docs = next
        .iter()
        .map(|(_, action)| cells(action.row().doc))
        .max()
        .unwrap_or(0);
    let width = ((keys + docs + 6) as u16).min(body.width);
    let height = (next.len() as u16 + 2).min(body.height);
    let area = Rect {
        x: body.right() - width,
        y: body.bottom() - height,
        width,
        height,
    };
    let inner = open_box("Next key", area, buffer, look);
    for (i, (name, action)) in next.iter().enumerate().take(usize::from(inner.height)) {
        let mut pen = Pen::new(buffer, row_of(inner, i));
        pen.skip(1);
        pen.write(&left(name, keys), look.style(Role::Key));
        pen.skip(2);
        pen.write(action.row().doc, look.style(Role::Text));
    }
}
