//! The welcome on the first start: what the workbench is, in five lines. The first key closes it and does what it
//! always does.

use crate::look::{Look, Role};
use crate::paint::{Pen, border_note, cells, centred, open_box, row_of, widest};
use natsbridge_app::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// What the first line says.
const FIRST: &str = "Messages are listed as they arrive; the selected one is shown decoded.";

/// Pairs of actions, and what they do.
const ROWS: [(Action, Action, &str); 4] = [
    (
        Action::Open,
        Action::Back,
        "move in and back out; arrows or hjkl move, Tab switches panes",
    ),
    (
        Action::Filter,
        Action::Search,
        "filters the list, searches everything received",
    ),
    (
        Action::Compose,
        Action::Reply,
        "writes a message with payloads, replies to the selected one",
    ),
    (
        Action::Help,
        Action::Palette,
        "shows the keys of this pane, finds and runs any action",
    ),
];

/// Draws it over the panes.
pub fn draw_welcome(body: Rect, buffer: &mut Buffer, look: &Look) {
    let rows = ROWS.map(|(one, other, text)| (format!("{} {}", look.key(one), look.key(other)), text));
    let keys = widest(rows.iter().map(|(keys, _)| keys));
    let area = centred(body, (keys + 70) as u16, rows.len() as u16 + 5);
    let inner = open_box("Welcome to the NATSBridge Workbench", area, buffer, look);
    Pen::new(buffer, inner, look).skip(1).write(FIRST, Role::Strong);
    for (i, (names, text)) in rows.iter().enumerate() {
        Pen::new(buffer, row_of(inner, i + 2), look)
            .skip(1)
            .write(names, Role::Key)
            .skip(keys + 2 - cells(names))
            .write(text, Role::Text);
    }
    border_note(" press any key to begin ", area, buffer, look);
}
