//! The pane of messages.

mod columns;
mod gap_marks;
mod pane;

pub(crate) use gap_marks::draw_mark;
pub(crate) use pane::MessagesPane;
