//! The keys of the focused pane, from the table of actions.

use super::drawn::{Drawn, OverlayScene};
use crate::look::{Look, Role};
use crate::paint::{Pen, border_note, centred, left, open_box, widest};
use natsbridge_app::{ACTIONS, Place};
use ratatui::buffer::Buffer;

/// Draws the help of the current place, scrolled by `top` rows.
pub fn draw_help(top: usize, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let look = scene.look;
    let rows = rows(scene.state.place(), look);
    let keys = widest(rows.iter().flat_map(|(keys, _)| keys));
    let area = centred(scene.body, 78, (rows.len() + 2) as u16);
    let inner = open_box("Keys", area, buffer, look);
    let height = usize::from(inner.height);
    let top = top.min(rows.len().saturating_sub(height));
    for (line, (names, text)) in inner.rows().zip(rows.iter().skip(top)) {
        let mut pen = Pen::new(buffer, line, look);
        pen.skip(1);
        match names {
            None => pen.write(text, Role::Heading),
            Some(names) => pen
                .write(left(names, keys), Role::Key)
                .skip(2)
                .write(text, Role::Text),
        };
    }
    if rows.len() > height {
        let more = format!(" {} of {} · ↓ more · Esc closes ", top + height, rows.len());
        border_note(&more, area, buffer, look);
    }
    Drawn::new(area)
}

/// The actions of the view and the pane with their keys, then the global ones, if their keys work here; headings and
/// empty lines have no keys.
fn rows(place: Place, look: &Look) -> Vec<(Option<String>, &'static str)> {
    let mut rows = Vec::new();
    for context in place.contexts() {
        if !rows.is_empty() {
            rows.push((None, ""));
        }
        rows.push((None, context.title()));
        for row in ACTIONS.iter().filter(|row| row.context == context) {
            let keys = look.keymap.keys_in(place, row.action);
            // An action whose keys are all taken by the place is left out; one that never had a key is listed.
            if keys.is_empty() && !look.keymap.keys(row.action).is_empty() {
                continue;
            }
            rows.push((Some(keys.join(" ")), row.doc));
        }
    }
    rows
}
