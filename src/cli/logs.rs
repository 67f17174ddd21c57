//! Logging: off unless requested, then into a file that only its owner can read, without terminal sequences and
//! without secrets or payloads at any level.

use crate::cli::output;
use std::fs::{File, OpenOptions};
use std::sync::Mutex;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// Starts logging if `NATSBRIDGE_LOG` (a level or filter) and `NATSBRIDGE_LOG_FILE` ask for it.
pub fn start() {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(filter) = set("NATSBRIDGE_LOG") else {
        return;
    };
    let Some(file) = set("NATSBRIDGE_LOG_FILE") else {
        return output::warning(
            "NATSBRIDGE_LOG is set, but nothing is logged: set NATSBRIDGE_LOG_FILE to the file to log to.",
        );
    };
    let filter = match EnvFilter::try_new(&filter) {
        Ok(filter) => filter,
        Err(error) => {
            return output::warning(&format!(
                "NATSBRIDGE_LOG={filter}: {error}; use a level such as debug."
            ));
        }
    };
    match open(&file) {
        Ok(file) => {
            let lines = tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .with_writer(Mutex::new(file));
            let subscriber =
                tracing_subscriber::registry().with(lines.with_filter(filter.and(filter_fn(discreet))));
            // Fails only if a library user has already installed a logger: that one stays.
            let _ = tracing::subscriber::set_global_default(subscriber);
        }
        Err(error) => output::warning(&format!("Cannot log to {file}: {error}.")),
    }
}

/// The protocol crates log whole messages with their headers at their finest level.
fn discreet(of: &Metadata<'_>) -> bool {
    *of.level() < Level::TRACE || of.target().starts_with("natsbridge")
}

fn open(path: &str) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}
