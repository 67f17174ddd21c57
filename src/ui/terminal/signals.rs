//! Outside events for the screen and for verbs: terminate, stop, continue, terminal gone. The first request goes to whoever
//! waits for it; further ones, or an unresponsive program, make the listening threads end the process.

#[cfg(unix)]
use super::listening;
use super::signal::TerminalSignal;
use std::io;
use tokio::sync::mpsc;

/// Events that may be queued; the loop needs no more than these.
const QUEUE: usize = 8;

/// The words from outside, as they come.
#[derive(Debug)]
pub struct Signals {
    words: mpsc::Receiver<TerminalSignal>,
}

impl Signals {
    /// Starts to listen for the screen. From here on the signals no longer end the process by themselves.
    pub fn listen_on_screen() -> io::Result<Self> {
        let (tell, words) = mpsc::channel(QUEUE);
        #[cfg(unix)]
        listening::listen_on_screen(tell)?;
        #[cfg(not(unix))]
        drop(tell);
        Ok(Self { words })
    }

    /// The same for a verb: what ends it, and nothing else.
    pub fn listen() -> io::Result<Self> {
        let (tell, words) = mpsc::channel(QUEUE);
        #[cfg(unix)]
        listening::listen(tell)?;
        #[cfg(not(unix))]
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                tell.try_send(TerminalSignal::End(2)).ok();
            }
        });
        Ok(Self { words })
    }

    /// The next event; waits forever if there will be none.
    pub async fn next(&mut self) -> TerminalSignal {
        match self.words.recv().await {
            Some(word) => word,
            None => std::future::pending().await,
        }
    }
}
