//! Keys, mouse and other input as a stream that can be closed while another program has the terminal: a stream merely
//! left unpolled would keep reading and take the other program's keys.

use super::queue::Waiting;
#[cfg(unix)]
use super::reader::Reader;
#[cfg(not(unix))]
use super::reader_elsewhere::Reader;
use crossterm::event::Event;
use futures_util::Stream;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// The input, shared by the terminal and whoever reads it.
#[derive(Debug)]
pub struct SharedInput {
    waiting: Arc<Waiting>,
    most_pasted: usize,
    reader: Option<Reader>,
}

impl SharedInput {
    /// Not read yet; of a paste at most `most_pasted` bytes are kept, and one that tells of more.
    pub fn new(most_pasted: usize) -> Self {
        Self {
            waiting: Arc::default(),
            most_pasted,
            reader: None,
        }
    }

    /// Starts to read.
    pub fn open(&mut self) -> io::Result<()> {
        self.waiting.set_open(true);
        self.reader = Some(Reader::start(Arc::clone(&self.waiting), self.most_pasted)?);
        Ok(())
    }

    /// Stops to read.
    pub fn close(&mut self) {
        self.waiting.set_open(false);
        drop(self.reader.take());
    }

    /// What is read.
    pub fn stream(&self) -> TerminalInput {
        TerminalInput(Arc::clone(&self.waiting))
    }

    /// Waits for the terminal to say what it can do, but not longer than this.
    pub fn attributes(&self, patience: Duration) -> Option<Vec<u16>> {
        self.waiting.attributes(patience)
    }
}

impl Drop for SharedInput {
    fn drop(&mut self) {
        self.close();
    }
}

/// The next event. While the input is closed, none comes.
#[derive(Debug)]
pub struct TerminalInput(Arc<Waiting>);

impl TerminalInput {
    /// An event that is there already.
    pub fn ready(&self) -> Option<Event> {
        self.0.take()
    }
}

impl Stream for TerminalInput {
    type Item = io::Result<Event>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // First, so that what comes in between wakes us.
        self.0.wake(cx.waker());
        match self.0.take() {
            Some(event) => Poll::Ready(Some(Ok(event))),
            None => Poll::Pending,
        }
    }
}
