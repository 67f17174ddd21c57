//! The theme picker: each theme is applied as a preview while it is selected.

use super::drawn::Drawn;
use crate::look::{Look, Role};
use crate::paint::{Pen, field, open_box, row_of, scrolled};
use natsbridge_wire::KINDS;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the picker at the right, where it hides little of what the theme changes.
pub fn draw_themes(body: Rect, buffer: &mut Buffer, names: &[String], chosen: usize, look: &Look) -> Drawn {
    let width = 34.min(body.width);
    let area = Rect {
        x: body.right() - width,
        width,
        height: (names.len() as u16 + 5).min(body.height),
        ..body
    };
    let inner = open_box("Theme", area, buffer, look);
    let list = Rect {
        height: inner.height.saturating_sub(3),
        ..inner
    };
    let top = scrolled(0, chosen, usize::from(list.height), names.len());
    for (i, name) in names.iter().enumerate().skip(top).take(usize::from(list.height)) {
        let row = row_of(list, i - top);
        let base = if i == chosen {
            look.style(Role::Selection)
        } else {
            look.style(Role::Text)
        };
        buffer.set_style(row, base);
        let mut pen = Pen::new(buffer, row);
        pen.write(if i == chosen { " ▌ " } else { "   " }, base);
        pen.write(field(name).as_str(), base);
    }
    if inner.height > 3 {
        let mut pen = Pen::new(buffer, row_of(inner, usize::from(inner.height) - 2));
        pen.skip(1);
        for kind in KINDS {
            if kind.name.len() < pen.room() {
                pen.write(kind.name, look.style(kind.kind.into()));
                pen.skip(1);
            }
        }
        let mut pen = Pen::new(buffer, row_of(inner, usize::from(inner.height) - 1));
        pen.skip(1);
        pen.write(
            "Enter keeps it · Esc restores the previous one",
            look.style(Role::Dim),
        );
    }
    Drawn {
        area,
        list: Some((list, top)),
        cursor: None,
    }
}
