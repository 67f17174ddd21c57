//! The only list of panes.

use super::compose::ComposePane;
use super::contract::PaneView;
use super::inspector::InspectorPane;
use super::messages::MessagesPane;
use super::subjects::SubjectsPane;
use super::timeline::TimelinePane;
use natsbridge_app::Pane;

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
