//! The footer line: the honest counters on the left, key hints on the right.

use super::look::Look;
use super::paint::Pen;
use super::preview::progress;
use super::text::cells;
use super::theme::Role;
use crate::app::{ACTIONS, Action, Context, State, count};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

/// Draws the footer line.
pub fn draw_footer(area: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let width = usize::from(area.width);
    let mut hints = hints(state, look);
    if let Some(hint) = download(state, look) {
        hints.insert(0, hint);
    }
    let least: usize = hints.first().map_or(0, |hint| hint.width);
    let all = counters(state, look, false);
    let counters = if measure(&all) + least + 3 <= width {
        all
    } else {
        counters(state, look, true)
    };
    let mut pen = Pen::new(buffer, area);
    pen.skip(1);
    for part in &counters {
        pen.write(&part.content, part.style);
    }
    let mut room = pen.room().saturating_sub(3);
    let shown: Vec<&Hint> = hints
        .iter()
        .take_while(|hint| {
            let fits = hint.width <= room;
            room = room.saturating_sub(hint.width + 2);
            fits
        })
        .collect();
    let used: usize = shown.iter().map(|hint| hint.width + 2).sum();
    pen.skip((pen.room() + 1).saturating_sub(used));
    for hint in shown {
        for span in &hint.spans {
            pen.write(&span.content, span.style);
        }
        pen.skip(2);
    }
}

fn measure(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| cells(&span.content)).sum()
}

/// The counters; on narrow screens those that are zero are left out, a loss never is.
fn counters(state: &State, look: &Look, narrow: bool) -> Vec<Span<'static>> {
    let counters = &state.counters;
    let shown = state.view.len() as u64;
    let all = [
        ("received", counters.received, Role::Text),
        ("shown", shown, Role::Text),
        ("filtered", state.view.hidden(), Role::Text),
        ("evicted", counters.evicted, Role::Text),
        ("dropped", counters.dropped, Role::Bad),
        ("undecodable", counters.undecodable, Role::Caution),
    ];
    let mut spans = Vec::new();
    for (i, (name, number, role)) in all.into_iter().enumerate() {
        if narrow && number == 0 && i > 0 {
            continue;
        }
        if !spans.is_empty() {
            spans.push(look.span("  ", Role::Dim));
        }
        let role = if number == 0 { Role::Dim } else { role };
        spans.push(look.span(format!("{name} "), Role::Dim));
        spans.push(look.span(count(number), role));
    }
    spans
}

struct Hint {
    spans: [Span<'static>; 2],
    width: usize,
}

/// The download under way comes before all keys: its own is the one that matters now.
fn download(state: &State, look: &Look) -> Option<Hint> {
    let mut running = state.links.running();
    let (_, first) = running.next()?;
    let more = match running.count() {
        0 => String::new(),
        more => format!(" +{more}"),
    };
    let (name, role) = ("⇗ ", Role::Link);
    let spans = [
        look.span(name, role),
        look.span(
            format!("{}{more} · {} cancels", progress(first), look.key(Action::Back)),
            Role::Text,
        ),
    ];
    Some(Hint {
        width: measure(&spans),
        spans,
    })
}

/// Help first: it must always be seen; then the focused pane's own, then the others.
fn hints(state: &State, look: &Look) -> Vec<Hint> {
    let help = ACTIONS.iter().filter(|row| row.action == Action::Help);
    let own = ACTIONS
        .iter()
        .filter(|row| row.context == Context::In(state.focus));
    let others = ACTIONS
        .iter()
        .filter(|row| row.context == Context::Everywhere && row.action != Action::Help);
    help.chain(own)
        .chain(others)
        .filter(|row| !row.hint.is_empty())
        .filter_map(|row| {
            let key = look.keymap.keys(row.action).into_iter().next()?;
            let spans = [
                look.span(format!("{key} "), Role::Key),
                look.span(row.hint, Role::Hint),
            ];
            Some(Hint {
                width: measure(&spans),
                spans,
            })
        })
        .collect()
}
