//! What can be done in the focused pane, grouped; what is searched for narrows it, Enter runs the chosen row.

use super::drawn::{Drawn, OverlayScene};
use crate::look::Role;
use crate::paint::{Pen, border_note, cells, centred, field, open_box, right, scrolled, split, widest};
use natsbridge_app::{HelpAt, HelpLine, help};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

/// Draws the help of the current place.
pub fn draw_help(at: &HelpAt, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let (state, look) = (scene.state, scene.look);
    let place = state.place();
    let lines = help(place, at.line.text());
    let all = help(place, "").len();
    let searches = at.typing || !at.line.text().is_empty();
    let area = centred(scene.body, 78, (all + 2 + usize::from(searches)) as u16);
    let inner = open_box("Keys", area, buffer, look);
    let (typed, list) = split(inner, usize::from(searches));
    let mut cursor = None;
    if searches {
        let mut pen = Pen::new(buffer, typed, look);
        pen.skip(1).write("/ ", Role::Accent);
        let x = pen.column() + cells(field(at.line.before())) as u16;
        pen.write(field(at.line.text()), Role::Strong);
        cursor = at
            .typing
            .then(|| Position::new(x.min(typed.right().saturating_sub(1)), typed.y));
    }
    let keys = |line: &HelpLine| match line {
        HelpLine::Action(row) => look.keymap.keys_in(place, row.action).join(" "),
        HelpLine::Heading(_) | HelpLine::Air => String::new(),
    };
    let width = widest(help(place, "").iter().map(&keys));
    let actions = lines.iter().enumerate();
    let actions = actions.filter(|(_, line)| matches!(line, HelpLine::Action(_)));
    let rows: Vec<usize> = actions.map(|(i, _)| i).collect();
    let chosen = rows.get(at.chosen).copied();
    let height = usize::from(list.height);
    // The heading of the first actions is seen with them.
    let top = match chosen {
        Some(line) if at.chosen > 0 => {
            scrolled(0, (line + height / 3).min(lines.len() - 1), height, lines.len())
        }
        _ => 0,
    };
    for (place, (i, line)) in list.rows().zip(lines.iter().enumerate().skip(top)) {
        let (mark, ground) = if chosen == Some(i) {
            ("▌", Role::Selection)
        } else {
            (" ", Role::Text)
        };
        let mut pen = Pen::on(look.style(ground), buffer, place, look);
        match line {
            HelpLine::Air => {}
            HelpLine::Heading(text) => {
                pen.skip(1).write(text, Role::Heading);
            }
            HelpLine::Action(row) => {
                pen.mark(mark, Role::Accent);
                pen.mark(right(keys(line), width), Role::Key).skip(2);
                pen.plain(row.doc);
            }
        }
    }
    if lines.is_empty() {
        Pen::new(buffer, list, look).skip(3).write(
            "Nothing here is called that; Ctrl+P looks through all actions.",
            Role::Text,
        );
    }
    let more = lines.len().saturating_sub(top + height);
    let more = if more > 0 { "↓ more · " } else { "" };
    border_note(
        &format!(" {more}/ searches · Enter runs · Esc closes "),
        area,
        buffer,
        look,
    );
    Drawn {
        cursor,
        ..Drawn::new(area)
    }
}
