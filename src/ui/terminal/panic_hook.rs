//! Panics: one on the screen's thread restores the terminal and writes a report; one on a worker is logged and leaves
//! the screen alone; one that a decoder expects and catches is silent.

use super::restore::restore;
use natsbridge_engine::{clock, create_new};
use natsbridge_wire::acts_on_terminal;
use std::backtrace::Backtrace;
use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread::{self, ThreadId};

/// What the hook needs to know.
#[derive(Debug, Clone)]
pub struct PanicPolicy {
    /// Whether the current thread is inside code that catches and reports panics itself.
    pub expected: fn() -> bool,
    /// Folder for reports; `None` where the system names no home.
    pub reports: Option<PathBuf>,
}

impl Default for PanicPolicy {
    fn default() -> Self {
        Self {
            expected: || false,
            reports: state_folder(),
        }
    }
}

/// Where the last report went.
static REPORT: OnceLock<PathBuf> = OnceLock::new();

/// The report that a panic of the screen's thread left, if there was one.
pub fn panic_report() -> Option<&'static Path> {
    REPORT.get().map(PathBuf::as_path)
}

/// Installs the hook; the calling thread counts as the screen's.
pub fn install_panic_hook(policy: PanicPolicy) {
    let screen: ThreadId = thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        if (policy.expected)() {
            return;
        }
        if thread::current().id() != screen {
            let name = thread::current().name().unwrap_or("unnamed").to_owned();
            tracing::error!(thread = name, "{}", redact(&info.to_string()));
            return;
        }
        restore();
        if let Some(folder) = &policy.reports
            && let Ok(path) = write_report(folder, &report(info))
        {
            // A second panic while the first unwinds keeps the first one's report.
            let _ = REPORT.set(path);
        }
    }));
}

/// What a developer needs to fix it; nothing from arguments, environment or traffic. It says so itself.
fn report(info: &PanicHookInfo<'_>) -> String {
    format!(
        "Please send this file to the maintainers of natsbridge, with what you did last. It holds nothing of arguments, \
         environment or messages.\n\nnatsbridge {} on {} {}\n{}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        redact(&info.to_string()),
        Backtrace::force_capture(),
    )
}

/// Takes user info out of URLs, and what acts on a terminal, but for line breaks, out of everything.
pub fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        clean.push_str(head);
        let end = tail
            .find(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c))
            .unwrap_or(tail.len());
        let host_at = tail[..end].rfind('@').map_or(0, |at| at + 1);
        if host_at > 0 {
            clean.push_str("…@");
        }
        rest = &tail[host_at..];
    }
    clean.push_str(rest);
    clean.replace(|c: char| acts_on_terminal(c) && c != '\n', "\u{fffd}")
}

fn write_report(folder: &Path, text: &str) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!("report-{}.txt", clock::random_uuid().simple()));
    create_new(&path)?.write_all(text.as_bytes())?;
    Ok(path)
}

/// `$XDG_STATE_HOME/natsbridge`.
fn state_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let dirs = etcetera::choose_base_strategy().ok()?;
    let state = dirs.state_dir().unwrap_or_else(|| dirs.data_dir());
    Some(state.join("natsbridge"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_control_characters_are_taken_out() {
        assert_eq!(
            redact("at nats://me:S3CRET@host:1/x and http://a/b@c \u{1b}[2J\nend tls://S3CRET@h"),
            "at nats://…@host:1/x and http://a/b@c \u{fffd}[2J\nend tls://…@h"
        );
    }

    #[test]
    fn a_report_is_for_its_owner_only() {
        let folder = std::env::temp_dir().join(format!("natsbridge-report-{}", clock::random_uuid()));
        let path = write_report(&folder, "text").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "text");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
