//! The directory of contexts.

use super::context_error::ContextError;
use crate::engine::options::ConnectOptions;
use std::path::PathBuf;

/// The contexts of a person: `nats/context/*.json` and the selected one's name in `nats/context.txt`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contexts {
    folder: PathBuf,
}

impl Contexts {
    /// Those below `$XDG_CONFIG_HOME/nats`, else `~/.config/nats`.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            folder: variable("XDG_CONFIG_HOME").unwrap_or_default().into(),
        }
    }

    /// Their names, sorted.
    pub fn names(&self) -> Vec<String> {
        vec![]
    }

    /// The name of the selected one.
    pub fn selected(&self) -> Option<String> {
        None
    }

    /// What a context asks for. Runs the command that a reference names (`op`, `nsc`), so it may take a while.
    pub fn load(&self, name: &str) -> Result<ConnectOptions, ContextError> {
        Err(ContextError(format!("{name} in {}", self.folder.display())))
    }
}
