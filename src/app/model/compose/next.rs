//! What takes the place of the message being written, and what happens once it is saved. Data only.

use natsbridge_engine::Composition;
use std::path::PathBuf;

/// What replaces the message being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another message.
    Message(Box<Composition>),
    /// A draft.
    Draft(PathBuf),
}

/// What happens once the draft is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Stay,
    /// The workbench ends.
    Quit,
    /// Another message takes its place.
    Next(Next),
}
