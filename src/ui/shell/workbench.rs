//! The workbench on screen: application state and view state together. Messages go in, effects come out, frames are
//! drawn; nothing here waits or does I/O, so tests can drive it by hand.

use super::draw::{draw, is_covered};
use super::views::Views;
use crate::frame::Layout;
use crate::look::{Look, Themes};
use crate::paint::{field, indented};
use crate::panes::{Panes, Scene};
use crate::preview::{
    FinishedWork, PreviewContext, Searched, Sheet, Started, Ticket, ViewId, Wish, Work, log_sheet,
};
use crate::workers::MessageViews;
use natsbridge_app::{
    Effect, InspectorMsg, Msg, Origin, OverlayMsg, Pane, Progress, PromptKind, Sizes, State, TerminalEffect,
    ViewEffect, ViewQuestion, WorkEffect, Working, WorksMsg, counted, update,
};
use natsbridge_wire::{FilterError, Severity};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::widgets::Block;
use std::sync::Arc;

/// The workbench on screen.
pub struct Workbench {
    /// The workbench as data.
    pub state: State,
    pub(super) look: Look,
    pub(super) views: Views,
    themes: Themes,
}

impl Workbench {
    /// A workbench that looks as given; `look.theme` is replaced by the state's theme at the first frame.
    pub fn new(state: State, look: Look, themes: Themes) -> Self {
        Self {
            state,
            look,
            views: Views::default(),
            themes,
        }
    }

    /// Handles a message; what concerns only the views is done immediately.
    #[must_use]
    pub fn update(&mut self, message: Msg) -> Vec<Effect> {
        let mut left = Vec::new();
        for effect in update(&mut self.state, message) {
            match effect {
                Effect::View(effect) => left.extend(self.carry_out(effect)),
                effect @ Effect::Work(WorkEffect::Open(..)) => {
                    self.views.panes.inspector.let_go();
                    left.push(effect);
                }
                effect @ (Effect::Work(_) | Effect::Terminal(_) | Effect::Session(_)) => left.push(effect),
            }
        }
        left
    }

    /// Handles a message if there is one.
    #[must_use]
    pub(super) fn take(&mut self, message: Option<Msg>) -> Vec<Effect> {
        message.map_or_else(Vec::new, |message| self.update(message))
    }

    /// Does what the state asks of the views.
    #[must_use]
    pub fn carry_out(&mut self, effect: ViewEffect) -> Vec<Effect> {
        match effect {
            ViewEffect::Search(pattern) => {
                let (text, origin) = (self.search(&pattern), Origin::Prompt(PromptKind::Search));
                let mut effects = self.update(Msg::Outcome(origin, Severity::Note, text));
                effects.extend(self.show_kind());
                effects
            }
            ViewEffect::SearchTyped(pattern) => {
                let text = self.search(&pattern);
                let told = text.trim_end_matches('.').to_owned();
                self.update(Msg::Overlay(OverlayMsg::Searched(told)))
            }
            ViewEffect::Answer(question, text) => self.answer(question, &text),
            ViewEffect::Check(question, text) => self.check(question, &text),
            ViewEffect::LookInto(seq, always) => {
                self.views.panes.inspector.look_into(seq, always);
                self.show_kind()
            }
            ViewEffect::LiftSheet => self.lift(false),
            ViewEffect::ShowLog => {
                let sheet = log_sheet(&self.state, &self.look);
                self.lay(sheet)
            }
        }
    }

    /// Shows a message that was decoded, with its views.
    #[must_use]
    pub fn show(&mut self, built: MessageViews) -> Vec<Effect> {
        let seq = built.opened.stored.seq;
        let mut effects = self.update(Msg::Inspector(InspectorMsg::Opened(built.opened)));
        let opened = self.state.inspector.opened.as_ref();
        if let Some(opened) = opened.filter(|opened| opened.stored.seq == seq) {
            let (inspector, last_id) = (&mut self.views.panes.inspector, &mut self.views.last_id);
            inspector.show(opened, built.views, built.envelope, last_id);
            effects.extend(self.end_orphans());
            effects.extend(self.show_kind());
        }
        effects
    }

    /// Lays a view over the panes.
    #[must_use]
    pub fn lay(&mut self, sheet: Sheet) -> Vec<Effect> {
        self.views.lay(sheet);
        self.update(Msg::Overlay(OverlayMsg::Sheet(self.views.top())))
    }

    /// Closes the top sheet, or all of them.
    #[must_use]
    pub(super) fn lift(&mut self, all: bool) -> Vec<Effect> {
        self.views.sheets.pop();
        if all {
            self.views.sheets.clear();
        }
        let mut effects = self.update(Msg::Overlay(OverlayMsg::Sheet(self.views.top())));
        effects.extend(self.end_orphans());
        effects
    }

    /// Returns the work that views requested since the last call.
    #[must_use]
    pub fn take_works(&mut self) -> Vec<Started> {
        self.views.take_works()
    }

    /// Handles the result of some work; results for closed views are dropped.
    #[must_use]
    pub fn worked(&mut self, worked: FinishedWork) -> Vec<Effect> {
        let Ticket { view, slot, progress } = worked.ticket;
        self.views.ended(&progress);
        let mut effects = self.ended(Arc::clone(&progress));
        if progress.is_cancelled() {
            return effects;
        }
        if let Some(asked) = self.views.view_of(view) {
            let wishes = asked.worked(slot, worked.result);
            effects.extend(self.grant(view, wishes));
        }
        effects
    }

    /// Hears how many pixels a cell has now.
    pub fn cells_measure(&mut self, pixels: Option<(u16, u16)>) {
        self.look.terminal.cell = pixels;
    }

    /// Lays the screen out and draws a frame; returns what is to be done after that.
    #[must_use]
    pub fn frame(&mut self, frame: &mut Frame<'_>) -> Vec<Effect> {
        let mut effects = self.lay_out(frame.area());
        self.views.overlay = draw(frame, &self.state, &self.look, &self.views);
        effects.extend(self.attend_views());
        effects
    }

    /// Fits everything to a screen: the state hears how much of it is shown, views scroll to what they show.
    fn lay_out(&mut self, screen: Rect) -> Vec<Effect> {
        let mut effects = self.take_theme();
        self.look.images = self.state.appearance.images;
        let focus = self.state.focus;
        let layout = Layout::new(screen, focus.pane, focus.maximised, self.views.splits);
        self.views.too_small = layout.is_none();
        self.views.layout.clone_from(&layout);
        let Some(layout) = layout else { return effects };
        let rows = |pane, borders: u16| {
            let area = layout.pane(pane);
            area.map_or(0, |area| usize::from(area.height.saturating_sub(borders)))
        };
        effects.extend(self.update(Msg::Layout(Sizes {
            messages: rows(Pane::Messages, 3),
            subjects: layout.crumb.is_some() || layout.pane(Pane::Subjects).is_some(),
            timeline: rows(Pane::Timeline, 2),
        })));
        let mut heard = Vec::new();
        for (pane, area) in &layout.panes {
            let scene = Scene {
                state: &self.state,
                look: &self.look,
                focused: *pane == self.state.focus.pane,
                covered: is_covered(&self.state) || !self.views.sheets.is_empty(),
            };
            let inner = Block::bordered().inner(*area);
            let (inner, below) = Panes::parts(*pane, inner, &self.state, &layout);
            heard.extend(self.views.panes.get_mut(*pane).fit(inner, scene));
            if let Some(below) = below {
                self.views.panes.inspector.fit_below(indented(below, 1), scene);
            }
        }
        if let Some(laid) = self.views.sheets.last_mut() {
            let inner = Block::bordered().inner(layout.body).inner(Margin::new(1, 0));
            let context = PreviewContext::new(&self.look, true, is_covered(&self.state));
            let view = &mut laid.sheet.view;
            view.learn(&self.state.inspector.links, &self.look, true);
            view.fit(inner, context);
        }
        for message in heard {
            effects.extend(self.update(message));
        }
        effects
    }

    /// Loads the theme that the state names, if it is not the one in force.
    fn take_theme(&mut self) -> Vec<Effect> {
        if self.state.appearance.theme == self.look.theme.name {
            return vec![];
        }
        match self.themes.load(&self.state.appearance.theme, self.look.colours) {
            Ok(theme) => {
                self.look.theme = theme;
                vec![]
            }
            Err(why) => {
                let mut effects = self.update(Msg::Theme(self.look.theme.name.clone()));
                effects.extend(self.update(Msg::Notice(Severity::Warning, format!("{why}."))));
                effects
            }
        }
    }

    /// Collects the requests of the views on screen.
    fn attend_views(&mut self) -> Vec<Effect> {
        let mut asked = self.views.panes.inspector.wishes();
        if let Some(laid) = self.views.sheets.last_mut() {
            asked.push((laid.id, laid.sheet.view.wishes()));
        }
        let granted = asked.into_iter().flat_map(|(id, wishes)| self.grant(id, wishes));
        granted.collect()
    }

    /// Handles a view's request.
    #[must_use]
    pub(super) fn grant(&mut self, id: ViewId, wishes: Vec<Wish>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for wish in wishes {
            effects.extend(match wish {
                Wish::Copy(text) => self.copied(text),
                Wish::Tell(severity, text) => self.update(Msg::Notice(severity, text)),
                Wish::Ask(question, text) => self.update(Msg::Overlay(OverlayMsg::Ask(question, text))),
                Wish::Work(work) => self.start(id, work),
                Wish::Lay(sheet) => self.lay(sheet),
            });
        }
        effects
    }

    /// Tells the state which kind of view gets keys now.
    #[must_use]
    pub(super) fn show_kind(&mut self) -> Vec<Effect> {
        let mut effects = vec![];
        let top = self.views.top();
        if top.is_some() {
            effects = self.update(Msg::Overlay(OverlayMsg::Sheet(top)));
        }
        let inspector = &mut self.views.panes.inspector;
        let tab = inspector.active();
        let kind = inspector.view().and_then(|(_, view)| view.kind());
        effects.extend(self.update(Msg::Inspector(InspectorMsg::Tab(tab, kind))));
        effects
    }

    fn start(&mut self, view: ViewId, work: Work) -> Vec<Effect> {
        let doing = work.doing.clone();
        let (progress, older) = self.views.start(view, work);
        let ended = older.into_iter().flat_map(|progress| self.ended(progress));
        let mut effects: Vec<_> = ended.collect();
        effects.extend(self.update(Msg::Works(WorksMsg::Began(Working {
            doing,
            progress,
            since_us: self.state.now_us,
            loss: None,
        }))));
        effects
    }

    fn ended(&mut self, progress: Arc<Progress>) -> Vec<Effect> {
        self.update(Msg::Works(WorksMsg::Ended(progress)))
    }

    /// Cancels the work of closed views.
    fn end_orphans(&mut self) -> Vec<Effect> {
        let orphans = self.views.end_orphans();
        let ended = orphans.into_iter().flat_map(|progress| self.ended(progress));
        ended.collect()
    }

    /// Puts a text on the clipboard unless it is too much for it.
    #[must_use]
    pub(super) fn copied(&mut self, text: String) -> Vec<Effect> {
        let most = self.state.limits.clipboard_bytes;
        let (severity, why) = match text.len() {
            0 => (Severity::Note, "There is nothing to copy here."),
            bytes if bytes > most => (
                Severity::Warning,
                "Too large for the clipboard; save it to a file instead.",
            ),
            _ => return vec![TerminalEffect::Copy(text).into()],
        };
        self.update(Msg::Notice(severity, why.into()))
    }

    /// Passes the user's answer to a view; if the view rejects it, it is asked for again.
    fn answer(&mut self, question: ViewQuestion, text: &str) -> Vec<Effect> {
        let Some((id, view)) = self.views.view() else {
            return vec![];
        };
        match view.answer(question, text) {
            Ok(wishes) => self.grant(id, wishes),
            Err(why) => {
                let asked = OverlayMsg::Ask(question, text.to_owned());
                let mut effects = self.update(Msg::Overlay(asked));
                let fault = Err(FilterError::new(0..text.len(), why));
                effects.extend(self.update(Msg::Overlay(OverlayMsg::Checked(fault, vec![]))));
                effects
            }
        }
    }

    /// Has the view check what has been typed so far.
    fn check(&mut self, question: ViewQuestion, text: &str) -> Vec<Effect> {
        let Some((_, view)) = self.views.view() else {
            return vec![];
        };
        let (verdict, words) = (view.check(question, text), view.words(question));
        self.update(Msg::Overlay(OverlayMsg::Checked(verdict, words)))
    }

    /// Searches in what gets keys; what came of it, a sentence.
    fn search(&mut self, pattern: &str) -> String {
        let shown = field(pattern);
        match self.views.search(pattern) {
            Searched::Not => "This view has no search.".to_owned(),
            Searched::All(0) => format!("No match for \"{shown}\" here."),
            Searched::All(found) => format!("{}.", counted(found, "match")),
            Searched::SoFar(found) => format!("Searching; {} so far.", counted(found, "match")),
            Searched::Nearby(found) => format!(
                "{} in the rows nearby; the table is too large to be searched whole.",
                counted(found, "match")
            ),
        }
    }
}
