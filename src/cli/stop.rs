//! What ends a verb from outside, as a future: SIGINT, SIGTERM, SIGHUP, and timeouts. If the verb does not end within 5 s of
//! the first, the process ends all the same.

use crate::cli::exit::{Exit, Failure};
use natsbridge_ui::{Signals, TerminalSignal};
use std::time::Duration;

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
}

/// Waits that long; for ever without a time.
pub async fn after(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}
