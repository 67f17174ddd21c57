//! Secrets that a person types: asked for on the terminal, without showing them. From a pipe, its first line is one.

use crate::cli::exit::{Exit, Failure};
use crate::cli::output;
use natsbridge_engine::Secret;
use std::io::{self, BufRead, IsTerminal, Read};

/// The most bytes that a secret has.
const MOST: u64 = 1 << 16;

/// Asks for a secret, such as `Password`.
pub fn asked_secret(what: &str) -> Result<Secret, Failure> {
    let answer = if io::stdin().is_terminal() {
        typed(&format!("{what} (not shown): "))
    } else {
        let mut line = String::new();
        let read = io::stdin().lock().take(MOST).read_line(&mut line);
        read.map(|_| Some(line.trim_end_matches(['\r', '\n']).into()))
    };
    match answer {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => Err(Failure::new(Exit::Signal(2), "Nothing was changed.")),
        Err(error) => Err(Failure::usage(format!(
            "Cannot read the {}: {error}.",
            what.to_lowercase()
        ))),
    }
}

/// What is typed up to Enter; `None` after Ctrl+C.
#[cfg(unix)]
fn typed(question: &str) -> io::Result<Option<Secret>> {
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    /// The terminal as it was, whatever happens.
    struct Restored(Termios);
    impl Drop for Restored {
        fn drop(&mut self) {
            // A terminal that is gone needs no more.
            let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Flush, &self.0);
            output::note("");
        }
    }
    let before = Restored(tcgetattr(rustix::stdio::stdin())?);
    let mut hidden = before.0.clone();
    // Keys come one by one, Ctrl+C too: it must not end us while nothing is shown.
    hidden.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
    tcsetattr(rustix::stdio::stdin(), OptionalActions::Flush, &hidden)?;
    // Only now: nothing is shown that is typed for it.
    output::prompt(question);
    Ok(edited(
        io::stdin().lock().take(MOST).bytes().map_while(Result::ok),
    ))
}

/// Without a way to hide it, the line as the console reads it.
#[cfg(not(unix))]
fn typed(question: &str) -> io::Result<Option<Secret>> {
    output::prompt(question);
    let mut line = String::new();
    io::stdin().lock().take(MOST).read_line(&mut line)?;
    Ok(Some(line.trim_end_matches(['\r', '\n']).into()))
}

/// The text that these keys make: Backspace takes back, Ctrl+U all of it.
#[cfg(unix)]
fn edited(keys: impl Iterator<Item = u8>) -> Option<Secret> {
    let mut text = Vec::new();
    for key in keys {
        match key {
            b'\r' | b'\n' | 4 => break,
            3 => return None,
            8 | 127 => {
                // A character, whatever its bytes.
                while text.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {}
            }
            21 => text.clear(),
            byte => text.push(byte),
        }
    }
    Some(String::from_utf8_lossy(&text).into_owned().into())
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    #[test]
    #[cfg(unix)]
    fn keys_are_edited_as_a_terminal_does() {
        let text = |keys: &[u8]| edited(keys.iter().copied()).map(|secret| secret.expose().to_owned());
        assert_eq!(text(b"hush\rmore").as_deref(), Some("hush"));
        assert_eq!(text("hü\x7fush\n".as_bytes()).as_deref(), Some("hush"));
        assert_eq!(text(b"wrong\x15hush\r").as_deref(), Some("hush"));
        assert_eq!(text(b"hus\x03"), None);
    }
}
