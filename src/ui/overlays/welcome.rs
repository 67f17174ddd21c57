//! The welcome on the first start: what the workbench is, in five lines. The first key closes it and does what it
//! always does.

use crate::look::{Look, Role};
use crate::paint::{Pen, cells, centred, open_box, row_of};
use natsbridge_app::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws it over the panes.
pub fn draw_welcome(body: Rect, buffer: &mut Buffer, look: &Look) {
    let key = |action| look.key(action);
    let lines = [
        (
            String::new(),
            "Messages are listed as they arrive; the selected one is shown decoded.".to_owned(),
        ),
        (
            format!("{} {}", key(Action::Open), key(Action::Back)),
            "move in and back out; arrows or hjkl move, Tab switches panes".into(),
        ),
        (
            format!("{} {}", key(Action::Filter), key(Action::Search)),
            "filters the list, searches everything received".into(),
        ),
        (
            format!("{} {}", key(Action::Compose), key(Action::Reply)),
            "writes a message with payloads, replies to the selected one".into(),
        ),
        (
            format!("{} {}", key(Action::Help), key(Action::Palette)),
            "shows the keys of this pane, finds and runs any action".into(),
        ),
    ];
    let keys = lines.iter().map(|(keys, _)| cells(keys)).max().unwrap_or(0);
    let area = centred(body, (keys + 70) as u16, lines.len() as u16 + 4);
    let inner = open_box("Welcome to the NATSBridge Workbench", area, buffer, look);
    for (i, (keys_here, text)) in lines.iter().enumerate() {
        let mut pen = Pen::new(buffer, row_of(inner, i + usize::from(i > 0)));
        pen.skip(1);
        if !keys_here.is_empty() {
            pen.write(keys_here, look.style(Role::Key));
            pen.skip(keys + 2 - cells(keys_here));
        }
        pen.write(text, look.style(if i == 0 { Role::Strong } else { Role::Text }));
    }
    let foot = Rect {
        x: area.x + 2,
        y: area.bottom().saturating_sub(1),
        width: area.width.saturating_sub(4),
        height: 1,
    };
    Pen::new(buffer, foot).write(" press any key to begin ", look.style(Role::Dim));
}
