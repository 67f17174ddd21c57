//! The pane of messages.

mod columns;
mod first_line;
mod gap_marks;
mod highlighted;
mod pane;

pub(crate) use gap_marks::draw_mark;
pub(crate) use pane::Messages;
