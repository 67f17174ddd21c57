//! Standard output (data only, flushed line by line) and standard error (messages for people, cleaned).

use crate::cli::exit::Failure;
use natsbridge_wire::{SafeText, Severity};
use std::fmt::Write as _;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Where data goes.
pub struct Out {
    sink: Box<dyn Write>,
    terminal: bool,
    colour: bool,
}

impl Out {
    /// Standard output.
    pub fn stdout() -> Self {
        let terminal = io::stdout().is_terminal();
        Self {
            sink: Box::new(io::stdout()),
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

    /// Writes one line and flushes it.
    pub fn line(&mut self, line: &str) -> Result<(), Failure> {
        let mut bytes = Vec::with_capacity(line.len() + 1);
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
        self.bytes(&bytes)
    }

    /// Writes bytes as they are and flushes them.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.sink
            .write_all(bytes)
            .and_then(|()| self.sink.flush())
            .map_err(|error| {
                if error.kind() == ErrorKind::BrokenPipe {
                    Failure::reader_gone()
                } else {
                    Failure::usage(format!("Cannot write to standard output: {error}."))
                }
            })
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
    escape_json(&value.to_string())
}

/// As [`json_line`], for JSON that is already text; line breaks and tabs between its parts become spaces.
pub fn escape_json(json: &str) -> String {
    if json.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return json.to_owned();
    }
    let mut line = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if matches!(c, '\n' | '\r' | '\t') {
            // Never within a string, where they have to be escaped.
            line.push(' ');
        } else if acts_on_terminal(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing into a String cannot fail.
                let _ = write!(line, "\\u{unit:04x}");
            }
        } else {
            line.push(c);
        }
    }
    line
}

fn acts_on_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
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

/// Says it as the one or the other.
pub fn tell(severity: Severity, message: &str) {
    match severity {
        Severity::Note => note(message),
        Severity::Warning => warning(message),
        Severity::Error => error(message),
    }
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
    use serde_json::json;
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

    #[test]
    fn json_lines_carry_no_character_that_acts_on_a_terminal() {
        let value = json!({"a": "\u{1b}]0;x\u{7}\u{9b}31m\u{7f}\u{202e}\u{feff}\u{e0041} ä 日本"});
        let line = json_line(&value);
        assert!(line.chars().all(|c| !acts_on_terminal(c)), "{line}");
        assert!(line.contains("ä 日本"), "harmless text stays readable");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), value);
        assert_eq!(escape_json("{\n\t\"a\": 1\r\n}"), "{  \"a\": 1  }");
    }
}
