//! A question with one line to answer, at the foot of the screen so that the panes stay in view.

use super::drawn::{Drawn, OverlayScene};
use crate::look::Role;
use crate::paint::{Pen, cells, field, offered, open_box, split, wrap};
use natsbridge_app::{LineEdit, PromptKind, count};
use natsbridge_wire::FilterError;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

/// Offers shown above a prompt.
const OFFERS: usize = 8;

/// Draws a prompt.
pub fn draw_prompt(
    purpose: PromptKind,
    line: &LineEdit,
    buffer: &mut Buffer,
    scene: OverlayScene<'_>,
) -> Drawn {
    let OverlayScene { body, state, look } = scene;
    let verdict = &state.overlay.verdict;
    let fault = verdict.as_ref().and_then(|verdict| verdict.as_ref().err());
    let room = usize::from(body.width.saturating_sub(6));
    let told = fault.map(|fault| wrap(field(&fault.what), room));
    let lines = told.as_ref().map_or(1, Vec::len).max(1);
    let height = (3 + lines).min(usize::from(body.height));
    let (_, area) = split(body, usize::from(body.height) - height);
    let inner = open_box(purpose.title(), area, buffer, look);
    let before = cells(field(line.before()));
    // A long line is shown from where the cursor is in view.
    let room = usize::from(inner.width).saturating_sub(4);
    let cut = before.saturating_sub(room);
    let (mark, mark_role) = match verdict {
        Some(Err(_)) => ("✖ ", Role::SeverityError),
        Some(Ok(())) if !line.text().is_empty() => ("✓ ", Role::Good),
        _ => ("› ", Role::Accent),
    };
    let mut pen = Pen::new(buffer, inner, look);
    pen.skip(1).write(mark, mark_role);
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
        pen.styled(&shown, style);
    }
    draw_offers(area, buffer, scene);
    let (_, below) = split(inner, 1);
    if let Some(told) = told {
        for (row, line) in below.rows().zip(told) {
            Pen::new(buffer, row, look)
                .skip(3)
                .write(line, Role::SeverityError);
        }
    } else {
        let mut pen = Pen::new(buffer, below, look);
        pen.skip(3);
        if purpose == PromptKind::Filter && state.messages.list.is_filtered() {
            let shown = count(state.messages.list.len());
            pen.write(format!("{shown} shown · "), Role::Text);
        }
        pen.write(purpose.advice(), Role::Dim);
    }
    let x = inner.x + 3 + (before - cut) as u16;
    Drawn {
        cursor: Some(Position::new(x.min(inner.right().saturating_sub(1)), inner.y)),
        ..Drawn::new(area)
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
fn draw_offers(prompt: Rect, buffer: &mut Buffer, scene: OverlayScene<'_>) {
    let OverlayScene { body, state, look } = scene;
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
        format!("Tab completes · {} in all", count(offers.shown.len()))
    } else {
        "Tab completes".to_owned()
    };
    let list = open_box(&title, frame, buffer, look);
    offered(offers, 3, list, buffer, look);
}
