//! A question with one line to answer, at the foot of the screen so that the panes stay in view.

use super::drawn::Drawn;
use crate::look::{Look, Role};
use crate::paint::{Pen, cells, field, offered, open_box, row_of, wrap};
use natsbridge_app::{LineEdit, PromptKind, State, count};
use natsbridge_wire::FilterError;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

/// Offers shown above a prompt.
const OFFERS: usize = 8;

/// Draws a prompt.
pub fn draw_prompt(
    body: Rect,
    buffer: &mut Buffer,
    purpose: PromptKind,
    line: &LineEdit,
    state: &State,
    look: &Look,
) -> Drawn {
    let fault = match &state.overlay.verdict {
        Some(Err(fault)) => Some(fault),
        _ => None,
    };
    let told = fault.map(|fault| {
        wrap(
            field(&fault.what).as_str(),
            usize::from(body.width.saturating_sub(6)),
        )
    });
    let lines = told.as_ref().map_or(1, Vec::len).max(1) as u16;
    let height = (3 + lines).min(body.height);
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
    let (mark, mark_role) = match &state.overlay.verdict {
        Some(Err(_)) => ("✖ ", Role::SeverityError),
        Some(Ok(())) if !line.text().is_empty() => ("✓ ", Role::Good),
        _ => ("› ", Role::Accent),
    };
    let mut pen = Pen::new(buffer, row_of(inner, 0));
    pen.skip(1);
    pen.write(mark, look.style(mark_role));
    let mut hidden = cut;
    for (text, wrong) in parts(line.text(), fault) {
        let text = field(text);
        let style = if wrong {
            look.style(Role::SeverityError).add_modifier(Modifier::UNDERLINED)
        } else {
            look.style(Role::Strong)
        };
        let shown: String = text.as_str().chars().skip(hidden).collect();
        hidden = hidden.saturating_sub(text.as_str().chars().count());
        pen.write(&shown, style);
    }
    for (at, line) in told.iter().flatten().enumerate() {
        let mut pen = Pen::new(buffer, row_of(inner, 1 + at));
        pen.skip(3);
        pen.write(line, look.style(Role::SeverityError));
    }
    draw_offers(area, body, buffer, state, look);
    if told.is_some() {
        return drawn(area, inner, before - cut);
    }
    let mut pen = Pen::new(buffer, row_of(inner, 1));
    pen.skip(3);
    if purpose == PromptKind::Filter && state.messages.list.is_filtered() {
        let shown = count(state.messages.list.len() as u64);
        pen.write(&format!("{shown} shown · "), look.style(Role::Text));
    }
    pen.write(purpose.advice(), look.style(Role::Dim));
    drawn(area, inner, before - cut)
}

fn drawn(area: Rect, inner: Rect, before: usize) -> Drawn {
    let x = inner.x + 3 + before as u16;
    Drawn {
        area,
        list: None,
        cursor: Some(Position::new(x.min(inner.right().saturating_sub(1)), inner.y)),
    }
}

/// The typed text in three parts: before the error, the error, and after it.
fn parts<'t>(text: &'t str, fault: Option<&FilterError>) -> [(&'t str, bool); 3] {
    let at = fault.map_or(0..0, |fault| fault.at.clone());
    let split = text.split_at_checked(at.start).and_then(|(before, rest)| {
        let (wrong, after) = rest.split_at_checked(at.end.saturating_sub(at.start))?;
        Some([(before, false), (wrong, true), (after, false)])
    });
    split.unwrap_or([(text, false), ("", true), ("", false)])
}

/// Completions of the line, in a box above the prompt.
fn draw_offers(prompt: Rect, body: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let offers = &state.overlay.prompting.offers;
    let above = usize::from(prompt.y.saturating_sub(body.y));
    let rows = offers.shown.len().min(OFFERS).min(above.saturating_sub(2));
    if rows == 0 {
        return;
    }
    let frame = Rect {
        y: prompt.y - rows as u16 - 2,
        height: rows as u16 + 2,
        ..prompt
    };
    let title = if offers.shown.len() > rows {
        format!("Tab completes · {} in all", count(offers.shown.len() as u64))
    } else {
        "Tab completes".to_owned()
    };
    let list = open_box(&title, frame, buffer, look);
    offered(offers, 3, list, buffer, look);
}
