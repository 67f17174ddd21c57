//! What happens to the message being written once it is saved, or given up. Data only.

use natsbridge_engine::Composition;
use std::path::PathBuf;

/// What happens once the message being written is saved, or given up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Then {
    /// Nothing.
    #[default]
    Stay,
    /// The workbench ends.
    Quit,
    /// Another message takes its place.
    Message(Box<Composition>),
    /// A draft takes its place.
    Draft(PathBuf),
}
