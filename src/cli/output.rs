//! Standard output (data only, written at once) and standard error (messages for people, cleaned).

use crate::cli::exit::Failure;
use natsbridge_wire::{SafeText, Severity};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

/// Where data goes.
pub struct Out {
    sink: Box<dyn Write + Send>,
    terminal: bool,
    colour: bool,
}

impl Out {
    /// Standard output.
    pub fn stdout() -> Self {
        let terminal = io::stdout().is_terminal();
        Self {
            sink: unbuffered(),
            terminal,
            colour: wants_colour(terminal, |name| std::env::var(name).ok()),
        }
    }

    /// Whether a person is looking.
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Whether styles are welcome.
    pub fn has_colour(&self) -> bool {
        self.colour
    }

    /// Writes one line.
    pub fn line(&mut self, line: &str) -> Result<(), Failure> {
        let mut bytes = Vec::with_capacity(line.len() + 1);
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
        self.bytes(&bytes)
    }

    /// Writes bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut at = 0;
        while at < bytes.len() {
            at += self.some(&bytes[at..])?;
        }
        Ok(())
    }

    /// Writes as many of these bytes as the output takes now, at least one; how many that were.
    pub fn some(&mut self, bytes: &[u8]) -> Result<usize, Failure> {
        loop {
            match self.sink.write(bytes) {
                Ok(0) => return Err(not_written(&ErrorKind::WriteZero.into())),
                Ok(written) => return Ok(written),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(not_written(&error)),
            }
        }
    }
}

fn not_written(error: &io::Error) -> Failure {
    if error.kind() == ErrorKind::BrokenPipe {
        Failure::reader_gone()
    } else {
        Failure::usage(format!("Cannot write to standard output: {error}."))
    }
}

/// Standard output without a buffer: whoever writes knows best what belongs together.
#[cfg(unix)]
fn unbuffered() -> Box<dyn Write + Send> {
    match rustix::io::dup(rustix::stdio::stdout()) {
        Ok(output) => Box::new(Unbuffered(output.into())),
        Err(_) => Box::new(io::stdout()),
    }
}

#[cfg(not(unix))]
fn unbuffered() -> Box<dyn Write + Send> {
    Box::new(io::stdout())
}

/// An output that is written to directly.
#[cfg(unix)]
struct Unbuffered(std::fs::File);

#[cfg(unix)]
impl Write for Unbuffered {
    /// Waits until something can be written, then writes no more than can be written at once: so it is known how much that was,
    /// even if nothing more is ever read.
    #[cfg(target_os = "linux")]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        use rustix::event::{PollFd, PollFlags, poll};
        use rustix::io::{Errno, ReadWriteFlags, pwritev2};
        /// Where it stands, as pipes want it.
        const HERE: u64 = u64::MAX;
        loop {
            let slice = [io::IoSlice::new(bytes)];
            match pwritev2(&self.0, &slice, HERE, ReadWriteFlags::NOWAIT) {
                Ok(written) => return Ok(written),
                Err(Errno::AGAIN) => {
                    poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None)?;
                }
                Err(Errno::OPNOTSUPP | Errno::INVAL | Errno::SPIPE | Errno::NOSYS) => {
                    return self.0.write(bytes);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// By convention, `NO_COLOR` beats everything, and `CLICOLOR_FORCE` beats terminal detection.
fn wants_colour(terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
    if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return false;
    }
    set("CLICOLOR_FORCE") || (terminal && variable("TERM").as_deref() != Some("dumb"))
}

/// JSON text on one line with all characters escaped that could act on a terminal. Its value is unchanged: such
/// characters occur only inside JSON strings.
pub fn json_line(value: &serde_json::Value) -> String {
    escape_json(value.to_string())
}

/// As [`json_line`], for JSON that is already text; line breaks and tabs between its parts become spaces.
pub fn escape_json(json: impl Into<String>) -> String {
    let mut bytes = json.into().into_bytes();
    natsbridge_wire::escape_json(&mut bytes, 0);
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Prints an error.
pub fn error(message: &str) {
    say("error: ", message);
}

/// Prints a warning.
pub fn warning(message: &str) {
    say("warning: ", message);
}

/// Prints a note, only for people.
pub fn note(message: &str) {
    say("", message);
}

/// Messages lost of those wanted.
static LOST: Mutex<Option<(u64, u64)>> = Mutex::new(None);

/// Takes note of how many of the messages that were wanted were lost on the way: the last line of a verb that receives.
pub fn lost(lost: u64, wanted: u64) {
    *LOST.lock().unwrap_or_else(PoisonError::into_inner) = Some((lost, wanted));
}

/// Says so, once nothing else is to be said.
pub fn tell_lost() {
    let noted = LOST.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((lost, wanted)) = noted {
        note(&format!("lost {lost} of {wanted} messages"));
    }
}

/// Says it as the one or the other.
pub fn tell(severity: Severity, message: &str) {
    match severity {
        Severity::Note => note(message),
        Severity::Warning => warning(message),
        Severity::Error => error(message),
    }
}

/// Prints a question, and stays on its line.
pub fn prompt(question: &str) {
    let _ = io::stderr().write_all(SafeText::new(question).as_str().as_bytes());
}

/// Prints a status line that the next one overwrites; an empty text clears it.
pub fn status(line: &str) {
    let text = format!("\r{}\x1b[K", SafeText::new(line).as_str());
    let _ = io::stderr().write_all(text.as_bytes());
}

fn say(head: &str, message: &str) {
    let mut text = String::from(head);
    for line in message.lines() {
        text.push_str(SafeText::new(line).as_str());
        text.push('\n');
    }
    // Nobody is left to hear that standard error is closed.
    let _ = io::stderr().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn colour(terminal: bool, set: &[(&str, &str)]) -> bool {
        let set: HashMap<_, _> = set.iter().copied().collect();
        wants_colour(terminal, |name| set.get(name).map(ToString::to_string))
    }

    #[test]
    fn colour_follows_the_conventions() {
        assert!(colour(true, &[]));
        assert!(!colour(false, &[]));
        assert!(!colour(true, &[("TERM", "dumb")]));
        assert!(!colour(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(colour(false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!colour(false, &[("CLICOLOR_FORCE", "0")]));
    }
}
