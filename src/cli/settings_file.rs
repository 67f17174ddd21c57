//! Finds and reads the settings file; what its text means is the workbench's matter.

use super::exit::Failure;
use etcetera::BaseStrategy;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The text of the settings: of the file named, else of the usual one, which may be missing.
pub fn settings_text(named: Option<&Path>) -> Result<String, Failure> {
    let (path, required) = match (named, usual_place()) {
        (Some(path), _) => (path.to_owned(), true),
        (None, Some(path)) => (path, false),
        (None, None) => return Ok(String::new()),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound && !required => Ok(String::new()),
        Err(error) => Err(Failure::usage(format!(
            "Cannot read the settings {}: {error}.\nFor example: natsbridge --config settings.toml",
            path.display()
        ))),
    }
}

/// `$XDG_CONFIG_HOME/natsbridge/settings.toml`.
fn usual_place() -> Option<PathBuf> {
    let dirs = etcetera::choose_base_strategy().ok()?;
    Some(dirs.config_dir().join("natsbridge").join("settings.toml"))
}
