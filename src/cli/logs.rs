//! Logging: off unless requested, then into a file that only its owner can read, without terminal sequences and
//! without secrets or payloads at any level.

use crate::cli::output;
use natsbridge_ui::redact;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// Where to log to, and how much. The fields are named in full: they stand beside those of every verb.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct LogArgs {
    /// Writes what happens to this file, for reports of faults; without secrets and payloads [env: NATSBRIDGE_LOG_FILE]
    #[arg(long = "log", global = true, value_name = "FILE", help_heading = "Settings")]
    log_file: Option<PathBuf>,
    /// How much of it: error, warn, info, debug or trace [env: NATSBRIDGE_LOG] [default: debug]
    #[arg(
        long = "log-level",
        global = true,
        value_name = "LEVEL",
        help_heading = "Settings"
    )]
    log_level: Option<Level>,
}

/// Starts logging if the flags, or `NATSBRIDGE_LOG_FILE` and `NATSBRIDGE_LOG` (a level or filter), ask for it.
pub fn start(args: &LogArgs) {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let level = args.log_level.map(|level| level.to_string());
    let filter = level.or_else(|| set("NATSBRIDGE_LOG"));
    let file = args
        .log_file
        .clone()
        .or_else(|| set("NATSBRIDGE_LOG_FILE").map(PathBuf::from));
    let (filter, file) = match (filter, file) {
        (filter, Some(file)) => (filter.unwrap_or_else(|| "debug".into()), file),
        (Some(_), None) => {
            return output::warning(
                "NATSBRIDGE_LOG is set, but nothing is logged: name the file with --log or NATSBRIDGE_LOG_FILE.",
            );
        }
        (None, None) => return,
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
                .with_writer(Mutex::new(Masked(file)));
            let subscriber =
                tracing_subscriber::registry().with(lines.with_filter(filter.and(filter_fn(discreet))));
            // Fails only if a library user has already installed a logger: that one stays.
            let _ = tracing::subscriber::set_global_default(subscriber);
            let (version, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
            tracing::info!(
                version,
                system,
                arch = std::env::consts::ARCH,
                "natsbridge starts"
            );
        }
        Err(error) => output::warning(&format!("Cannot log to {}: {error}.", file.display())),
    }
}

/// The protocol crates log whole messages with their headers at their finest level.
fn discreet(of: &Metadata<'_>) -> bool {
    *of.level() < Level::TRACE || of.target().starts_with("natsbridge")
}

/// A file into which credentials in addresses are not written. Each line comes in one piece.
struct Masked(File);

impl Write for Masked {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0
            .write_all(redact(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}
