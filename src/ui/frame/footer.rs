//! The footer line: the counters on the left, key hints on the right.

use crate::look::{Look, Role};
use crate::paint::{Pen, field, fit_middle, measure};
use crate::preview::progress;
use natsbridge_app::{ACTIONS, Action, ActionSpec, Context, Overlay, Pane, State, ViewKind, count, size};
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
    if counters.bytes_on_disk > 0 {
        spans.push(look.span("  ", Role::Dim));
        spans.push(look.span(size(counters.bytes_on_disk), Role::Text));
        spans.push(look.span(" on disk", Role::Dim));
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

/// Help first, since it must always be visible; then the few keys that matter where one is, and others as far as there
/// is room.
fn hints(state: &State, look: &Look) -> Vec<Hint> {
    if let Some(keys) = fixed_hints(state) {
        let hints = keys.iter().map(|(key, does)| key_hint(key, does, look));
        return hints.collect();
    }
    let place = state.place();
    let mattering = mattering(state);
    let own = ACTIONS
        .iter()
        .filter(|row| row.context != Context::Everywhere && place.contexts().any(|at| at == row.context));
    let others = ACTIONS.iter().filter(|row| row.context == Context::Everywhere);
    let more = own.chain(others).map(|row| (row.action, word(state, row)));
    let first = std::iter::once((Action::Help, Action::Help.row().hint));
    let mut told: Vec<Action> = Vec::new();
    let hint = |(action, word): (Action, &'static str)| {
        let key = look.keymap.keys_in(place, action).into_iter().next()?;
        let new = !word.is_empty() && !told.contains(&action);
        told.push(action);
        new.then(|| key_hint(&key, word, look))
    };
    first.chain(mattering).chain(more).filter_map(hint).collect()
}

/// The keys that matter most where one is, each with its word.
fn mattering(state: &State) -> Vec<(Action, &'static str)> {
    let inspector = &state.inspector;
    if state.overlay.mended_on_top().is_some() {
        return vec![
            (Action::Resend, "edit and send"),
            (Action::CopyMessage, "copy"),
            (Action::Back, "close"),
        ];
    }
    let mut matters = match state.place().view {
        Some(ViewKind::Table) => vec![
            (Action::SortRows, "sort"),
            (Action::FilterRows, "filter"),
            (Action::PlotColumn, "plot"),
            (Action::ColumnStatistics, "stats"),
        ],
        Some(ViewKind::Plot) => vec![(Action::PlotShape, "shape")],
        Some(ViewKind::Image) => vec![
            (Action::ZoomIn, "larger"),
            (Action::Wrap, "fit"),
            (Action::OpenOutside, "open outside"),
        ],
        Some(ViewKind::Tree) => vec![
            (Action::ToggleNode, "fold"),
            (Action::CopyPath, "path"),
            (Action::PlotValue, "plot"),
        ],
        Some(ViewKind::Text) => vec![(Action::Search, "search"), (Action::Wrap, "wrap")],
        Some(ViewKind::Bytes) => vec![(Action::Search, "search"), (Action::GoToOffset, "go to")],
        None => vec![],
    };
    if state.overlay.sheet.is_some() {
        matters.extend([(Action::CopyPayload, "copy"), (Action::Back, "close")]);
        return matters;
    }
    match state.focus.pane {
        Pane::Inspector if inspector.shown_link().is_some() => {
            matters = vec![(Action::Open, "fetch"), (Action::AskLink, "look up")];
        }
        Pane::Inspector if inspector.shows_findings() => {
            matters = vec![(Action::Mend, "mend"), (Action::Problems, "all problems")];
        }
        Pane::Inspector => matters.push((Action::NextTab, "next tab")),
        Pane::Timeline if state.timeline.open.is_some() => matters.extend([
            (Action::Open, "message"),
            (Action::CopyConversation, "copy"),
            (Action::CopyMermaid, "Mermaid"),
            (Action::ExportConversations, "export"),
        ]),
        Pane::Timeline => matters.push((Action::Open, "diagram")),
        Pane::Subjects => {
            let stream = state.subjects.stream_at_cursor().is_some();
            matters.extend(stream.then_some((Action::Open, "load")));
            matters.push((Action::Subscribe, "subscribe"));
        }
        Pane::Messages => matters.extend([(Action::Filter, "filter"), (Action::Search, "search")]),
        Pane::Compose => matters.push((Action::Open, "edit")),
    }
    matters
}

/// Keys of what is typed into and of lists, which are the same whatever the settings say.
fn fixed_hints(state: &State) -> Option<&'static [(&'static str, &'static str)]> {
    Some(match &state.overlay.open {
        Overlay::Prompt(purpose, _) if purpose.is_path() => {
            &[("Enter", "takes it"), ("Tab", "completes"), ("Esc", "gives up")]
        }
        Overlay::Prompt(..) => &[
            ("Enter", "takes it"),
            ("Tab", "completes"),
            ("↑", "earlier ones"),
            ("Esc", "gives up"),
        ],
        Overlay::Palette(..) => &[("Enter", "runs it"), ("↑↓", "choose"), ("Esc", "closes")],
        Overlay::Help(_) => &[("Enter", "runs it"), ("/", "searches"), ("Esc", "closes")],
        Overlay::Problems(_) => &[
            ("Enter", "example"),
            ("←→", "grouping"),
            ("w", "export"),
            ("y", "copy"),
            ("Esc", "closes"),
        ],
        Overlay::Shape(..) => &[("Enter", "message"), ("↑↓", "choose"), ("Esc", "closes")],
        Overlay::Marks(_) => &[("a–z", "a mark"), ("Esc", "closes")],
        Overlay::Text(_) => &[("↑↓", "scroll"), ("y", "copy"), ("Esc", "closes")],
        Overlay::Themes(..)
        | Overlay::Contexts(..)
        | Overlay::Stream(..)
        | Overlay::Tape(..)
        | Overlay::Kinds(..)
        | Overlay::Readers(..)
        | Overlay::Choices(..) => &[
            ("Enter", "chooses"),
            ("↑↓", "move"),
            ("a–z", "go to"),
            ("Esc", "closes"),
        ],
        Overlay::None if state.types_in_form() => &[
            ("Esc", "done"),
            ("Enter", "next"),
            ("Tab", "complete"),
            ("↑↓", "choose"),
        ],
        Overlay::None if state.focus.pane == Pane::Compose && state.compose.writing.is_some() => &[
            ("Esc", "done"),
            ("Ctrl+F", "find"),
            ("Ctrl+U", "undo"),
            ("Ctrl+R", "redo"),
        ],
        Overlay::None => return None,
    })
}

/// The word for an action; some do different things in different places.
fn word(state: &State, row: &'static ActionSpec) -> &'static str {
    match row.action {
        Action::Follow if state.connection.is_whole_tape() => "",
        Action::Follow if state.messages.following() => "pause",
        Action::Record if state.connection.recording.is_some() => "stop recording",
        Action::Compose if state.focus.pane == Pane::Compose => "",
        _ => row.hint,
    }
}
