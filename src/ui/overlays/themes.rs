//! The theme picker: each theme is applied as a preview while it is selected.

use super::drawn::{Drawn, OverlayScene};
use crate::look::Role;
use crate::paint::{Pen, choices, field, open_box, row_of, split};
use natsbridge_wire::KINDS;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the picker at the right, where it hides little of what the theme changes.
pub fn draw_themes(chosen: usize, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let (body, look) = (scene.body, scene.look);
    let names = &scene.state.appearance.themes;
    let width = 34.min(body.width);
    let area = Rect {
        x: body.right() - width,
        width,
        height: (names.len() as u16 + 5).min(body.height),
        ..body
    };
    let inner = open_box("Theme", area, buffer, look);
    let (list, foot) = split(inner, usize::from(inner.height).saturating_sub(3));
    let top = choices(list, (chosen, names.len()), buffer, look, |pen, i| {
        pen.plain(field(&names[i]));
    });
    if list.height > 0 {
        let mut pen = Pen::new(buffer, row_of(foot, 1), look);
        pen.skip(1);
        for kind in KINDS {
            if kind.name.len() < pen.room() {
                pen.write(kind.name, kind.kind.into()).skip(1);
            }
        }
        Pen::new(buffer, row_of(foot, 2), look)
            .skip(1)
            .write("Enter keeps it · Esc restores the previous one", Role::Dim);
    }
    Drawn::new(area).with_list(list, top)
}
