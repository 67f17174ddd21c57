//! The thread that reads the keys where there are no file descriptors to wait for: crossterm knows how. It ends a little
//! after its reader was dropped.

use super::queue::Waiting;
use crossterm::event;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often it looks whether it is to end.
const LOOK: Duration = Duration::from_millis(50);

/// Reads until it is dropped.
#[derive(Debug)]
pub(super) struct Reader(Arc<AtomicBool>);

impl Reader {
    /// Starts the thread; what it reads goes to those who wait.
    pub(super) fn start(waiting: Arc<Waiting>, _most_pasted: usize) -> io::Result<Self> {
        let ends = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&ends);
        std::thread::Builder::new().name("keys".into()).spawn(move || {
            while !ended.load(Ordering::SeqCst) {
                if event::poll(LOOK).unwrap_or(false)
                    && let Ok(event) = event::read()
                {
                    waiting.put_event(event);
                }
            }
        })?;
        Ok(Self(ends))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
