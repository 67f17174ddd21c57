//! Where the workbench saves its state between runs: a file per context, readable only by its owner. Errors only cost
//! the saved state.

use etcetera::BaseStrategy;
use natsbridge_engine::{read_file, safe_file_name};
use natsbridge_ui::SavedState;
use natsbridge_wire::Limits;
use std::io::Write;
use std::path::PathBuf;

/// The memory of a context.
pub struct MemoryFile(Option<PathBuf>);

impl MemoryFile {
    /// That of a context by its name, or of none.
    pub fn of(context: Option<&str>) -> Self {
        let name = context.map_or_else(|| "default".to_owned(), |name| safe_file_name(name, "context"));
        let dirs = etcetera::choose_base_strategy().ok();
        let folder = dirs
            .and_then(|dirs| dirs.state_dir())
            .map(|folder| folder.join("natsbridge/memory"));
        // A directory that cannot be created is of no use for saving state.
        let folder = folder.filter(|folder| std::fs::create_dir_all(folder).is_ok());
        Self(folder.map(|folder| folder.join(format!("{name}.json"))))
    }

    /// What was remembered, and whether this is the first run there ever was.
    pub fn load(&self) -> (SavedState, bool) {
        let Some(path) = &self.0 else {
            return (SavedState::default(), false);
        };
        let others = path.parent().and_then(|folder| std::fs::read_dir(folder).ok());
        let first = others.is_some_and(|mut others| others.next().is_none());
        let memory = read_file(path, Limits::in_force().named_file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        (memory.unwrap_or_default(), first)
    }

    /// Remembers.
    pub fn save(&self, memory: &SavedState) {
        let (Some(path), Ok(text)) = (&self.0, serde_json::to_vec_pretty(memory)) else {
            return;
        };
        let Some(folder) = path.parent() else { return };
        // Written to a temporary file first: a crash must not destroy the old one.
        let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
            file.write_all(&text)?;
            file.persist(path).map(|_| ()).map_err(|error| error.error)
        });
        if let Err(error) = written {
            tracing::warn!("cannot save the workbench state in {}: {error}", path.display());
        }
    }
}
