//! The inspector's pane.

mod pane;

pub(crate) use pane::InspectorPane;
