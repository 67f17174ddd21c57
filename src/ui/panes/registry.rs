//! The only list of panes.

use super::compose::ComposePane;
use super::contract::PaneView;
use super::inspector::InspectorPane;
use super::messages::MessagesPane;
use super::subjects::SubjectsPane;
use super::timeline::TimelinePane;
use crate::frame::Layout;
use crate::paint::split;
use natsbridge_app::{Pane, State};
use ratatui::layout::Rect;

/// Lines of a diagram beside its messages: its head, its lanes, what is told of the chosen message.
const AROUND: usize = 4;
/// Lines below it from which on a page is worth it, with the one between.
const LEAST_PAGE: usize = 8;

/// All panes with their view state.
#[derive(Default)]
pub struct Panes {
    subjects: SubjectsPane,
    messages: MessagesPane,
    /// The inspector, which takes movements itself.
    pub inspector: InspectorPane,
    timeline: TimelinePane,
    /// The message being written, which takes keys itself while a text is written.
    pub compose: ComposePane,
}

impl Panes {
    /// A pane by name.
    pub fn get(&self, pane: Pane) -> &dyn PaneView {
        match pane {
            Pane::Subjects => &self.subjects,
            Pane::Messages => &self.messages,
            Pane::Inspector => &self.inspector,
            Pane::Timeline => &self.timeline,
            Pane::Compose => &self.compose,
        }
    }

    /// The parts of a pane's inside: its own, and what the page of the selected message gets below an open conversation where
    /// the inspector is not on the screen.
    pub fn parts(pane: Pane, inner: Rect, state: &State, layout: &Layout) -> (Rect, Option<Rect>) {
        let open = state.timeline.open.as_ref().filter(|_| pane == Pane::Timeline);
        let open =
            open.filter(|_| state.timeline.latencies.is_none() && layout.pane(Pane::Inspector).is_none());
        let opened = state.inspector.opened.as_ref().map(|opened| opened.stored.seq);
        let Some(open) = open.filter(|open| open.chosen().is_some() && open.chosen() == opened) else {
            return (inner, None);
        };
        let lines = open.view.messages.len() + open.view.transfers.len() + AROUND;
        let diagram = lines.min(usize::from(inner.height) / 2);
        if usize::from(inner.height) < diagram + LEAST_PAGE {
            return (inner, None);
        }
        let (above, below) = split(inner, diagram);
        (above, Some(split(below, 1).1))
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, pane: Pane) -> &mut dyn PaneView {
        match pane {
            Pane::Subjects => &mut self.subjects,
            Pane::Messages => &mut self.messages,
            Pane::Inspector => &mut self.inspector,
            Pane::Timeline => &mut self.timeline,
            Pane::Compose => &mut self.compose,
        }
    }
}
