//! Where a key goes: the focused pane and, in it, the kind of view that is shown. A view's own actions go before those
//! of its pane, and those before what counts everywhere.

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
    /// The contexts that count there, the nearest first.
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
