//! What a client tells besides messages: denials, drops, losses, its end. Whoever waits for one of them watches.

use crate::connect::{Denial, Signal};
use tokio::sync::{mpsc, watch};

/// What the client told so far.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(super) denials: Vec<Denial>,
    pub(super) dropped: u64,
    /// How often the connection was lost.
    pub(crate) losses: u64,
    /// Whether it has ended in order.
    pub(super) closed: bool,
}

impl Heard {
    /// Listens until the client is gone.
    pub(super) fn listen(mut signals: mpsc::Receiver<Signal>) -> watch::Receiver<Self> {
        let (hear, heard) = watch::channel(Self::default());
        tokio::spawn(async move {
            while let Some(signal) = signals.recv().await {
                hear.send_if_modified(|heard| heard.note(signal));
            }
        });
        heard
    }

    /// Whether the signal is news.
    fn note(&mut self, signal: Signal) -> bool {
        match signal {
            Signal::Denied(denial) if !self.denials.contains(&denial) => self.denials.push(denial),
            Signal::SlowConsumer => self.dropped += 1,
            Signal::Closed => self.closed = true,
            Signal::Disconnected => {
                self.losses += 1;
                // The next connection may be allowed more.
                self.denials.clear();
            }
            Signal::Denied(_) => return false,
        }
        true
    }
}
