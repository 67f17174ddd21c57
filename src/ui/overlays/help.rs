//! The keys of the focused pane, from the table of actions.

use super::drawn::Drawn;
use crate::look::{Look, Role};
use crate::paint::{Pen, cells, centred, left, open_box, row_of};
use natsbridge_app::{ACTIONS, ActionSpec, Place};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

enum HelpRow {
    Heading(&'static str),
    Empty,
    Action(&'static ActionSpec, String),
}

/// Draws the help of a place, scrolled by `top` rows.
pub fn draw_help(body: Rect, buffer: &mut Buffer, place: Place, top: usize, look: &Look) -> Drawn {
    let rows = rows(place, look);
    let keys = rows.iter().map(|row| match row {
        HelpRow::Action(_, keys) => cells(keys),
        _ => 0,
    });
    let keys = keys.max().unwrap_or(0);
    let height = (rows.len() + 2).min(usize::from(body.height)) as u16;
    let area = centred(body, 78, height);
    let inner = open_box("Keys", area, buffer, look);
    let top = top.min(rows.len().saturating_sub(usize::from(inner.height)));
    for (i, row) in rows.iter().skip(top).take(usize::from(inner.height)).enumerate() {
        let mut pen = Pen::new(buffer, row_of(inner, i));
        pen.skip(1);
        match row {
            HelpRow::Heading(title) => pen.write(title, look.style(Role::Heading)),
            HelpRow::Empty => {}
            HelpRow::Action(row, names) => {
                pen.write(&left(names, keys), look.style(Role::Key));
                pen.skip(2);
                pen.write(row.doc, look.style(Role::Text));
            }
        }
    }
    if rows.len() > usize::from(inner.height) {
        let more = format!(
            " {} of {} · ↓ more · Esc closes ",
            top + usize::from(inner.height),
            rows.len()
        );
        let foot = Rect {
            x: area.x + 2,
            y: area.bottom() - 1,
            width: area.width.saturating_sub(4),
            height: 1,
        };
        Pen::new(buffer, foot).write(&more, look.style(Role::Dim));
    }
    Drawn {
        area,
        ..Drawn::default()
    }
}

/// The actions of the view and the pane, then the global ones, if their keys work here.
fn rows(place: Place, look: &Look) -> Vec<HelpRow> {
    let mut rows = Vec::new();
    for context in place.contexts() {
        if !rows.is_empty() {
            rows.push(HelpRow::Empty);
        }
        rows.push(HelpRow::Heading(context.title()));
        for row in ACTIONS.iter().filter(|row| row.context == context) {
            let keys = look.keymap.keys_in(place, row.action);
            // An action whose keys are all taken by the place is left out; one that never had a key is listed.
            if keys.is_empty() && !look.keymap.keys(row.action).is_empty() {
                continue;
            }
            rows.push(HelpRow::Action(row, keys.join(" ")));
        }
    }
    rows
}
