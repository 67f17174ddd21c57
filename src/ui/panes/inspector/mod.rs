//! The inspector's pane.

mod page;
mod pane;
mod tab;

pub(crate) use pane::InspectorPane;
