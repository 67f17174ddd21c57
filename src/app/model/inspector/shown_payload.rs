//! The payload being shown, as other programs and views need it.

use natsbridge_wire::{Blob, Kind};

/// The payload looked at, as others need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPayload {
    /// Subject of its message.
    pub subject: String,
    /// Its name; empty for a whole message.
    pub dataname: String,
    /// What it is.
    pub kind: Kind,
    /// A file name for it.
    pub file_name: String,
    /// Its bytes.
    pub body: Blob,
}
