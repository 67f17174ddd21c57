//! The marks, while a letter is asked for.

use super::drawn::{Drawn, OverlayScene};
use crate::look::Role;
use crate::paint::{Pen, centred, field, fit_middle, open_box, split};
use natsbridge_app::MarkUse;
use ratatui::buffer::Buffer;

/// Draws the marks there are and what a letter will do.
pub fn draw_marks(wanted: MarkUse, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let look = scene.look;
    let marks = scene.state.messages.marked.all();
    let (title, advice) = match wanted {
        MarkUse::Set => (
            "Mark as",
            "A letter or digit marks the message; the same one again removes the mark.",
        ),
        MarkUse::Jump => (
            "Go to mark",
            "Type the letter of a mark; ' goes back to where you were.",
        ),
    };
    let area = centred(scene.body, 78, (marks.len().max(1) + 4) as u16);
    let inner = open_box(title, area, buffer, look);
    let rows = usize::from(inner.height).saturating_sub(2);
    if marks.is_empty() {
        Pen::new(buffer, inner, look)
            .skip(1)
            .write("No messages are marked yet.", Role::Dim);
    }
    // The latest marks are the most wanted.
    let latest = &marks[marks.len().saturating_sub(rows)..];
    for (line, (letter, message)) in inner.rows().zip(latest) {
        let mut pen = Pen::new(buffer, line, look);
        pen.skip(1).write(letter.to_string(), Role::Key);
        pen.skip(2)
            .write(look.time_of_day(message.at_us), Role::Dim)
            .skip(2);
        let room = pen.room().saturating_sub(1);
        pen.write(fit_middle(field(&message.subject), room), Role::Text);
    }
    let (_, last) = split(inner, usize::from(inner.height).saturating_sub(1));
    Pen::new(buffer, last, look).skip(1).write(advice, Role::Dim);
    Drawn::new(area)
}
