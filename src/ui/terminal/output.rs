//! What the screen writes to its terminal. One that takes nothing keeps the writer waiting, but never inside the system's own
//! write: nobody else could write to the terminal then, not even what gives it back.

#[cfg(unix)]
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{Mode, OFlags, open},
    io::{Errno, fcntl_dupfd_cloexec, write},
    stdio::stdout,
    termios::{QueueSelector, tcflush, ttyname},
};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether what is drawn from here on is seen by nobody.
static UNSEEN: AtomicBool = AtomicBool::new(false);

/// Throws away what is drawn from here on: whoever waits for a terminal that takes nothing goes on.
pub fn draw_unseen() {
    UNSEEN.store(true, Ordering::Relaxed);
}

/// The terminal, as something to write to.
#[derive(Debug)]
pub struct Output(#[cfg(unix)] std::os::fd::OwnedFd, #[cfg(not(unix))] io::Stdout);

#[cfg(not(unix))]
impl Output {
    /// That of standard output.
    pub fn open() -> io::Result<Self> {
        Ok(Self(io::stdout()))
    }

    /// Writes the last that is written.
    pub fn write_last(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)?;
        self.0.flush()
    }
}

#[cfg(not(unix))]
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// How long it waits for room before it looks again whether anybody sees it.
#[cfg(unix)]
const LOOK: std::time::Duration = std::time::Duration::from_millis(50);

#[cfg(unix)]
impl Output {
    /// That of standard output, opened anew: those who share it with us are not to notice that we do not wait in it.
    pub fn open() -> io::Result<Self> {
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = ttyname(stdout(), Vec::new()).and_then(|name| open(name, flags, Mode::empty()));
        // It may have a name that leads nowhere from here, as in a container: then we wait in it.
        Ok(Self(opened.or_else(|_| fcntl_dupfd_cloexec(stdout(), 0))?))
    }

    /// Writes the last that is written: in place of what was drawn before, if nobody sees that.
    pub fn write_last(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if UNSEEN.load(Ordering::Relaxed) {
                // What the terminal has not taken yet. Fails where it is no terminal.
                let _ = tcflush(&self.0, QueueSelector::OFlush);
            }
            if let Some(written) = self.put(bytes)? {
                bytes = &bytes[written..];
            }
        }
        Ok(())
    }

    /// Writes what there is room for; `None` if there was none, after a while.
    fn put(&self, bytes: &[u8]) -> io::Result<Option<usize>> {
        match write(&self.0, bytes) {
            Ok(written) => return Ok(Some(written)),
            Err(Errno::AGAIN) => {}
            Err(Errno::INTR) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let mut room = [PollFd::new(&self.0, PollFlags::OUT)];
        let look = Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(LOOK.subsec_nanos()),
        };
        if poll(&mut room, Some(&look)).is_err() {
            // Interrupted, or a system that cannot poll terminals.
            std::thread::sleep(LOOK);
        }
        Ok(None)
    }
}

#[cfg(unix)]
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            if UNSEEN.load(Ordering::Relaxed) {
                return Ok(bytes.len());
            }
            if let Some(written) = self.put(bytes)? {
                return Ok(written);
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
