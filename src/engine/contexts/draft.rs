//! A context being made or changed: its fields under the names that `nats` gives them, written as `nats` reads them. Fields
//! that are not known here stay as they are.

use super::context_file::ContextFile;
use super::error::{ContextError, ContextFileError};
use crate::connect::address;
use crate::wording::Cause;
use serde_json::{Map, Value};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A context being made or changed. Nothing is written before [`ContextDraft::save`].
///
/// ```no_run
/// # fn example() -> Result<(), natsbridge_engine::ContextError> {
/// use natsbridge_engine::Contexts;
/// let contexts = Contexts::of(|name| std::env::var(name).ok());
/// let mut draft = contexts.create("production")?;
/// draft.set("url", "nats://broker.example:4222");
/// draft.set("creds", "~/production.creds");
/// println!("saved {}", draft.save()?.display());
/// # Ok(()) }
/// ```
pub struct ContextDraft {
    name: String,
    path: PathBuf,
    fields: Map<String, Value>,
}

impl ContextDraft {
    /// One with these fields.
    pub(super) fn new(name: &str, path: PathBuf, fields: Map<String, Value>) -> Self {
        Self {
            name: name.to_owned(),
            path,
            fields,
        }
    }

    /// Sets a field, such as `url`, `user` or `creds`; an empty text takes it out.
    pub fn set(&mut self, field: &str, text: &str) {
        if text.is_empty() {
            self.fields.shift_remove(field);
        } else {
            self.fields.insert(field.to_owned(), text.into());
        }
    }

    /// Whether the TLS handshake comes before the broker's greeting.
    pub fn set_tls_first(&mut self, first: bool) {
        self.fields.insert("tls_first".into(), first.into());
    }

    /// Writes it for its owner alone, whole or not at all; returns where.
    ///
    /// # Errors
    ///
    /// If it could not be used as it is, or the file cannot be written.
    pub fn save(self) -> Result<PathBuf, ContextError> {
        let unusable = |source| ContextError::Unusable {
            name: self.name.clone(),
            path: self.path.clone(),
            source,
        };
        let text = format!("{:#}\n", Value::Object(self.fields));
        let file = ContextFile::parse(&text).map_err(unusable)?;
        address::parse(file.addresses()).map_err(|error| unusable(ContextFileError::Url(error)))?;
        write_private(&self.path, &text).map_err(|error| ContextError::NotWritten {
            path: self.path.clone(),
            source: Cause::of(error),
        })?;
        Ok(self.path)
    }
}

impl std::fmt::Debug for ContextDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContextDraft({})", self.name)
    }
}

/// Puts a file in the place of another, readable by its owner alone; folders that are missing are made.
pub(super) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut folders = std::fs::DirBuilder::new();
    folders.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders.create(folder)?;
    // Such a file is its owner's alone from the beginning.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
