//! Keys, mouse and other input as a stream that can be closed while another program has the terminal: a stream merely
//! left unpolled would keep reading and take the other program's keys.

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

/// The next event. While the input is closed, nothing arrives and nobody is woken: poll it again afterwards.
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
