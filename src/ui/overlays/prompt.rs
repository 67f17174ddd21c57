//! A question with one line to answer, at the foot of the screen so that the panes stay in view.

use super::drawn::{Drawn, OverlayScene};
use crate::look::Role;
use crate::paint::{Pen, cells, field, offered, open_box, split, wrap};
use natsbridge_app::{LineEdit, PromptKind, count};
use natsbridge_wire::FilterError;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use unicode_segmentation::UnicodeSegmentation;

/// Offers shown above a prompt.
const OFFERS: usize = 8;

/// Bytes of a line that are looked at on each side of the cursor; no line of the screen shows more.
const FIELD: usize = 1024;

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
    let shown = Shown::around_cursor(line, usize::from(inner.width).saturating_sub(3));
    let (mark, mark_role) = match verdict {
        Some(Err(_)) => ("✖ ", Role::SeverityError),
        Some(Ok(())) if !line.text().is_empty() => ("✓ ", Role::Good),
        _ => ("› ", Role::Accent),
    };
    let mut pen = Pen::new(buffer, inner, look);
    pen.skip(1).write(mark, mark_role);
    pen.write(shown.cut_before(), Role::Dim);
    let x = pen.column() + cells(field(&line.before()[shown.start..])) as u16;
    for (text, wrong) in parts(line.text(), &shown, fault) {
        let style = if wrong {
            look.style(Role::SeverityError).add_modifier(Modifier::UNDERLINED)
        } else {
            look.style(Role::Strong)
        };
        let style = if line.is_proposed() {
            style.patch(look.style(Role::Selection))
        } else {
            style
        };
        pen.styled(field(text), style);
    }
    pen.write(shown.cut_after(line.text()), Role::Dim);
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
        if purpose == PromptKind::Search
            && let Some(told) = &state.overlay.told
            && !line.text().is_empty()
        {
            pen.write(format!("{told} · "), Role::Text);
        }
        if line.is_proposed() {
            pen.write("Enter takes this name, typing another. ", Role::Text);
        }
        pen.write(purpose.advice(), Role::Text);
    }
    Drawn {
        cursor: Some(Position::new(x.min(inner.right().saturating_sub(1)), inner.y)),
        ..Drawn::new(area)
    }
}

/// The part of a line that is shown, from byte to byte.
struct Shown {
    start: usize,
    end: usize,
}

impl Shown {
    /// What fits into so many cells together with the cursor, and with a mark at each end where the line goes on.
    fn around_cursor(line: &LineEdit, room: usize) -> Self {
        let (before, after) = line.text().split_at(line.before().len());
        let width = |range: &str| cells(field(range));
        let fits =
            |start: usize, room: usize| before.len() - start <= FIELD && width(&before[start..]) <= room;
        let tail = |room: usize| {
            let starts = before.grapheme_indices(true).rev().map(|(start, _)| start);
            starts
                .take_while(|start| fits(*start, room))
                .last()
                .unwrap_or(before.len())
        };
        let room = room.saturating_sub(1);
        let start = match tail(room) {
            0 => 0,
            _ => tail(room.saturating_sub(1)),
        };
        let used = width(&before[start..]) + usize::from(start > 0);
        let lead = |room: usize| {
            let ends = after
                .grapheme_indices(true)
                .map(|(at, grapheme)| at + grapheme.len());
            ends.take_while(|end| *end <= FIELD && width(&after[..*end]) <= room)
                .last()
                .unwrap_or(0)
        };
        let room = (room + 1).saturating_sub(used);
        let end = match lead(room) {
            end if end == after.len() => end,
            _ => lead(room.saturating_sub(1)),
        };
        Self {
            start,
            end: before.len() + end,
        }
    }

    fn cut_before(&self) -> &'static str {
        if self.start > 0 { "…" } else { "" }
    }

    fn cut_after(&self, text: &str) -> &'static str {
        if self.end < text.len() { "…" } else { "" }
    }
}

/// What is shown of the typed text in three parts: before the error, the error, and after it.
fn parts<'t>(text: &'t str, shown: &Shown, fault: Option<&FilterError>) -> [(&'t str, bool); 3] {
    let at = fault.map_or(0..0, |fault| fault.at.clone());
    let [from, to] = [at.start, at.end].map(|at| at.clamp(shown.start, shown.end));
    let part = |range| text.get(range).unwrap_or_default();
    [
        (part(shown.start..from), false),
        (part(from..to), true),
        (part(to..shown.end), false),
    ]
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
