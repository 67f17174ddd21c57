//! What ends a verb from outside, as a future: SIGINT, SIGTERM, SIGHUP, and timeouts.

use crate::cli::exit::{Exit, Failure};
use std::time::Duration;

/// The signals that end a verb.
pub struct Stop {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// `None` if our parent wants us to outlive the terminal, or if that is unknown.
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Stop {
    /// Starts to listen for them; from here on they no longer end the process by themselves.
    pub fn listen() -> Result<Self, Failure> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let failed = |error| Failure::new(Exit::Fault, format!("Cannot listen for signals: {error}."));
            Ok(Self {
                interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
                terminate: signal(SignalKind::terminate()).map_err(failed)?,
                hangup: heeds_hangup()
                    .then(|| signal(SignalKind::hangup()).map_err(failed))
                    .transpose()?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for one of them.
    pub async fn wait(&mut self) -> Exit {
        #[cfg(unix)]
        {
            let hangup = async {
                match &mut self.hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.interrupt.recv() => Exit::Signal(2),
                _ = self.terminate.recv() => Exit::Signal(15),
                _ = hangup => Exit::Signal(1),
            }
        }
        #[cfg(not(unix))]
        {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Exit::Signal(2)
        }
    }
}

/// Whether SIGHUP is meant for us: under `nohup` it is ignored, and handling it would undo that.
#[cfg(unix)]
fn heeds_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 0)
}

/// Waits that long; for ever without a time.
pub async fn after(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}
