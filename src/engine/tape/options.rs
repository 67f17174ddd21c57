//! Creates a new tape file: never overwriting, readable by its owner only.

use super::error::TapeError;
use crate::files::create_new;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// An empty file that is to become a tape.
#[derive(Debug)]
pub struct NewTape {
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) most: Option<u64>,
}

impl NewTape {
    /// Makes the file; an error where there is something under that name already. Its mode is 0600: a tape holds
    /// whatever the messages hold, secrets included.
    pub fn create(path: &Path) -> Result<Self, TapeError> {
        let path = path.to_owned();
        match create_new(&path) {
            Ok(file) => Ok(Self {
                file,
                path,
                most: None,
            }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(TapeError::Exists(path)),
            Err(source) => Err(TapeError::Create { path, source }),
        }
    }

    /// The same, with a maximum number of messages; later ones do not count as missed.
    #[must_use]
    pub fn at_most(self, messages: u64) -> Self {
        Self {
            most: Some(messages),
            ..self
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
