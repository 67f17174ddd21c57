//! The footer line: the counters on the left, key hints on the right.

use crate::look::{Look, Role};
use crate::paint::{Pen, cells, field, fit_middle};
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
    let least: usize = hints.iter().take(LEAST_HINTS).map(|hint| hint.width + 2).sum();
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

struct Hint {
    spans: [Span<'static>; 2],
    width: usize,
}

impl Hint {
    fn new(key: Span<'static>, does: Span<'static>) -> Self {
        let spans = [key, does];
        Self {
            width: measure(&spans),
            spans,
        }
    }
}

/// The context being loaded: the commands it names may take a while.
fn loading(state: &State, look: &Look) -> Option<Hint> {
    let name = fit_middle(field(state.connection.switching.as_ref()?).as_str(), 24);
    let back = look.key(Action::Back);
    Some(Hint::new(
        look.span(format!("loading context {name} … "), Role::Caution),
        look.span(format!("{back} cancels"), Role::Text),
    ))
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
    Some(Hint::new(
        look.span(
            format!("{} {percent} ", field(&work.doing).as_str()),
            Role::Caution,
        ),
        look.span(format!("· {back} cancels"), Role::Text),
    ))
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
    Some(Hint::new(
        look.span("⇗ ", Role::Link),
        look.span(told, Role::Text),
    ))
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
    rows.chain(own)
        .chain(others)
        .filter_map(|row| {
            let word = word(state, row);
            let key = look.keymap.keys_in(place, row.action).into_iter().next()?;
            (!word.is_empty()).then(|| {
                Hint::new(
                    look.span(format!("{key} "), Role::Key),
                    look.span(word, Role::Hint),
                )
            })
        })
        .collect()
}

/// While typing, keys are letters, except these few.
fn typing_hints(state: &State, look: &Look) -> Option<Vec<Hint>> {
    let hint = |(key, does): &(&'static str, &'static str)| {
        Hint::new(
            look.span(format!("{key} "), Role::Key),
            look.span(*does, Role::Hint),
        )
    };
    let keys: &[_] = if state.types_in_form() {
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
    Some(keys.iter().map(hint).collect())
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
