//! Outside events for the screen, and the stop that the screen requests itself.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

/// An outside event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminalSignal {
    /// End, because of the signal of that number.
    End(u8),
    /// Stop until continued (SIGTSTP from outside; in raw mode Ctrl+Z arrives as a key).
    Suspend,
    /// Continued: the terminal must be taken back and redrawn.
    Resumed,
    /// The terminal is gone.
    Gone,
}

/// Whether the next SIGCONT ends a stop that we caused, which takes the terminal back itself.
static STOPPED_BY_US: AtomicBool = AtomicBool::new(false);

/// Stops the process as Ctrl+Z does; returns when it is continued.
pub fn stop_until_continued() -> io::Result<()> {
    STOPPED_BY_US.store(true, Ordering::SeqCst);
    #[cfg(unix)]
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP)?;
    Ok(())
}

/// Whether this SIGCONT ends a stop of our own making; true once per stop.
pub fn ends_our_stop() -> bool {
    STOPPED_BY_US.swap(false, Ordering::SeqCst)
}
