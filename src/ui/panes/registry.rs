//! The only list of panes.

use super::compose::Compose;
use super::contract::PaneView;
use super::inspector::Inspector;
use super::messages::Messages;
use super::subjects::Subjects;
use super::timeline::Timeline;
use natsbridge_app::Pane;

/// All panes with their view state.
#[derive(Default)]
pub struct Panes {
    subjects: Subjects,
    messages: Messages,
    /// The inspector, which takes movements itself.
    pub inspector: Inspector,
    timeline: Timeline,
    /// The message being written, which takes keys itself while a text is written.
    pub compose: Compose,
}

impl Panes {
    /// The messages that the list shows.
    pub fn listed(&self) -> impl Iterator<Item = u64> {
        self.messages.listed()
    }

    /// A pane by name.
    pub fn get(&mut self, pane: Pane) -> &mut dyn PaneView {
        match pane {
            Pane::Subjects => &mut self.subjects,
            Pane::Messages => &mut self.messages,
            Pane::Inspector => &mut self.inspector,
            Pane::Timeline => &mut self.timeline,
            Pane::Compose => &mut self.compose,
        }
    }
}
