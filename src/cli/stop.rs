//! What ends a verb from outside, as a future: SIGINT, SIGTERM, SIGHUP, and timeouts. If the verb does not end within 5 s of
//! the first, the process ends all the same.

use crate::cli::exit::{Exit, Failure};
use crate::cli::output;
use natsbridge_ui::{Signals, TerminalSignal};
use std::time::Duration;
use tokio::time::sleep;

/// How long what has come may still be printed after a signal.
const LAST_LINES: Duration = Duration::from_secs(2);
/// How long that is done without a word.
const WORDLESS: Duration = Duration::from_millis(300);

/// The signals that end a verb.
pub struct Stop(Signals);

impl Stop {
    /// Starts to listen for them; from here on they no longer end the process by themselves.
    pub fn listen() -> Result<Self, Failure> {
        let signals = Signals::listen();
        signals
            .map(Self)
            .map_err(|error| Failure::new(Exit::Fault, format!("Cannot listen for signals: {error}.")))
    }

    /// Waits for one of them.
    pub async fn wait(&mut self) -> Exit {
        loop {
            if let TerminalSignal::End(number) = self.0.next().await {
                return Exit::Signal(number);
            }
        }
    }

    /// Does some last work, but not for long, and no longer if somebody insists. If it fails, there is a reason to end already.
    pub async fn in_last_time(&mut self, work: impl Future<Output = Result<(), Failure>>) {
        let told = async {
            sleep(WORDLESS).await;
            output::note(
                "Waiting for the reader of the output to take what has come; Ctrl+C again ends it at once.",
            );
            sleep(LAST_LINES.saturating_sub(WORDLESS)).await;
        };
        tokio::select! {
            _ = self.wait() => {}
            () = told => {}
            _ = work => {}
        }
    }
}

/// Waits that long; for ever without a time.
pub async fn after(time: Option<Duration>) {
    match time {
        Some(time) => sleep(time).await,
        None => std::future::pending().await,
    }
}
