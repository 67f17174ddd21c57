//! Where a key goes: the focused pane and the kind of view shown in it. A view's actions take precedence over its
//! pane's, and those over the global ones.

use super::panes::Pane;
use super::table::Context;
use super::view_kind::ViewKind;

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The focused pane.
    pub pane: Pane,
    /// What is shown in it, where that is a view with keys of its own.
    pub view: Option<ViewKind>,
}

impl Place {
    /// The contexts that apply there, innermost first.
    pub fn contexts(self) -> impl Iterator<Item = Context> {
        let view = self.view.map(Context::On);
        view.into_iter()
            .chain([Context::In(self.pane), Context::Everywhere])
    }
}

impl From<Pane> for Place {
    fn from(pane: Pane) -> Self {
        Self { pane, view: None }
    }
}
