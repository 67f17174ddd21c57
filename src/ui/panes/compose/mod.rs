//! Compose: the message being written, as a form; its texts in an editor.

mod editor;
mod find;
mod foot;
mod form;
mod pane;
mod rows;

pub(crate) use pane::ComposePane;
