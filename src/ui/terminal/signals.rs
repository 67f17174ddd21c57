//! What the world tells the screen: end, stop, go on, the terminal is gone. The first word is a request to the
//! screen's loop; a second one, or a loop that does not answer, ends the process from here.

use std::io;
use tokio::sync::mpsc;

/// A word from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminalSignal {
    /// End, because of the signal of that number.
    End(i32),
    /// Stop until continued (SIGTSTP from outside; in raw mode Ctrl+Z arrives as a key).
    Suspend,
    /// Continued: the terminal has to be taken and drawn again.
    Resumed,
    /// The terminal is gone.
    Gone,
}

impl TerminalSignal {
    /// The exit code of a process that this word ends, `None` where it does not end it.
    pub fn exit_code(self) -> Option<u8> {
        match self {
            Self::End(number) => u8::try_from(128 + number).ok(),
            Self::Gone => Some(HUNG_UP),
            Self::Suspend | Self::Resumed => None,
        }
    }
}

/// A terminal that is gone counts as SIGHUP.
const HUNG_UP: u8 = 128 + 1;

/// Words waiting for the loop; more than these are of no use to it.
const QUEUE: usize = 8;

/// The threads that listen; they end with the process.
#[derive(Debug)]
pub struct Signals {
    words: mpsc::Receiver<TerminalSignal>,
}

impl Signals {
    /// Starts to listen. From here on the signals no longer end the process by themselves.
    pub fn listen() -> io::Result<Self> {
        let (tell, words) = mpsc::channel(QUEUE);
        #[cfg(unix)]
        unix::listen(tell)?;
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

#[cfg(unix)]
mod unix {
    use super::{HUNG_UP, TerminalSignal};
    use crate::ui::terminal::restore::restore_and_exit;
    use crate::ui::terminal::watchdog;
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
    use std::io;
    use std::thread;
    use std::time::Duration;
    use tokio::sync::mpsc::Sender;

    /// How long the loop may take to flush, drain and leave after it was told to end.
    const LAST_WORK: Duration = Duration::from_secs(5);
    /// The same once nobody can see it any more.
    const LAST_WORK_UNSEEN: Duration = Duration::from_secs(1);

    pub fn listen(tell: Sender<TerminalSignal>) -> io::Result<()> {
        let mut signals =
            signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT])?;
        let watchdog_tells = tell.clone();
        thread::Builder::new().name("signals".into()).spawn(move || {
            let mut told_to_end = false;
            for signal in signals.forever() {
                let word = match signal {
                    SIGTSTP => TerminalSignal::Suspend,
                    SIGCONT => TerminalSignal::Resumed,
                    _ if told_to_end => restore_and_exit(128 + signal),
                    _ => TerminalSignal::End(signal),
                };
                // A full queue means a loop that does not listen: the deadline takes care of it.
                let _ = tell.try_send(word);
                if let TerminalSignal::End(_) = word {
                    told_to_end = true;
                    end_after(LAST_WORK, 128 + signal);
                }
            }
        })?;
        thread::Builder::new().name("watchdog".into()).spawn(move || {
            watchdog::wait_until_gone();
            let _ = watchdog_tells.try_send(TerminalSignal::Gone);
            end_after(LAST_WORK_UNSEEN, i32::from(HUNG_UP));
        })?;
        Ok(())
    }

    /// Ends the process by force unless it has ended in order by then.
    fn end_after(patience: Duration, code: i32) {
        thread::spawn(move || {
            thread::sleep(patience);
            restore_and_exit(code);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_of_shells() {
        assert_eq!(TerminalSignal::End(15).exit_code(), Some(143));
        assert_eq!(TerminalSignal::End(2).exit_code(), Some(130));
        assert_eq!(TerminalSignal::Gone.exit_code(), Some(129));
        assert_eq!(TerminalSignal::Suspend.exit_code(), None);
    }
}
