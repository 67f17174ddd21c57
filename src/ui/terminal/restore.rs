//! Giving the terminal back: the one place that does it, callable from any thread, effective once per entering.

use crossterm::{Command, cursor, event, terminal};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// Whether the screen is ours at the moment.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// How long a forced end waits for a terminal that takes no bytes.
const STUCK_TERMINAL: Duration = Duration::from_millis(300);

/// Notes that the screen is ours and has to be given back.
pub fn entered() {
    ENTERED.store(true, Ordering::SeqCst);
}

/// Gives the terminal back if it is ours; whether it was.
pub fn restore() -> bool {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return false;
    }
    // A terminal that is gone refuses both; there is nothing left to give back then.
    let _ = write_past_the_lock(bytes().as_bytes());
    let _ = terminal::disable_raw_mode();
    true
}

/// Gives the terminal back and ends the process, even where the screen's thread hangs.
pub fn restore_and_exit(code: i32) -> ! {
    let (done, waits) = mpsc::channel();
    std::thread::spawn(move || {
        restore();
        // The receiver waits at most its time.
        let _ = done.send(());
    });
    // Exits either way.
    let _ = waits.recv_timeout(STUCK_TERMINAL);
    std::process::exit(code)
}

/// The sequences that undo what entering did, in reverse order.
fn bytes() -> String {
    let mut bytes = String::new();
    ansi(&mut bytes, event::DisableFocusChange);
    ansi(&mut bytes, event::DisableBracketedPaste);
    ansi(&mut bytes, event::DisableMouseCapture);
    ansi(&mut bytes, terminal::LeaveAlternateScreen);
    ansi(&mut bytes, cursor::Show);
    bytes
}

fn ansi(bytes: &mut String, command: impl Command) {
    // Writing into a String cannot fail.
    let _ = command.write_ansi(bytes);
}

/// The screen's thread may hold the lock of standard output while it hangs in a write: go around it.
#[cfg(unix)]
fn write_past_the_lock(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(rustix::stdio::stdout(), bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn write_past_the_lock(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(bytes)?;
    out.flush()
}

/// Writes what entering needs, modes first.
pub fn enter_modes(mouse: bool) -> io::Result<()> {
    let mut bytes = String::new();
    ansi(&mut bytes, terminal::EnterAlternateScreen);
    if mouse {
        ansi(&mut bytes, event::EnableMouseCapture);
    }
    ansi(&mut bytes, event::EnableBracketedPaste);
    ansi(&mut bytes, event::EnableFocusChange);
    ansi(&mut bytes, cursor::Hide);
    let mut out = io::stdout();
    out.write_all(bytes.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_is_taken_back() {
        let bytes = bytes();
        for mode in [
            "\x1b[?1049l",
            "\x1b[?1000l",
            "\x1b[?1006l",
            "\x1b[?2004l",
            "\x1b[?1004l",
            "\x1b[?25h",
        ] {
            assert!(bytes.contains(mode), "{mode:?} is missing");
        }
    }

    #[test]
    fn nothing_is_given_back_that_was_not_taken() {
        assert!(!restore());
    }
}
