//! The state of a running recording: counted by the recorder, shown on screen.

use crate::lock::lock;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// A recording, as shown on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingView {
    /// The file.
    pub path: PathBuf,
    /// Messages that are in it.
    pub messages: u64,
    /// Its size, in bytes.
    pub bytes: u64,
    /// Messages that came and are not in it (exact).
    pub missed: u64,
    /// Why it stopped, as a clause: `the disk is full`.
    pub trouble: Option<String>,
    /// When it began, microseconds since the Unix epoch.
    pub since_us: i64,
    /// Whether it is over: nothing more is written.
    pub ended: bool,
}

/// Counts of a recording under way.
#[derive(Debug)]
pub(crate) struct RecordingCounts {
    path: PathBuf,
    since_us: i64,
    /// Bytes that wait for the writer.
    pub(super) waiting: AtomicUsize,
    pub(super) messages: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) missed: AtomicU64,
    trouble: Mutex<Option<String>>,
}

impl RecordingCounts {
    /// Nothing counted yet.
    pub(super) fn new(path: PathBuf, since_us: i64) -> Self {
        Self {
            path,
            since_us,
            waiting: AtomicUsize::new(0),
            messages: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            missed: AtomicU64::new(0),
            trouble: Mutex::default(),
        }
    }

    /// Notes why the recording stopped.
    pub(super) fn trouble(&self, why: String) {
        *lock(&self.trouble) = Some(why);
    }

    /// A snapshot for the screen.
    pub(crate) fn view(&self, ended: bool) -> RecordingView {
        RecordingView {
            path: self.path.clone(),
            messages: self.messages.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            missed: self.missed.load(Ordering::Relaxed),
            trouble: lock(&self.trouble).clone(),
            since_us: self.since_us,
            ended,
        }
    }
}
