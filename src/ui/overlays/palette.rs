//! The command palette: a line to type into, the actions that fit below.

use super::drawn::Drawn;
use crate::look::{Look, Role};
use crate::paint::{Pen, cells, centred, field, left, open_box, row_of, scrolled};
use natsbridge_app::{Context, LineEdit, palette};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Draws the palette.
pub fn draw_palette(body: Rect, buffer: &mut Buffer, line: &LineEdit, chosen: usize, look: &Look) -> Drawn {
    let area = centred(body, 72, 18);
    let inner = open_box("All actions", area, buffer, look);
    let mut pen = Pen::new(buffer, row_of(inner, 0));
    pen.skip(1);
    pen.write("› ", look.style(Role::Accent));
    pen.write(field(line.text()).as_str(), look.style(Role::Strong));
    let at = 3 + cells(field(line.before()).as_str()) as u16;
    let cursor = Position::new(inner.x + at.min(inner.width.saturating_sub(1)), inner.y);
    let list = Rect {
        y: inner.y + 1.min(inner.height),
        height: inner.height.saturating_sub(1),
        ..inner
    };
    let found = palette(line.text());
    if found.is_empty() {
        let mut pen = Pen::new(buffer, row_of(list, 0));
        pen.skip(3);
        pen.write("No action matches.", look.style(Role::Dim));
    }
    let top = scrolled(0, chosen, usize::from(list.height), found.len());
    for (i, row) in found.iter().enumerate().skip(top).take(usize::from(list.height)) {
        let row_area = row_of(list, i - top);
        let base = if i == chosen {
            look.style(Role::Selection)
        } else {
            look.style(Role::Text)
        };
        buffer.set_style(row_area, base);
        let mut pen = Pen::new(buffer, row_area);
        pen.write(if i == chosen { " ▌ " } else { "   " }, base);
        let keys = look.keymap.keys(row.action).join(" ");
        let place = match row.context {
            Context::Everywhere => String::new(),
            context => format!("  {}", context.title()),
        };
        let room = pen.room().saturating_sub(cells(&keys) + 2);
        let doc = left(row.doc, room.saturating_sub(cells(&place)));
        pen.write(&doc, base);
        pen.write(&place, look.style(Role::Dim).patch(base));
        pen.skip(1);
        pen.write(&keys, base.patch(look.style(Role::Key)));
    }
    Drawn {
        area,
        list: Some((list, top)),
        cursor: Some(cursor),
    }
}
