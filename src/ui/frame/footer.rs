//! The footer line: the counters on the left, key hints on the right.

use crate::look::{Look, Role};
use crate::paint::{Pen, field, fit_middle, measure};
use crate::preview::progress;
use natsbridge_app::{ACTIONS, Action, ActionSpec, Context, Pane, State, count};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

/// Hints that take precedence over counters that are zero.
const LEAST_HINTS: usize = 3;

/// Work in progress is shown after this many microseconds.
const WORK_SHOWN_US: i64 = 150_000;

/// Draws the footer line.
pub fn draw_footer(area: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let width = usize::from(area.width);
    let mut hints = hints(state, look);
    if let Some(hint) = loading(state, look)
        .or_else(|| working(state, look))
        .or_else(|| download(state, look))
    {
        hints.insert(0, hint);
    }
    let least: usize = hints.iter().take(LEAST_HINTS).map(|hint| measure(hint) + 2).sum();
    let all = counters(state, look, false);
    let counters = if measure(&all) + least + 3 <= width {
        all
    } else {
        counters(state, look, true)
    };
    let mut pen = Pen::new(buffer, area, look);
    pen.skip(1).spans(&counters);
    let room = pen.room().saturating_sub(3);
    let mut used = 0;
    let fits = |hint: &&Hint| {
        used += measure(*hint) + 2;
        used <= room + 2
    };
    let shown: Vec<&Hint> = hints.iter().take_while(fits).collect();
    let used: usize = shown.iter().map(|hint| measure(*hint) + 2).sum();
    pen.skip((pen.room() + 1).saturating_sub(used));
    for hint in shown {
        pen.spans(hint).skip(2);
    }
}

/// The counters; on narrow screens those that are zero are left out, but never a loss.
fn counters(state: &State, look: &Look, narrow: bool) -> Vec<Span<'static>> {
    let counters = &state.traffic.counters;
    let shown = state.messages.list.len() as u64;
    let all = [
        ("received", counters.received, Role::Text),
        ("shown", shown, Role::Text),
        ("filtered", state.messages.list.hidden(), Role::Text),
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

/// A key, and what it does.
type Hint = [Span<'static>; 2];

/// The context being loaded: the commands it names may take a while.
fn loading(state: &State, look: &Look) -> Option<Hint> {
    let name = fit_middle(field(state.connection.switching.as_ref()?), 24);
    let back = look.key(Action::Back);
    Some([
        look.span(format!("loading context {name} … "), Role::Caution),
        look.span(format!("{back} cancels"), Role::Text),
    ])
}

/// The work started last, once it takes long enough to be read.
fn working(state: &State, look: &Look) -> Option<Hint> {
    let work = state.works.last()?;
    if state.now_us - work.since_us < WORK_SHOWN_US {
        return None;
    }
    let percent = work.progress.percent();
    let percent = percent.map_or_else(|| "…".to_owned(), |percent| format!("{percent} %"));
    let back = look.key(Action::Back);
    Some([
        look.span(format!("{} {percent} ", field(&work.doing)), Role::Caution),
        look.span(format!("· {back} cancels"), Role::Text),
    ])
}

/// A running download takes precedence over all hints: its own key matters now.
fn download(state: &State, look: &Look) -> Option<Hint> {
    let mut running = state.inspector.links.running();
    let (_, first) = running.next()?;
    let more = match running.count() {
        0 => String::new(),
        more => format!(" +{more}"),
    };
    let told = format!("{}{more} · {} cancels", progress(first), look.key(Action::Back));
    Some([look.span("⇗ ", Role::Link), look.span(told, Role::Text)])
}

fn key_hint(key: &str, does: &'static str, look: &Look) -> Hint {
    [
        look.span(format!("{key} "), Role::Key),
        look.span(does, Role::Hint),
    ]
}

/// Help first, since it must always be visible; then what Enter does here, the pane's own keys, and the rest.
fn hints(state: &State, look: &Look) -> Vec<Hint> {
    if let Some(hints) = typing_hints(state, look) {
        return hints;
    }
    let place = state.place();
    let first: &[Action] = if state.overlay.mended_on_top().is_some() {
        &[Action::Help, Action::Resend, Action::CopyMessage]
    } else {
        &[Action::Help, Action::Open]
    };
    let own = ACTIONS
        .iter()
        .filter(|row| row.context != Context::Everywhere && place.contexts().any(|at| at == row.context));
    let others = ACTIONS
        .iter()
        .filter(|row| row.context == Context::Everywhere && !first.contains(&row.action));
    let rows = first.iter().map(|action| action.row());
    let hint = |row: &'static ActionSpec| {
        let word = word(state, row);
        let key = look.keymap.keys_in(place, row.action).into_iter().next()?;
        (!word.is_empty()).then(|| key_hint(&key, word, look))
    };
    rows.chain(own).chain(others).filter_map(hint).collect()
}

/// While typing, keys are letters, except these few.
fn typing_hints(state: &State, look: &Look) -> Option<Vec<Hint>> {
    let keys: &[(&str, &str)] = if state.types_in_form() {
        &[
            ("Esc", "done"),
            ("Enter", "next"),
            ("Tab", "complete"),
            ("↑↓", "choose"),
        ]
    } else if state.focus.pane == Pane::Compose && state.compose.writing.is_some() {
        &[
            ("Esc", "done"),
            ("Ctrl+F", "find"),
            ("Ctrl+U", "undo"),
            ("Ctrl+R", "redo"),
        ]
    } else {
        return None;
    };
    let hints = keys.iter().map(|(key, does)| key_hint(key, does, look));
    Some(hints.collect())
}

/// The word for an action; some do different things in different places.
fn word(state: &State, row: &'static ActionSpec) -> &'static str {
    match row.action {
        Action::Follow if state.messages.following() => "pause",
        Action::Record if state.connection.recording.is_some() => "stop recording",
        Action::Open if state.focus.pane == Pane::Subjects && state.subjects.stream_at_cursor().is_some() => {
            "load"
        }
        Action::Open if state.focus.pane == Pane::Inspector && state.inspector.shown_link().is_some() => {
            "fetch"
        }
        Action::Open if state.focus.pane == Pane::Compose => "edit",
        Action::Compose if state.focus.pane == Pane::Compose => "",
        Action::Resend if state.overlay.mended_on_top().is_some() => "edit and send",
        Action::CopyMessage if state.overlay.mended_on_top().is_some() => "copy",
        _ => row.hint,
    }
}
