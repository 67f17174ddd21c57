//! The thread that reads the terminal, at once and whatever the program does meanwhile, until its reader is dropped. It
//! hears of a window that changed its size, too.

use super::events::{Meaning, meaning};
use super::queue::Waiting;
use super::splitter::{Piece, Splitter};
use crossterm::event::Event;
use crossterm::terminal::size;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::stdio::stdin;
use signal_hook::SigId;
use signal_hook::consts::SIGWINCH;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// Reads until it is dropped; from then on what is typed is another program's.
#[derive(Debug)]
pub(super) struct Reader {
    ends: Arc<AtomicBool>,
    /// A byte in it wakes the thread.
    wake: UnixStream,
    resized: SigId,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    /// Starts the thread; what it reads goes to those who wait.
    pub(super) fn start(waiting: Arc<Waiting>, most_pasted: usize) -> io::Result<Self> {
        let (wake, woken) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let ends = Arc::new(AtomicBool::new(false));
        let resized = signal_hook::low_level::pipe::register(SIGWINCH, wake.try_clone()?)?;
        let ended = Arc::clone(&ends);
        let read = move || read(&waiting, woken, &ended, Splitter::new(most_pasted));
        let thread = thread::Builder::new().name("keys".into()).spawn(read)?;
        Ok(Self {
            ends,
            wake,
            resized,
            thread: Some(thread),
        })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        signal_hook::low_level::unregister(self.resized);
        self.ends.store(true, Ordering::SeqCst);
        // The other end is the thread's, which may have ended already.
        let _ = self.wake.write_all(&[0]);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads until it is to end, or until the terminal is gone: the watchdog tells of that.
fn read(waiting: &Waiting, mut woken: UnixStream, ends: &AtomicBool, mut splitter: Splitter) {
    let mut chunk = vec![0; CHUNK];
    loop {
        let mut ready = [
            PollFd::from_borrowed_fd(stdin(), PollFlags::IN),
            PollFd::new(&woken, PollFlags::IN),
        ];
        let patience = splitter.patience().map(|patience| Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(patience.subsec_nanos()),
        });
        let (input, wakes) = match poll(&mut ready, patience.as_ref()) {
            Ok(0) => {
                hand_on(waiting, splitter.silence());
                continue;
            }
            Ok(_) => (!ready[0].revents().is_empty(), !ready[1].revents().is_empty()),
            Err(Errno::INTR) => continue,
            Err(_) => return,
        };
        if ends.load(Ordering::SeqCst) {
            return;
        }
        if wakes && woken.read(&mut chunk).is_ok() {
            let (columns, rows) = size().unwrap_or_default();
            waiting.put_event(Event::Resize(columns, rows));
        }
        if input {
            match rustix::io::read(stdin(), &mut chunk) {
                Ok(0) => return,
                Ok(length) => hand_on(waiting, splitter.take(&chunk[..length])),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => return,
            }
        }
    }
}

fn hand_on(waiting: &Waiting, pieces: Vec<Piece>) {
    for meant in pieces.into_iter().filter_map(meaning) {
        match meant {
            Meaning::Event(event) => waiting.put_event(event),
            Meaning::Attributes(attributes) => waiting.put_attributes(attributes),
        }
    }
}
