//! Which pane has the focus, and whether it fills the screen.

use super::panes::Pane;

/// The focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Focus {
    /// The pane that keys go to.
    pub pane: Pane,
    /// Whether that pane is maximised.
    pub maximised: bool,
}

impl Focus {
    /// Goes to a pane from another that may have filled the screen.
    pub(crate) fn leave_for(&mut self, pane: Pane) {
        (self.pane, self.maximised) = (pane, false);
    }
}
