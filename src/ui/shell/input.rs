//! Terminal events to messages: keys through the keymap, typing into prompts, mouse events by what was drawn where.

use super::workbench::Workbench;
use crate::frame::{Layout, Splits};
use crate::look::{Pending, Pressed};
use crate::preview::Motion;
use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use natsbridge_app::{Action, ComposeNews, Edit, Effect, Msg, Overlay, Pane};
use natsbridge_wire::Severity;
use ratatui::layout::{Margin, Position};
use ratatui::widgets::Block;

/// Rows that one notch of the wheel moves.
const WHEEL_ROWS: i16 = 3;
/// Columns and rows that one key press moves a border.
const COLUMNS: i16 = 4;
const ROWS: i16 = 2;

impl Workbench {
    /// Handles a terminal event.
    pub fn input(&mut self, event: &Event) -> Vec<Effect> {
        if self.too_small {
            return self.unseen(event);
        }
        self.state.welcome &= !matches!(event, Event::Key(_) | Event::Paste(_))
            && !matches!(event, Event::Mouse(mouse) if matches!(mouse.kind, MouseEventKind::Down(_)));
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(key),
            Event::Mouse(mouse) => self.mouse(*mouse),
            Event::Paste(text) if self.writes() => {
                let message = self.panes.compose.paste(text, &self.state);
                message.map_or_else(Vec::new, |message| self.update(message))
            }
            Event::Paste(text) if self.is_typing() => self.update(Msg::Edit(Edit::Paste(text.clone()))),
            Event::Paste(text)
                if self.state.overlay == Overlay::None && self.state.focus == Pane::Compose =>
            {
                self.update(Msg::Compose(ComposeNews::Pasted(text.clone())))
            }
            _ => vec![],
        }
    }

    /// Handles an event while nothing is visible: only quitting, suspending and redrawing.
    fn unseen(&mut self, event: &Event) -> Vec<Effect> {
        let action = match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                self.look.keymap.action(self.state.place(), key)
            }
            _ => None,
        };
        match action {
            Some(Action::Quit) => vec![Effect::Quit],
            Some(Action::Suspend) => vec![Effect::Suspend],
            Some(Action::Redraw) => vec![Effect::Redraw],
            _ => vec![],
        }
    }

    /// Whether keys go to the editor of a text.
    fn writes(&self) -> bool {
        self.state.overlay == Overlay::None
            && self.state.focus == Pane::Compose
            && self.state.compose.writing.is_some()
    }

    fn is_typing(&self) -> bool {
        self.state.types_in_form()
            || matches!(
                self.state.overlay,
                Overlay::Prompt(..) | Overlay::Palette(..) | Overlay::Marks(_)
            )
    }

    fn key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let action = self.look.keymap.action(self.state.place(), key);
        if self.writes() && !matches!(action, Some(Action::Quit | Action::Suspend | Action::Redraw)) {
            let message = self.panes.compose.key(key, &self.state);
            return message.map_or_else(Vec::new, |message| self.update(message));
        }
        if self.is_typing() && action != Some(Action::Quit) {
            return match typed(key) {
                Some(message) => self.update(message),
                None => vec![],
            };
        }
        let began = !self.pending.is_empty();
        if began && key.code == KeyCode::Esc {
            self.pending = Pending::default();
            return vec![];
        }
        // Lists start no key sequences: keys keep their usual meaning there.
        let pressed = match self.state.overlay {
            Overlay::None => self.look.keymap.press(self.state.place(), &mut self.pending, key),
            _ => action.map_or(Pressed::Nothing, Pressed::Action),
        };
        match pressed {
            Pressed::Action(action) => self.act(action),
            Pressed::Nothing if began => {
                let text = "No action is bound to these keys.".to_owned();
                self.update(Msg::Notice(Severity::Note, text))
            }
            // Fixed keys work in lists whatever the settings say, so that nobody gets locked in.
            Pressed::Nothing if self.state.overlay != Overlay::None => {
                typed(key).map_or_else(Vec::new, |message| self.update(message))
            }
            Pressed::Waits | Pressed::Nothing => vec![],
        }
    }

    /// Runs an action: in the inspector's view if it handles it, otherwise in the state.
    fn act(&mut self, action: Action) -> Vec<Effect> {
        if self.state.overlay != Overlay::None {
            return self.update(Msg::Act(action));
        }
        match action {
            Action::CopyPayload => return self.copy(),
            Action::NextTab | Action::PreviousTab => {
                self.panes
                    .inspector
                    .step(if action == Action::NextTab { 1 } else { -1 });
                return self.show_kind();
            }
            Action::WiderPane => return self.grow((COLUMNS, 0)),
            Action::NarrowerPane => return self.grow((-COLUMNS, 0)),
            Action::HigherPane => return self.grow((0, ROWS)),
            Action::LowerPane => return self.grow((0, -ROWS)),
            Action::ResetPanes => {
                self.splits = Splits::default();
                return vec![];
            }
            // Another pane is only shown once no overlay is open.
            _ if self.state.sheet.is_some() && is_focus(action) => {
                let mut effects = self.lift(true);
                effects.extend(self.update(Msg::Act(action)));
                return effects;
            }
            _ => {}
        }
        let laid = self.state.sheet.is_some();
        let fetches = action == Action::Open && !laid && self.state.shown_link().is_some();
        if (laid || self.state.focus == Pane::Inspector)
            && !fetches
            && let Some((id, view)) = self.view()
        {
            if let Some(wishes) = view.run(action) {
                return self.grant(id, wishes);
            }
            if let Some(motion) = motion(action) {
                view.act(motion);
                return vec![];
            }
        }
        self.update(Msg::Act(action))
    }

    /// Makes the focused pane larger, or smaller.
    fn grow(&mut self, by: (i16, i16)) -> Vec<Effect> {
        // Other keys may have arrived since the last frame.
        let (focus, splits) = (self.state.focus, self.splits);
        let layout = self.layout.as_ref();
        let layout =
            layout.and_then(|layout| Layout::new(layout.screen, focus, self.state.maximised, splits));
        if let Some(splits) = layout.and_then(|layout| layout.grown(focus, by, splits)) {
            self.splits = splits;
            return vec![];
        }
        let text = "This pane has no border that can move that way.".to_owned();
        self.update(Msg::Notice(Severity::Note, text))
    }

    fn copy(&mut self) -> Vec<Effect> {
        let shown = self.state.opened.is_some() || self.state.sheet.is_some();
        let text = self.view().and_then(|(_, view)| view.copy());
        self.copied(text.filter(|_| shown).unwrap_or_default())
    }

    fn mouse(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        let (column, row) = (mouse.column, mouse.row);
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) if self.state.overlay != Overlay::None => {
                self.click_overlay(column, row)
            }
            MouseEventKind::Down(MouseButton::Left) => {
                self.dragging = self
                    .layout
                    .as_ref()
                    .and_then(|layout| layout.split_at(column, row));
                self.click(column, row)
            }
            MouseEventKind::Drag(MouseButton::Left) => {
                if let (Some(split), Some(layout)) = (self.dragging, &self.layout) {
                    self.splits = layout.dragged(split, column, row, self.splits);
                }
                vec![]
            }
            MouseEventKind::Up(_) => {
                self.dragging = None;
                vec![]
            }
            MouseEventKind::ScrollUp => self.wheel(column, row, -WHEEL_ROWS),
            MouseEventKind::ScrollDown => self.wheel(column, row, WHEEL_ROWS),
            _ => vec![],
        }
    }

    fn click(&mut self, column: u16, row: u16) -> Vec<Effect> {
        if let Some(at) = self.within_sheet(column, row) {
            if let Some((_, view)) = self.view() {
                view.act(Motion::Click {
                    column: at.x,
                    row: at.y,
                });
            }
            return vec![];
        }
        let Some((pane, place)) = self.inside(column, row) else {
            return vec![];
        };
        // The layout may change with the focus: the click applies to what was visible.
        let message = place.and_then(|at| self.panes.get(pane).click(at.x, at.y, &self.state));
        let mut effects = self.update(Msg::Focus(pane));
        effects.extend(message.map(|message| self.update(message)).unwrap_or_default());
        effects
    }

    /// A cell of the screen as one of the sheet on top.
    fn within_sheet(&self, column: u16, row: u16) -> Option<Position> {
        self.state.sheet.as_ref()?;
        let inner = Block::bordered()
            .inner(self.layout.as_ref()?.body)
            .inner(Margin::new(1, 0));
        let within = inner.contains(Position::new(column, row));
        within.then(|| Position::new(column - inner.x, row - inner.y))
    }

    fn click_overlay(&mut self, column: u16, row: u16) -> Vec<Effect> {
        let position = Position::new(column, row);
        match self.overlay {
            Some(drawn) if drawn.area.contains(position) => match drawn.list {
                Some((list, first)) if list.contains(position) => {
                    self.update(Msg::Choose(first + usize::from(row - list.y)))
                }
                _ => vec![],
            },
            _ => self.update(Msg::Act(Action::Back)),
        }
    }

    fn wheel(&mut self, column: u16, row: u16, rows: i16) -> Vec<Effect> {
        if self.state.overlay != Overlay::None {
            return self.update(Msg::Act(if rows < 0 { Action::Up } else { Action::Down }));
        }
        if self.within_sheet(column, row).is_some() {
            if let Some((_, view)) = self.view() {
                view.act(Motion::Wheel(rows));
            }
            return vec![];
        }
        let message = self
            .inside(column, row)
            .and_then(|(pane, _)| self.panes.get(pane).wheel(rows));
        message.map(|message| self.update(message)).unwrap_or_default()
    }
}

/// A key while something is typed.
fn typed(key: &KeyEvent) -> Option<Msg> {
    let control = key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    Some(match key.code {
        KeyCode::Enter => Msg::Act(Action::Open),
        KeyCode::Esc => Msg::Act(Action::Back),
        KeyCode::Tab => Msg::Compose(ComposeNews::Complete),
        KeyCode::Up => Msg::Act(Action::Up),
        KeyCode::Down => Msg::Act(Action::Down),
        KeyCode::PageUp => Msg::Act(Action::PageUp),
        KeyCode::PageDown => Msg::Act(Action::PageDown),
        KeyCode::Char('p') if control => Msg::Act(Action::Up),
        KeyCode::Char('n') if control => Msg::Act(Action::Down),
        KeyCode::Char('w') if control => Msg::Edit(Edit::WordBack),
        KeyCode::Char('u') if control => Msg::Edit(Edit::ClearBack),
        KeyCode::Char(c) if !control => Msg::Edit(Edit::Insert(c)),
        KeyCode::Backspace => Msg::Edit(Edit::Backspace),
        KeyCode::Delete => Msg::Edit(Edit::Delete),
        KeyCode::Left => Msg::Edit(Edit::Left),
        KeyCode::Right => Msg::Edit(Edit::Right),
        KeyCode::Home => Msg::Edit(Edit::Start),
        KeyCode::End => Msg::Edit(Edit::End),
        _ => return None,
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
