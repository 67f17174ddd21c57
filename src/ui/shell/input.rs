//! Terminal events to messages: keys through the keymap, typing into prompts, mouse events by what was drawn where.

use super::workbench::Workbench;
use crate::frame::{Layout, Splits};
use crate::look::{Pending, Pressed, line_edit, pressed_name};
use crate::preview::Motion;
use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use natsbridge_app::{
    Action, ComposeMsg, Edit, Effect, Msg, Overlay, OverlayMsg, Pane, TerminalEffect, size,
};
use natsbridge_wire::Severity;
use ratatui::layout::{Margin, Position};
use ratatui::widgets::Block;

/// Keys shown at a time to those who watch.
const KEYS: usize = 8;
/// Rows that one notch of the wheel moves.
const WHEEL_ROWS: i16 = 3;
/// Columns and rows that one key press moves a border.
const COLUMNS: i16 = 4;
const ROWS: i16 = 2;

/// Handles a terminal event.
pub fn input(workbench: &mut Workbench, event: &Event) -> Vec<Effect> {
    if workbench.views.too_small {
        return unseen(workbench, event);
    }
    let begins = match event {
        Event::Key(_) | Event::Paste(_) => true,
        Event::Mouse(mouse) => matches!(mouse.kind, MouseEventKind::Down(_)),
        _ => false,
    };
    if let Event::Key(key) = event
        && key.kind != KeyEventKind::Release
    {
        note_key(workbench, key);
    }
    let mut effects = vec![];
    if begins && workbench.state.overlay.welcome {
        effects = workbench.update(Msg::Overlay(OverlayMsg::Begun));
    }
    effects.extend(handle(workbench, event));
    effects
}

/// Remembers a key for those who watch.
fn note_key(workbench: &mut Workbench, key: &KeyEvent) {
    let pressed = &mut workbench.views.pressed;
    if !workbench.state.appearance.shows_keys {
        return pressed.clear();
    }
    pressed.push_back(pressed_name(key));
    if pressed.len() > KEYS {
        pressed.pop_front();
    }
}

fn handle(workbench: &mut Workbench, event: &Event) -> Vec<Effect> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => press(workbench, key),
        Event::Mouse(mouse) => use_mouse(workbench, *mouse),
        Event::Paste(text) => {
            let limits = &workbench.state.limits;
            let most = if is_typing(workbench) && !writes(workbench) {
                limits.typed_bytes
            } else {
                limits.paste_bytes
            };
            let mut end = text.len().min(most);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let mut effects = paste(workbench, &text[..end]);
            if end < text.len() {
                let cut = format!(
                    "Only the first {} of what was pasted were taken.",
                    size(most as u64)
                );
                effects.extend(workbench.update(Msg::Notice(Severity::Warning, cut)));
            }
            effects
        }
        _ => vec![],
    }
}

fn paste(workbench: &mut Workbench, text: &str) -> Vec<Effect> {
    if writes(workbench) {
        let message = workbench.views.panes.compose.paste(text, &workbench.state);
        return workbench.take(message);
    }
    if is_typing(workbench) {
        return workbench.update(Msg::Edit(Edit::Paste(text.to_owned())));
    }
    let state = &workbench.state;
    if state.overlay.open == Overlay::None && state.focus.pane == Pane::Compose {
        return workbench.update(Msg::Compose(ComposeMsg::Pasted(text.to_owned())));
    }
    vec![]
}

/// Handles an event while nothing is visible: only quitting, suspending and redrawing.
fn unseen(workbench: &mut Workbench, event: &Event) -> Vec<Effect> {
    let action = match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            workbench.look.keymap.action(workbench.state.place(), key)
        }
        _ => None,
    };
    match action {
        Some(Action::Quit) => vec![TerminalEffect::Quit.into()],
        Some(Action::Suspend) => vec![TerminalEffect::Suspend.into()],
        Some(Action::Redraw) => vec![TerminalEffect::Redraw.into()],
        _ => vec![],
    }
}

/// Whether keys go to the editor of a text.
fn writes(workbench: &Workbench) -> bool {
    workbench.state.overlay.open == Overlay::None
        && workbench.state.focus.pane == Pane::Compose
        && workbench.state.compose.writing.is_some()
}

fn is_typing(workbench: &Workbench) -> bool {
    workbench.state.types_in_form()
        || match &workbench.state.overlay.open {
            Overlay::Prompt(..) | Overlay::Palette(..) | Overlay::Marks(_) => true,
            Overlay::Help(help) => help.typing,
            _ => false,
        }
}

fn press(workbench: &mut Workbench, key: &KeyEvent) -> Vec<Effect> {
    let action = workbench.look.keymap.action(workbench.state.place(), key);
    if writes(workbench) && !matches!(action, Some(Action::Quit | Action::Suspend | Action::Redraw)) {
        let message = workbench.views.panes.compose.key(key, &workbench.state);
        return workbench.take(message);
    }
    if is_typing(workbench) && action != Some(Action::Quit) {
        return workbench.take(typed(key));
    }
    let began = !workbench.views.pending.is_empty();
    if began && key.code == KeyCode::Esc {
        workbench.views.pending = Pending::default();
        return vec![];
    }
    // Lists start no key sequences: keys keep their usual meaning there.
    let pressed = match workbench.state.overlay.open {
        Overlay::None => {
            let (place, pending) = (workbench.state.place(), &mut workbench.views.pending);
            workbench.look.keymap.press(place, pending, key)
        }
        _ => action.map_or(Pressed::Nothing, Pressed::Action),
    };
    match pressed {
        Pressed::Action(action) if !names_a_row(workbench, action, key) => act(workbench, action),
        Pressed::Action(_) => workbench.take(typed(key)),
        Pressed::Nothing if began => {
            let text = "No action is bound to these keys.".to_owned();
            workbench.update(Msg::Notice(Severity::Note, text))
        }
        // Fixed keys work in lists whatever the settings say, so that nobody gets locked in.
        Pressed::Nothing if workbench.state.overlay.open != Overlay::None => workbench.take(typed(key)),
        Pressed::Nothing => tell_place(workbench, key),
        Pressed::Waits => vec![],
    }
}

/// Whether a letter that moves nothing in a picker goes to the row that begins with it.
fn names_a_row(workbench: &Workbench, action: Action, key: &KeyEvent) -> bool {
    let picks = matches!(
        workbench.state.overlay.open,
        Overlay::Themes(..)
            | Overlay::Contexts(..)
            | Overlay::Stream(..)
            | Overlay::Tape(..)
            | Overlay::Kinds(..)
            | Overlay::Readers(..)
            | Overlay::Choices(..)
    );
    let moves = motion(action).is_some() || matches!(action, Action::Back | Action::Close | Action::Quit);
    let letter = matches!(key.code, KeyCode::Char(letter) if letter.is_alphanumeric());
    picks
        && letter
        && !moves
        && !key
            .modifiers
            .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
}

/// Says once that a key without an action stands where a US keyboard has one with an action.
fn tell_place(workbench: &mut Workbench, key: &KeyEvent) -> Vec<Effect> {
    let found = workbench.look.keymap.in_its_place(workbench.state.place(), key);
    let Some((us, action)) = found.filter(|_| !workbench.views.told_place) else {
        return vec![];
    };
    workbench.views.told_place = true;
    let text = format!(
        "Nothing is bound to {}, which stands where a US keyboard has {us} ({}): by_place = true under [keys] in the \
         settings makes it count as that.",
        key.code,
        action.row().id
    );
    workbench.update(Msg::Notice(Severity::Note, text))
}

/// Runs an action, and tells the tour of it, which Esc leaves where it closes nothing else.
fn act(workbench: &mut Workbench, action: Action) -> Vec<Effect> {
    let overlay = &workbench.state.overlay;
    if overlay.tour.is_none() {
        return run(workbench, action);
    }
    if action == Action::Back && overlay.open == Overlay::None && overlay.sheet.is_none() {
        return workbench.update(Msg::Overlay(OverlayMsg::TourLeft));
    }
    let mut effects = run(workbench, action);
    effects.extend(workbench.update(Msg::Overlay(OverlayMsg::Did(action))));
    effects
}

/// Runs an action: in the inspector's view if it handles it, otherwise in the state.
fn run(workbench: &mut Workbench, action: Action) -> Vec<Effect> {
    if workbench.state.overlay.open != Overlay::None {
        return workbench.update(Msg::Act(action));
    }
    if let Some(effects) = act_on_views(workbench, action) {
        return effects;
    }
    // Another pane is only shown once no overlay is open.
    if workbench.state.overlay.sheet.is_some() && is_focus(action) {
        let mut effects = workbench.lift(true);
        effects.extend(workbench.update(Msg::Act(action)));
        return effects;
    }
    let laid = workbench.state.overlay.sheet.is_some();
    let fetches = action == Action::Open && !laid && workbench.state.inspector.shown_link().is_some();
    if (laid || workbench.state.focus.pane == Pane::Inspector)
        && !fetches
        && let Some(effects) = act_in_view(workbench, action, laid)
    {
        return effects;
    }
    workbench.update(Msg::Act(action))
}

/// Runs an action in the view that gets keys; `None` if it means nothing there.
fn act_in_view(workbench: &mut Workbench, action: Action, laid: bool) -> Option<Vec<Effect>> {
    let inspector = &mut workbench.views.panes.inspector;
    if !laid && action == Action::Open && inspector.open_payload() {
        return Some(workbench.show_kind());
    }
    let (id, view) = workbench.views.view()?;
    if let Some(wishes) = view.run(action) {
        return Some(workbench.grant(id, wishes));
    }
    // What is under way is stopped first.
    let state = &workbench.state;
    let rests = state.works.is_empty() && state.inspector.links.running().next().is_none();
    if !laid && action == Action::Back && rests && workbench.views.panes.inspector.leave_payload() {
        return Some(workbench.show_kind());
    }
    workbench.views.act(motion(action)?);
    // The page may show another payload under its cursor.
    Some(if laid { vec![] } else { workbench.show_kind() })
}

/// Runs an action on what only the views know: the inspector's tabs and the sizes of the panes.
fn act_on_views(workbench: &mut Workbench, action: Action) -> Option<Vec<Effect>> {
    let inspector = &mut workbench.views.panes.inspector;
    Some(match action {
        Action::CopyPayload => copy(workbench),
        Action::NextTab | Action::PreviousTab => {
            inspector.step(if action == Action::NextTab { 1 } else { -1 });
            workbench.show_kind()
        }
        Action::WiderPane => grow(workbench, (COLUMNS, 0)),
        Action::NarrowerPane => grow(workbench, (-COLUMNS, 0)),
        Action::HigherPane => grow(workbench, (0, ROWS)),
        Action::LowerPane => grow(workbench, (0, -ROWS)),
        Action::ResetPanes => {
            workbench.views.splits = Splits::default();
            vec![]
        }
        _ => return None,
    })
}

/// Makes the focused pane larger, or smaller.
fn grow(workbench: &mut Workbench, by: (i16, i16)) -> Vec<Effect> {
    // Other keys may have arrived since the last frame.
    let (focus, splits) = (workbench.state.focus.pane, workbench.views.splits);
    let layout = workbench.views.layout.as_ref();
    let layout =
        layout.and_then(|layout| Layout::new(layout.screen, focus, workbench.state.focus.maximised, splits));
    if let Some(splits) = layout.and_then(|layout| layout.grown(focus, by, splits)) {
        workbench.views.splits = splits;
        return vec![];
    }
    let text = "This pane has no border that can move that way.".to_owned();
    workbench.update(Msg::Notice(Severity::Note, text))
}

fn copy(workbench: &mut Workbench) -> Vec<Effect> {
    let shown = workbench.state.inspector.opened.is_some() || workbench.state.overlay.sheet.is_some();
    let text = workbench.views.view().and_then(|(_, view)| view.copy());
    workbench.copied(text.filter(|_| shown).unwrap_or_default())
}

fn use_mouse(workbench: &mut Workbench, mouse: MouseEvent) -> Vec<Effect> {
    let (column, row) = (mouse.column, mouse.row);
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) if workbench.state.overlay.open != Overlay::None => {
            click_overlay(workbench, column, row)
        }
        MouseEventKind::Down(MouseButton::Left) => {
            let layout = workbench.views.layout.as_ref();
            workbench.views.dragging = layout.and_then(|layout| layout.split_at(column, row));
            click(workbench, column, row)
        }
        MouseEventKind::Drag(MouseButton::Left) => {
            if let (Some(split), Some(layout)) = (workbench.views.dragging, &workbench.views.layout) {
                workbench.views.splits = layout.dragged(split, column, row, workbench.views.splits);
            }
            vec![]
        }
        MouseEventKind::Up(_) => {
            workbench.views.dragging = None;
            vec![]
        }
        MouseEventKind::ScrollUp => wheel(workbench, column, row, -WHEEL_ROWS),
        MouseEventKind::ScrollDown => wheel(workbench, column, row, WHEEL_ROWS),
        _ => vec![],
    }
}

fn click(workbench: &mut Workbench, column: u16, row: u16) -> Vec<Effect> {
    if let Some(at) = within_sheet(workbench, column, row) {
        if let Some((_, view)) = workbench.views.view() {
            let (column, row) = (at.x, at.y);
            view.act(Motion::Click { column, row });
        }
        return vec![];
    }
    let Some((pane, place)) = workbench.views.inside(column, row) else {
        return vec![];
    };
    // The layout may change with the focus: the click applies to what was visible.
    let (view, state) = (workbench.views.panes.get_mut(pane), &workbench.state);
    let message = place.and_then(|at| view.click(at.x, at.y, state));
    let mut effects = workbench.update(Msg::Focus(pane));
    effects.extend(workbench.take(message));
    effects
}

/// A cell of the screen as one of the sheet on top.
fn within_sheet(workbench: &Workbench, column: u16, row: u16) -> Option<Position> {
    workbench.state.overlay.sheet.as_ref()?;
    let inner = Block::bordered()
        .inner(workbench.views.layout.as_ref()?.body)
        .inner(Margin::new(1, 0));
    let within = inner.contains(Position::new(column, row));
    within.then(|| Position::new(column - inner.x, row - inner.y))
}

fn click_overlay(workbench: &mut Workbench, column: u16, row: u16) -> Vec<Effect> {
    let position = Position::new(column, row);
    match workbench.views.overlay {
        Some(drawn) if drawn.area.contains(position) => match drawn.list {
            Some((list, first)) if list.contains(position) => {
                let row = first + usize::from(row - list.y);
                workbench.update(Msg::Overlay(OverlayMsg::Choose(row)))
            }
            _ => vec![],
        },
        _ => workbench.update(Msg::Act(Action::Back)),
    }
}

fn wheel(workbench: &mut Workbench, column: u16, row: u16, rows: i16) -> Vec<Effect> {
    if workbench.state.overlay.open != Overlay::None {
        return workbench.update(Msg::Act(if rows < 0 { Action::Up } else { Action::Down }));
    }
    if within_sheet(workbench, column, row).is_some() {
        if let Some((_, view)) = workbench.views.view() {
            view.act(Motion::Wheel(rows));
        }
        return vec![];
    }
    let pane = workbench.views.inside(column, row);
    let message = pane.and_then(|(pane, _)| workbench.views.panes.get_mut(pane).wheel(rows));
    workbench.take(message)
}

/// A key while something is typed.
fn typed(key: &KeyEvent) -> Option<Msg> {
    let control = KeyModifiers::CONTROL | KeyModifiers::ALT;
    let control = key.modifiers.intersects(control);
    Some(match key.code {
        KeyCode::Enter => Msg::Act(Action::Open),
        KeyCode::Esc => Msg::Act(Action::Back),
        KeyCode::Tab => Msg::Complete,
        KeyCode::Up => Msg::Act(Action::Up),
        KeyCode::Down => Msg::Act(Action::Down),
        KeyCode::PageUp => Msg::Act(Action::PageUp),
        KeyCode::PageDown => Msg::Act(Action::PageDown),
        KeyCode::Char('p') if control => Msg::Act(Action::Up),
        KeyCode::Char('n') if control => Msg::Act(Action::Down),
        _ => return line_edit(key).map(Msg::Edit),
    })
}

/// Whether an action changes the focused pane.
fn is_focus(action: Action) -> bool {
    matches!(
        action,
        Action::FocusNext
            | Action::FocusPrevious
            | Action::FocusSubjects
            | Action::FocusMessages
            | Action::FocusInspector
            | Action::FocusTimeline
            | Action::FocusCompose
    )
}

/// What an action means to a view.
fn motion(action: Action) -> Option<Motion> {
    Some(match action {
        Action::Up => Motion::Up,
        Action::Down => Motion::Down,
        Action::Left => Motion::Left,
        Action::Right => Motion::Right,
        Action::Top => Motion::Top,
        Action::Bottom => Motion::Bottom,
        Action::PageUp => Motion::PageUp,
        Action::PageDown => Motion::PageDown,
        Action::HalfUp => Motion::HalfUp,
        Action::HalfDown => Motion::HalfDown,
        Action::LineStart => Motion::LineStart,
        Action::LineEnd => Motion::LineEnd,
        Action::Open | Action::ToggleNode => Motion::Toggle,
        Action::ToggleAll => Motion::ToggleAll,
        Action::Wrap => Motion::Wrap,
        Action::NextMatch => Motion::NextMatch,
        Action::PreviousMatch => Motion::PreviousMatch,
        _ => return None,
    })
}
