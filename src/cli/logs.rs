//! Logs: nowhere unless asked for, then into a file that only its owner reads, without terminal sequences.

use super::output;
use std::fs::{File, OpenOptions};
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// Starts logging if `NATSBRIDGE_LOG` (a level or filter) and `NATSBRIDGE_LOG_FILE` ask for it.
pub fn start() {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (filter, file) = match (set("NATSBRIDGE_LOG"), set("NATSBRIDGE_LOG_FILE")) {
        (Some(filter), Some(file)) => (filter, file),
        (Some(_), None) => {
            return output::warning(
                "NATSBRIDGE_LOG is set, but logs go only to the file that NATSBRIDGE_LOG_FILE names.",
            );
        }
        (None, _) => return,
    };
    let filter = match EnvFilter::try_new(&filter) {
        Ok(filter) => filter,
        Err(error) => {
            return output::warning(&format!(
                "NATSBRIDGE_LOG={filter}: {error}; write a level such as debug."
            ));
        }
    };
    match open(&file) {
        Ok(file) => {
            let subscriber = tracing_subscriber::fmt()
                .with_env_filter(filter)
                .with_ansi(false)
                .with_writer(Mutex::new(file))
                .finish();
            // Fails only where a library user already logs elsewhere: that one keeps it.
            let _ = tracing::subscriber::set_global_default(subscriber);
        }
        Err(error) => output::warning(&format!("Cannot log to {file}: {error}.")),
    }
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
