//! Keys, mouse and the like as a stream that can be closed while another program has the terminal: a stream that is only
//! left alone would go on to read, and take the other one's keys.

use crossterm::event::{Event, EventStream};
use futures_util::Stream;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// The input, shared by the terminal and whoever reads it.
#[derive(Debug, Clone, Default)]
pub struct SharedInput(Arc<Mutex<Option<EventStream>>>);

impl SharedInput {
    /// Starts to read.
    pub fn open(&self) {
        *self.source() = Some(EventStream::new());
    }

    /// Stops to read.
    pub fn close(&self) {
        *self.source() = None;
    }

    /// What is read.
    pub fn stream(&self) -> TerminalInput {
        TerminalInput(self.clone())
    }

    fn source(&self) -> MutexGuard<'_, Option<EventStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is read. While the input is closed nothing comes and nobody is woken: it is to be polled anew after that.
#[derive(Debug)]
pub struct TerminalInput(SharedInput);

impl Stream for TerminalInput {
    type Item = io::Result<Event>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.source().as_mut() {
            Some(source) => Pin::new(source).poll_next(cx),
            None => Poll::Pending,
        }
    }
}
