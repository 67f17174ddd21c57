//! Why a composition cannot become a message, in words for people and with the field that is to be mended.

use super::location::Place;
use crate::bridge::BridgeError;
use std::io;

/// Why a composition cannot be sent or copied; each is a sentence that says where, what and what to try.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A field of the envelope.
    #[error("{place} cannot be used: {why}")]
    Field {
        /// Which.
        place: Place,
        /// What is wrong and what to write instead.
        why: String,
    },
    /// The content of a payload is not what its kind promises, or is not here.
    #[error("payload '{name}' cannot be sent: {why}")]
    Payload {
        /// Its index.
        index: usize,
        /// Its name.
        name: String,
        /// What is wrong and what to try.
        why: String,
    },
    /// A payload's file.
    #[error("payload '{name}' cannot be read from {path}: {error}")]
    File {
        /// The payload's index.
        index: usize,
        /// Its name.
        name: String,
        /// The file as people read it.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The message as a whole: too large, no file server.
    #[error("{0}")]
    Message(#[from] BridgeError),
    /// It cannot be written in that tool's language.
    #[error("{tool} cannot send this: {why}")]
    Copy {
        /// The tool.
        tool: &'static str,
        /// What it cannot do and what to copy instead.
        why: String,
    },
}

impl ComposeError {
    /// The field to mend, where it is one.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Field { place, .. } => Some(*place),
            Self::Payload { index, .. } | Self::File { index, .. } => Some(Place::Payload(*index)),
            Self::Message(_) | Self::Copy { .. } => None,
        }
    }
}
