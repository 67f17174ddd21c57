//! The command palette: a line to type into, the actions that fit below.

use super::drawn::{Drawn, OverlayScene};
use crate::look::Role;
use crate::paint::{Pen, cells, centred, choices, field, left, open_box, split};
use natsbridge_app::{Context, LineEdit, palette};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

/// Draws the palette.
pub fn draw_palette(line: &LineEdit, chosen: usize, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let look = scene.look;
    let area = centred(scene.body, 72, 18);
    let inner = open_box("All actions", area, buffer, look);
    let (typed, list) = split(inner, 1);
    Pen::new(buffer, typed, look)
        .skip(1)
        .write("› ", Role::Accent)
        .write(field(line.text()), Role::Strong);
    let at = 3 + cells(field(line.before())) as u16;
    let cursor = Position::new(inner.x + at.min(inner.width.saturating_sub(1)), inner.y);
    let found = palette(line.text());
    if found.is_empty() {
        Pen::new(buffer, list, look)
            .skip(3)
            .write("No action matches.", Role::Dim);
    }
    let top = choices(list, (chosen, found.len()), buffer, look, |pen, i| {
        let row = found[i];
        let keys = look.keymap.keys(row.action).join(" ");
        let place = match row.context {
            Context::Everywhere => String::new(),
            context => format!("  {}", context.title()),
        };
        let room = pen.room().saturating_sub(cells(&keys) + 2);
        pen.plain(left(row.doc, room.saturating_sub(cells(&place))))
            .write(&place, Role::Dim)
            .skip(1)
            .mark(&keys, Role::Key);
    });
    Drawn {
        cursor: Some(cursor),
        ..Drawn::new(area).with_list(list, top)
    }
}
