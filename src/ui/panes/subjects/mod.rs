//! The pane of subjects.

mod lines;
mod pane;

pub(crate) use pane::SubjectsPane;
