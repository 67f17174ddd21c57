//! How a key sequence can continue, once its first key was pressed.

use crate::look::{Look, Pending, Role};
use crate::paint::{Pen, left, open_box, widest};
use natsbridge_app::State;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the keys that can follow, at the lower right; nothing while no sequence was begun.
pub fn draw_pending(body: Rect, buffer: &mut Buffer, (state, pending): (&State, &Pending), look: &Look) {
    let next = look.keymap.continuations(state.place(), pending);
    if next.is_empty() {
        return;
    }
    let keys = widest(next.iter().map(|(keys, _)| keys));
    let docs = widest(next.iter().map(|(_, action)| action.row().doc));
    let width = ((keys + docs + 6) as u16).min(body.width);
    let height = (next.len() as u16 + 2).min(body.height);
    let area = Rect {
        x: body.right() - width,
        y: body.bottom() - height,
        width,
        height,
    };
    let inner = open_box("Next key", area, buffer, look);
    for (line, (name, action)) in inner.rows().zip(&next) {
        Pen::new(buffer, line, look)
            .skip(1)
            .write(left(name, keys), Role::Key)
            .skip(2)
            .write(action.row().doc, Role::Text);
    }
}
