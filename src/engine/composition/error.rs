//! Why a composition cannot become a message, in words for people and with the field that is to be mended.

use super::kind_check::{ContentFault, HeaderError, MetadataError};
use super::location::Place;
use super::variables::BadVariable;
use crate::bridge::BridgeError;
use crate::subjects::SubjectError;
use natsbridge_wire::TableError;
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
        #[source]
        why: FieldError,
    },
    /// The content of a payload is not what its kind promises, or is not here.
    #[error("payload '{name}' cannot be sent: {why}{origin}")]
    Payload {
        /// Its index.
        index: usize,
        /// Its name.
        name: String,
        /// What is wrong and what to try.
        #[source]
        why: ContentError,
        /// Where the content comes from, in brackets; empty where it was typed.
        origin: String,
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
        #[source]
        error: io::Error,
    },
    /// The message as a whole: too large, no file server.
    #[error(transparent)]
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

/// Why a field of an envelope cannot be sent as it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// A payload without a name.
    #[error("it has no name; receivers look it up by its name")]
    NoName,
    /// A variable that cannot be filled.
    #[error(transparent)]
    Variable(#[from] BadVariable),
    /// A subject that is none.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// Metadata that is none.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// A header that is none.
    #[error(transparent)]
    Header(#[from] HeaderError),
}

/// Why a payload's content cannot be sent as its kind.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// A variable that cannot be filled.
    #[error(transparent)]
    Variable(#[from] BadVariable),
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is not here, such as a link that was not fetched; the sentence says what to do.
    #[error("{0}")]
    Missing(String),
    /// It is too large to be checked.
    #[error("its {size} bytes are too many to check as {kind} (at most {most}); send it as binary")]
    TooLarge {
        /// Bytes.
        size: u64,
        /// The name of its kind.
        kind: &'static str,
        /// The limit in bytes.
        most: u64,
    },
    /// It is no text or no JSON.
    #[error(transparent)]
    ContentFault(#[from] ContentFault),
    /// A table of no bytes.
    #[error("it is empty; even a table without rows has a schema")]
    NoTable,
    /// It is no table.
    #[error(transparent)]
    Table(#[from] TableError),
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
