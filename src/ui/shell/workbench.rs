//! The workbench on screen: application state and view state together. Input goes in, effects come out, frames are
//! drawn; nothing here waits or does I/O, so tests can drive it by hand.

use crate::frame::{LEAST, Layout, Split, Splits, draw_footer, draw_header};
use crate::look::{Look, Pending, Role, Themes};
use crate::overlays::{Drawn, draw_connection, draw_notices, draw_overlay, draw_pending, draw_welcome};
use crate::paint::{Pen, cells, field, fit_end, fit_middle, open_box, row_of};
use crate::panes::{Panes, Scene};
use crate::preview::{Laid, PreviewContext, Running, Started, ViewId, log_sheet};
use crate::workers::Built;
use natsbridge_app::{Action, Effect, Msg, Overlay, Pane, State, TimelineMsg, count, per_second, update};
use natsbridge_wire::{SafeText, Severity};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

/// The workbench on screen.
pub struct Workbench {
    /// The workbench as data.
    pub state: State,
    pub(super) look: Look,
    pub(super) panes: Panes,
    pub(super) layout: Option<Layout>,
    pub(super) overlay: Option<Drawn>,
    pub(super) splits: Splits,
    pub(super) dragging: Option<Split>,
    /// The first keys of an unfinished sequence.
    pub(super) pending: Pending,
    /// Whether nothing is visible: then keys must have no unseen effects.
    pub(super) too_small: bool,
    /// Views over the panes, the last on top.
    pub(super) sheets: Vec<Laid>,
    pub(super) last_id: ViewId,
    pub(super) started: Vec<Started>,
    pub(super) running: Vec<Running>,
    themes: Themes,
}

impl Workbench {
    /// A workbench that looks as given; `look.theme` is replaced by the state's theme at the first frame.
    pub fn new(state: State, look: Look, themes: Themes) -> Self {
        Self {
            state,
            look,
            panes: Panes::default(),
            layout: None,
            overlay: None,
            splits: Splits::default(),
            dragging: None,
            pending: Pending::default(),
            too_small: false,
            sheets: vec![],
            last_id: ViewId::default(),
            started: vec![],
            running: vec![],
            themes,
        }
    }

    /// Handles a message; what concerns only the views is done immediately.
    pub fn update(&mut self, message: Msg) -> Vec<Effect> {
        let mut left = Vec::new();
        for effect in update(&mut self.state, message) {
            match effect {
                Effect::Search(pattern) => left.extend(self.search(&pattern)),
                Effect::Answer(question, text) => left.extend(self.answer(question, &text)),
                Effect::Check(question, text) => left.extend(self.check(question, &text)),
                Effect::LookInto(seq, always) => {
                    self.panes.inspector.look_into(seq, always);
                    left.extend(self.show_kind());
                }
                Effect::LiftSheet => left.extend(self.lift(false)),
                Effect::ShowLog => {
                    let sheet = log_sheet(&self.state, &self.look);
                    left.extend(self.lay(sheet));
                }
                other => left.push(other),
            }
        }
        left
    }

    /// Shows a message that was decoded, with its views.
    pub fn show(&mut self, built: Built) -> Vec<Effect> {
        let seq = built.opened.stored.seq;
        let mut effects = self.update(Msg::Opened(built.opened));
        if let Some(opened) = self
            .state
            .opened
            .as_ref()
            .filter(|opened| opened.stored.seq == seq)
        {
            self.panes
                .inspector
                .show(opened, built.views, built.envelope, &mut self.last_id);
            effects.extend(self.end_orphans());
            effects.extend(self.show_kind());
        }
        effects
    }

    /// Hears how many pixels a cell has now.
    pub fn cells_measure(&mut self, pixels: Option<(u16, u16)>) {
        self.look.terminal.cell = pixels;
    }

    /// Draws a frame.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let screen = frame.area();
        self.take_theme();
        self.look.images = self.state.images;
        let layout = Layout::new(screen, self.state.focus, self.state.maximised, self.splits);
        let buffer = frame.buffer_mut();
        buffer.set_style(screen, self.look.style(Role::Background));
        self.too_small = layout.is_none();
        let Some(layout) = layout else {
            self.layout = None;
            self.overlay = None;
            draw_too_small(screen, buffer, &self.look);
            return;
        };
        let page = layout
            .pane(Pane::Messages)
            .map_or(1, |area| usize::from(area.height.saturating_sub(3)));
        let subjects = layout.crumb.is_some() || layout.pane(Pane::Subjects).is_some();
        update(&mut self.state, Msg::Layout { page, subjects });
        let rows = layout
            .pane(Pane::Timeline)
            .map_or(0, |area| usize::from(area.height.saturating_sub(2)));
        update(&mut self.state, Msg::Timeline(TimelineMsg::Layout(rows)));
        draw_header(layout.header, buffer, &self.state, &self.look);
        if !draw_connection(layout.body, buffer, &self.state, &self.look) {
            if let Some(crumb) = layout.crumb {
                draw_crumb(crumb, buffer, &self.state, &self.look);
            }
            let over = self.state.welcome
                || self.state.notices.iter().len() > 0
                || !matches!(self.state.overlay, Overlay::None);
            self.look.covered = over || !self.sheets.is_empty();
            for (pane, area) in &layout.panes {
                self.draw_pane(*pane, *area, buffer);
            }
            self.look.covered = over;
            self.draw_sheet(layout.body, buffer);
        }
        draw_footer(layout.footer, buffer, &self.state, &self.look);
        self.overlay = draw_overlay(layout.body, buffer, &self.state, &self.look);
        if self.state.welcome && self.overlay.is_none() {
            draw_welcome(layout.body, buffer, &self.look);
        }
        if self.overlay.is_none() {
            draw_pending(layout.body, buffer, (&self.state, &self.pending), &self.look);
        }
        // Above everything except the prompt's own lines: the reason for a rejection must be visible while it is
        // open.
        let asked = self.overlay.filter(|_| self.state.overlay.purpose().is_some());
        let over = Rect {
            height: asked.map_or(layout.body.height.saturating_sub(1), |prompt| {
                prompt.area.y.saturating_sub(layout.body.y)
            }),
            ..layout.body
        };
        draw_notices(over, buffer, &self.state, &self.look);
        let typed = match self.overlay {
            Some(drawn) => drawn.cursor,
            None if layout.pane(self.state.focus).is_some() => self.panes.get(self.state.focus).cursor(),
            None => None,
        };
        if let Some(cursor) = typed.filter(|at| screen.contains(*at)) {
            frame.set_cursor_position(cursor);
        }
        self.layout = Some(layout);
    }

    /// The pane at a cell, with the cell relative to its inside.
    pub(super) fn inside(&self, column: u16, row: u16) -> Option<(Pane, Option<Position>)> {
        let (pane, area) = self.layout.as_ref()?.at(column, row)?;
        let inner = Block::bordered().inner(area);
        let within = inner.contains(Position::new(column, row));
        Some((
            pane,
            within.then(|| Position::new(column - inner.x, row - inner.y)),
        ))
    }

    fn draw_pane(&mut self, pane: Pane, area: Rect, buffer: &mut Buffer) {
        let focused = pane == self.state.focus;
        let scene = Scene {
            state: &self.state,
            look: &self.look,
            focused,
        };
        let look = &self.look;
        let view = self.panes.get(pane);
        let (name, border) = if focused {
            (Role::Accent, Role::BorderFocused)
        } else {
            (Role::Title, Role::Border)
        };
        let mut title = Line::from(vec![look.span(format!(" {} ", pane.title()), name)]);
        let more = view.title(scene);
        if more.spans.iter().any(|span| !span.content.is_empty()) {
            title.spans.push(look.span("─ ", border));
            let room = usize::from(area.width).saturating_sub(title.width() + 3);
            title.spans.extend(fitting(more.spans, room));
            title.spans.push(look.span(" ", border));
        }
        let inner = Block::bordered().inner(area);
        view.draw(inner, buffer, scene);
        let mut block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(look.style(border))
            .title(title);
        let position = view.position(scene);
        if !position.is_empty() {
            let position = fit_middle(&position, usize::from(area.width.saturating_sub(6)));
            block =
                block.title_bottom(Line::from(look.span(format!(" {position} "), Role::Dim)).right_aligned());
        }
        block.render(area, buffer);
    }

    fn draw_sheet(&mut self, area: Rect, buffer: &mut Buffer) {
        let Some(Laid { sheet, .. }) = self.sheets.last_mut() else {
            return;
        };
        let title = fit_middle(
            field(&sheet.title).as_str(),
            usize::from(area.width.saturating_sub(6)),
        );
        let inner = open_box(&title, area, buffer, &self.look).inner(Margin::new(1, 0));
        sheet.view.learn(&self.state.links, &self.look, true);
        sheet
            .view
            .draw(inner, buffer, PreviewContext::new(&self.look, true));
        let position = SafeText::new(&sheet.view.position());
        if !position.as_str().is_empty() {
            let room = usize::from(area.width.saturating_sub(6));
            let text = format!(" {} ", fit_middle(position.as_str(), room));
            let at = area.right().saturating_sub(cells(&text) as u16 + 1).max(area.x);
            let foot = Rect::new(at, area.bottom() - 1, area.right() - at, 1);
            Pen::new(buffer, foot).write(&text, self.look.style(Role::Dim));
        }
    }

    /// Loads the theme that the state names, if it is not the one in force.
    fn take_theme(&mut self) {
        if self.state.theme == self.look.theme.name {
            return;
        }
        match self.themes.load(&self.state.theme, self.look.colours) {
            Ok(theme) => self.look.theme = theme,
            Err(why) => {
                self.state.theme.clone_from(&self.look.theme.name);
                update(&mut self.state, Msg::Notice(Severity::Warning, format!("{why}.")));
            }
        }
    }
}

/// The title pieces that fit completely; only the first is truncated if there is no room for it.
fn fitting(mut spans: Vec<Span<'static>>, room: usize) -> Vec<Span<'static>> {
    let width = |spans: &[Span<'_>]| spans.iter().map(|span| cells(&span.content)).sum::<usize>();
    if width(&spans) <= room {
        return spans;
    }
    let bare = |span: &Span<'_>| span.content.trim_matches([' ', '·']).is_empty();
    while spans.len() > 1 && (width(&spans) > room || spans.last().is_some_and(bare)) {
        spans.pop();
    }
    if let [only] = &mut spans[..] {
        only.content = fit_end(&only.content, room).into();
    }
    spans
}

/// The text of a screen too small for anything else, in short lines for narrow terminals.
fn draw_too_small(screen: Rect, buffer: &mut Buffer, look: &Look) {
    let lines = [
        format!("{}×{} is too small:", screen.width, screen.height),
        format!("needs at least {}×{}.", LEAST.0, LEAST.1),
        format!("{} quits.", look.key(Action::Quit)),
    ];
    for (i, line) in lines.iter().enumerate().take(usize::from(screen.height)) {
        Pen::new(buffer, row_of(screen, i)).write(line, look.style(Role::Text));
    }
}

/// Subjects in one line, where there is no room for the pane.
fn draw_crumb(area: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let mut pen = Pen::new(buffer, area);
    pen.write(" Subjects ", look.style(Role::Title));
    for view in state.subscriptions.iter().take(3) {
        let (mark, role) = if view.paused {
            ("○ ", Role::Dim)
        } else {
            ("● ", Role::Lane1)
        };
        pen.write(mark, look.style(role));
        let name = fit_middle(field(&view.pattern).as_str(), 24);
        pen.write(&format!("{name} "), look.style(Role::Strong));
    }
    let mut busiest: Vec<_> = state
        .tree
        .visible()
        .iter()
        .map(|id| state.tree.node(*id))
        .filter(|n| n.depth == 0)
        .collect();
    busiest.sort_by_key(|node| std::cmp::Reverse(node.count));
    for node in busiest {
        let name = fit_middle(field(&node.name).as_str(), 16);
        let activity = if node.meter.moves() {
            per_second(node.meter.rate())
        } else {
            count(node.count)
        };
        if cells(&name) + cells(&activity) + 4 > pen.room() {
            pen.write(" …", look.style(Role::Dim));
            break;
        }
        pen.write(&format!(" {name} "), look.style(Role::Text));
        pen.write(&activity, look.style(Role::Dim));
        pen.write(" ", look.style(Role::Dim));
    }
}
