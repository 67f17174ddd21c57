//! The state of a running recording: counted by the recorder, shown on screen.

use crate::lock::lock;
use std::fs::File;
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
    /// The file, to see whether it is still there.
    file: Option<File>,
}

impl RecordingCounts {
    /// Nothing counted yet.
    pub(super) fn new(path: PathBuf, since_us: i64, file: Option<File>) -> Self {
        Self {
            file,
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

    /// Whether the file was removed: what is written to it is gone once it is closed.
    pub(crate) fn is_removed(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let facts = self.file.as_ref().and_then(|file| file.metadata().ok());
            facts.is_some_and(|facts| facts.nlink() == 0)
        }
        #[cfg(not(unix))]
        {
            self.file.is_some() && !self.path.exists()
        }
    }

    /// A snapshot for the screen.
    pub(crate) fn view(&self, ended: bool) -> RecordingView {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let (mut messages, mut bytes, mut missed) =
            (count(&self.messages), count(&self.bytes), count(&self.missed));
        let mut trouble = lock(&self.trouble).clone();
        if self.is_removed() {
            missed += messages;
            (messages, bytes) = (0, 0);
            trouble = Some("the file was removed".into());
        }
        RecordingView {
            path: self.path.clone(),
            messages,
            bytes,
            missed,
            trouble,
            since_us: self.since_us,
            ended,
        }
    }
}
