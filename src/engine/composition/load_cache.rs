//! A cache for loading one composition repeatedly: contents of unchanged files, tables made from rows. Keeps only
//! what the last load used.

use super::payload_row::{PayloadRow, Source};
use natsbridge_wire::{Blob, InferredColumn, Kind};
use std::time::SystemTime;

/// What was loaded, by what it was loaded from. One belongs to whoever loads one composition again and again.
#[derive(Debug, Default)]
pub struct LoadCache {
    /// What the load in progress used or made.
    now: Vec<(Key, Content)>,
    /// What earlier ones did.
    before: Vec<(Key, Content)>,
}

/// The content of one payload.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) body: Blob,
    pub(super) columns: Vec<InferredColumn>,
    /// What was done about rows that did not fit.
    pub(super) notes: Vec<String>,
}

/// Everything that a content depends on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Without its name.
    row: PayloadRow,
    /// When a file was written, and its size.
    file: Option<(SystemTime, u64)>,
}

impl Key {
    /// `None` if there is nothing to save: the content is cheap to build, or cannot be known to be unchanged.
    pub(super) fn of(row: &PayloadRow) -> Option<Self> {
        let file = match &row.source {
            Source::File(path) => {
                let facts = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
                Some((facts.modified().ok()?, facts.len()))
            }
            Source::Text(_) | Source::Bytes { .. } if row.kind == Kind::Table => None,
            _ => return None,
        };
        let row = PayloadRow {
            name: String::new(),
            ..row.clone()
        };
        Some(Self { row, file })
    }
}

impl LoadCache {
    /// Begins a load of so many payloads.
    pub(super) fn begin(&mut self, payloads: usize) {
        self.before.splice(0..0, self.now.drain(..));
        // Loads that fail half-way leave what the others had; they must not make it grow.
        self.before.truncate(2 * payloads);
    }

    pub(super) fn get(&mut self, key: &Key) -> Option<Content> {
        let is_it = |known: &(Key, Content)| known.0 == *key;
        if let Some(at) = self.before.iter().position(is_it) {
            self.now.push(self.before.swap_remove(at));
        }
        let known = self.now.iter().find(|known| is_it(known))?;
        Some(known.1.clone())
    }

    pub(super) fn put(&mut self, key: Key, content: Content) {
        self.now.push((key, content));
    }

    /// Forgets what the last load did not use.
    pub(super) fn finish(&mut self) {
        self.before.clear();
    }
}
