//! What the world tells the screen: end, stop, go on, the terminal is gone. The first word is a request to the
//! screen's loop; a second one, or a loop that does not answer, ends the process from the listening threads.

#[cfg(unix)]
use super::listening;
use super::signal::TerminalSignal;
use std::io;
use tokio::sync::mpsc;

/// Words waiting for the loop; more than these are of no use to it.
const QUEUE: usize = 8;

/// The words from outside, as they come.
#[derive(Debug)]
pub struct Signals {
    words: mpsc::Receiver<TerminalSignal>,
}

impl Signals {
    /// Starts to listen. From here on the signals no longer end the process by themselves.
    pub fn listen() -> io::Result<Self> {
        let (tell, words) = mpsc::channel(QUEUE);
        #[cfg(unix)]
        listening::listen(tell)?;
        #[cfg(not(unix))]
        drop(tell);
        Ok(Self { words })
    }

    /// The next word; waits for ever where there will be none.
    pub async fn next(&mut self) -> TerminalSignal {
        match self.words.recv().await {
            Some(word) => word,
            None => std::future::pending().await,
        }
    }
}
