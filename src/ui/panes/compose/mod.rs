//! Compose: the message being written, as a form; its texts in an editor.

mod editor;
mod find;
mod foot;
mod form;
mod pane;
mod rows;
mod stand_ins;

pub(crate) use pane::ComposePane;
