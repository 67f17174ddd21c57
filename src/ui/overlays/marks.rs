//! The marks, while a letter is asked for.

use super::drawn::Drawn;
use crate::look::{Look, Role};
use crate::paint::{Pen, centred, field, fit_middle, open_box, row_of};
use natsbridge_app::{MarkUse, State};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the marks there are and what a letter will do.
pub fn draw_marks(body: Rect, buffer: &mut Buffer, wanted: MarkUse, state: &State, look: &Look) -> Drawn {
    let marks = state.messages.marked.all();
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
    let height = (marks.len().max(1) + 4).min(usize::from(body.height)) as u16;
    let area = centred(body, 78, height);
    let inner = open_box(title, area, buffer, look);
    let rows = usize::from(inner.height).saturating_sub(2);
    if marks.is_empty() {
        let mut pen = Pen::new(buffer, row_of(inner, 0));
        pen.skip(1);
        pen.write("No messages are marked yet.", look.style(Role::Dim));
    }
    // The latest marks are the most wanted.
    let first = marks.len().saturating_sub(rows);
    for (line, (letter, message)) in marks[first..].iter().enumerate() {
        let mut pen = Pen::new(buffer, row_of(inner, line));
        pen.skip(1);
        pen.write(&letter.to_string(), look.style(Role::Key));
        pen.skip(2);
        pen.write(&look.time_of_day(message.at_us), look.style(Role::Dim));
        pen.skip(2);
        let room = pen.room().saturating_sub(1);
        pen.write(
            &fit_middle(field(&message.subject).as_str(), room),
            look.style(Role::Text),
        );
    }
    let mut pen = Pen::new(buffer, row_of(inner, usize::from(inner.height).saturating_sub(1)));
    pen.skip(1);
    pen.write(advice, look.style(Role::Dim));
    Drawn {
        area,
        ..Drawn::default()
    }
}
