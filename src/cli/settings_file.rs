//! Finds and reads the settings file and the user's themes; parsing them happens in the workbench.

use crate::cli::exit::Failure;
use etcetera::BaseStrategy;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The text of the settings: of the file named, else of the usual one, which may be missing.
pub fn settings_text(named: Option<&Path>) -> Result<String, Failure> {
    let usual = || Some(folder()?.join("settings.toml"));
    let Some(path) = named.map(Path::to_owned).or_else(usual) else {
        return Ok(String::new());
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => Ok(String::new()),
        Err(error) => Err(Failure::usage(format!(
            "Cannot read the settings file {}: {error}.\nFor example: natsbridge --config settings.toml",
            path.display()
        ))),
    }
}

/// The person's own themes: name and text of each `themes/NAME.toml` beside the settings, and a sentence for each that
/// cannot be read.
pub fn own_themes() -> (Vec<(String, String)>, Vec<String>) {
    let (mut themes, mut mistakes) = (vec![], vec![]);
    let folder = folder().map(|folder| folder.join("themes"));
    let Some(entries) = folder.and_then(|folder| std::fs::read_dir(folder).ok()) else {
        return (themes, mistakes);
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else {
            continue;
        };
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => themes.push((name.to_owned(), text)),
            Err(error) => mistakes.push(format!("Cannot read the theme {}: {error}.", path.display())),
        }
    }
    themes.sort();
    (themes, mistakes)
}

/// `$XDG_CONFIG_HOME/natsbridge`.
fn folder() -> Option<PathBuf> {
    let dirs = etcetera::choose_base_strategy().ok()?;
    Some(dirs.config_dir().join("natsbridge"))
}
