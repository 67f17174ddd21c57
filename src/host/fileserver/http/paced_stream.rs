//! A connection that is closed when its client does not accept data: the other half of the minimum-rate rule. Time
//! spent not waiting for the client does not count.

use super::places::Visit;
use natsbridge_engine::clock;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// A stream whose writes have a minimum rate.
pub struct PacedStream {
    stream: TcpStream,
    visit: Arc<Visit>,
    window: Duration,
    least: u64,
    taken: u64,
    clock: Option<Pin<Box<Sleep>>>,
}

impl PacedStream {
    /// Cuts the stream when the client takes fewer than `least` bytes in a `window` of waiting for it.
    pub fn new(stream: TcpStream, visit: Arc<Visit>, least: u64, window: Duration) -> Self {
        Self {
            stream,
            visit,
            window,
            least,
            taken: 0,
            clock: None,
        }
    }

    fn watch(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(result) => {
                let bytes = *result.as_ref().unwrap_or(&0);
                self.visit.pace.moved(bytes, clock::instant());
                self.taken += bytes as u64;
                if self.taken >= self.least {
                    self.start_over();
                }
                Poll::Ready(result)
            }
            Poll::Pending => {
                self.visit.pace.waiting(clock::instant());
                let window = self.window;
                let clock = self.clock.get_or_insert_with(|| Box::pin(sleep(window)));
                ready!(clock.as_mut().poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    fn start_over(&mut self) {
        self.taken = 0;
        self.clock = None;
    }
}

impl AsyncRead for PacedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.visit.head.came(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PacedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called when everything was written: after idle time, counting starts over.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.start_over();
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
