//! A question with one line to answer, at the foot of the screen so that the panes stay in view.

use super::drawn::Drawn;
use crate::app::{LineEdit, Purpose, State, count};
use crate::ui::look::Look;
use crate::ui::paint::{Pen, offered, open_box, row_of};
use crate::ui::text::{cells, field};
use crate::ui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Paths shown above a prompt.
const PATHS: usize = 8;

/// Draws a prompt.
pub fn draw_prompt(
    body: Rect,
    buffer: &mut Buffer,
    purpose: Purpose,
    line: &LineEdit,
    state: &State,
    look: &Look,
) -> Drawn {
    let height = 4.min(body.height);
    let area = Rect {
        y: body.bottom() - height,
        height,
        ..body
    };
    let inner = open_box(purpose.title(), area, buffer, look);
    let before = cells(field(line.before()).as_str());
    // A long line is shown from where the cursor is in view.
    let room = usize::from(inner.width).saturating_sub(4);
    let cut = before.saturating_sub(room);
    let text: String = field(line.text()).as_str().chars().skip(cut).collect();
    let mut pen = Pen::new(buffer, row_of(inner, 0));
    pen.skip(1);
    pen.write("› ", look.style(Role::Accent));
    pen.write(&text, look.style(Role::Strong));
    let mut pen = Pen::new(buffer, row_of(inner, 1));
    pen.skip(3);
    if purpose == Purpose::Filter && state.view.is_filtered() {
        let shown = count(state.view.len() as u64);
        pen.write(&format!("{shown} shown · "), look.style(Role::Text));
    }
    pen.write(purpose.advice(), look.style(Role::Dim));
    if matches!(purpose, Purpose::Compose(_)) {
        draw_paths(area, body, buffer, state, look);
    }
    let x = inner.x + 3 + (before - cut) as u16;
    Drawn {
        area,
        list: None,
        cursor: Some(Position::new(x.min(inner.right().saturating_sub(1)), inner.y)),
    }
}

/// What a half-typed path could become, in a box above the prompt.
fn draw_paths(prompt: Rect, body: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let offers = &state.compose.paths;
    let above = usize::from(prompt.y.saturating_sub(body.y));
    let rows = offers.shown.len().min(PATHS).min(above.saturating_sub(2));
    if rows == 0 {
        return;
    }
    let frame = Rect {
        y: prompt.y - rows as u16 - 2,
        height: rows as u16 + 2,
        ..prompt
    };
    let title = if offers.shown.len() > rows {
        format!("Tab takes · {} in all", count(offers.shown.len() as u64))
    } else {
        "Tab takes".to_owned()
    };
    let list = open_box(&title, frame, buffer, look);
    offered(offers, 3, list, buffer, look);
}
