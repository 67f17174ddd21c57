//! The only list of panes.

use super::contract::PaneView;
use super::inspector::Inspector;
use super::messages::Messages;
use super::subjects::Subjects;
use crate::app::Pane;

/// All panes with their view state.
#[derive(Default)]
pub struct Panes {
    subjects: Subjects,
    messages: Messages,
    /// The inspector, which takes movements itself.
    pub inspector: Inspector,
}

impl Panes {
    /// A pane by name.
    pub fn get(&mut self, pane: Pane) -> &mut dyn PaneView {
        match pane {
            Pane::Subjects => &mut self.subjects,
            Pane::Messages => &mut self.messages,
            Pane::Inspector => &mut self.inspector,
        }
    }
}
