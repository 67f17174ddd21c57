//! Finds and reads the settings file and the user's themes; parsing them happens in the workbench.

use crate::cli::exit::Failure;
use etcetera::BaseStrategy;
use natsbridge_engine::read_text;
use natsbridge_wire::Limits;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The settings file as it was found.
#[derive(Debug, Clone, Default)]
pub struct SettingsFile {
    /// Where it is, or would be; `None` where the system names no home.
    pub path: Option<PathBuf>,
    /// Its text; empty if there is none.
    pub text: String,
}

impl SettingsFile {
    /// The file named, else the usual one, which may be missing.
    pub fn read(named: Option<&Path>) -> Result<Self, Failure> {
        let usual = || Some(folder()?.join("settings.toml"));
        let path = named.map(Path::to_owned).or_else(usual);
        let text = path
            .as_deref()
            .map_or(Ok(String::new()), |path| text_of(path, named.is_some()))?;
        Ok(Self { path, text })
    }
}

/// Its text; one that is not `named` may be missing.
fn text_of(path: &Path, named: bool) -> Result<String, Failure> {
    match read_text(path, Limits::DEFAULT.named_file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound && !named => Ok(String::new()),
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
        match read_text(&path, Limits::DEFAULT.named_file) {
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
