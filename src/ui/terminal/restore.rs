//! Entering and restoring the terminal: the one place that does it, callable from any thread, effective once per
//! entry.

use crossterm::{Command, cursor, event, terminal};
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

/// Whether we own the screen. Held while it is entered or restored: whoever wants to end the process waits for that,
/// or the terminal would be left half restored.
static ENTERED: Mutex<bool> = Mutex::new(false);

/// How long a forced exit waits for a terminal that accepts no bytes.
const STUCK_TERMINAL: Duration = Duration::from_millis(300);

fn entered() -> MutexGuard<'static, bool> {
    ENTERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the terminal: raw mode, alternate screen, bracketed paste, focus reports, and the mouse if wanted.
pub fn take(mouse: bool) -> io::Result<()> {
    let mut entered = entered();
    terminal::enable_raw_mode()?;
    // From here on the terminal must be restored, even if the next write fails half-way.
    *entered = true;
    enter_modes(mouse).inspect_err(|_| give_back(&mut entered))
}

/// Gives the terminal back if it is ours.
pub fn restore() {
    give_back(&mut entered());
}

fn give_back(entered: &mut bool) {
    if std::mem::take(entered) {
        // A terminal that is gone refuses both; nothing is left to restore then.
        let _ = write_past_the_lock(bytes().as_bytes());
        let _ = terminal::disable_raw_mode();
    }
}

/// Restores the terminal and ends the process, even if the screen's thread hangs.
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

/// The screen's thread may hold the lock of standard output while it hangs in a write, so bypass it.
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
fn enter_modes(mouse: bool) -> io::Result<()> {
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
    fn who_restores_waits_until_it_is_restored() {
        let giving = entered();
        let (done, waits) = mpsc::channel();
        std::thread::spawn(move || {
            restore();
            done.send(()).unwrap();
        });
        assert!(waits.recv_timeout(Duration::from_millis(50)).is_err());
        drop(giving);
        waits.recv().unwrap();
    }
}
