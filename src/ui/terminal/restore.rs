//! Entering and restoring the terminal: the one place that does it, callable from any thread, effective once per
//! entry.

use super::output::{Output, draw_unseen};
use crossterm::{Command, cursor, event, terminal};
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

/// What of the terminal is ours.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Taken {
    #[default]
    Nothing,
    /// Its keys, as they are pressed.
    Keys,
    /// The screen, too.
    Screen,
}

/// What is ours. Held while it is taken or given back: whoever wants to end the process waits for that, or the terminal
/// would be left half restored.
static TAKEN: Mutex<Taken> = Mutex::new(Taken::Nothing);

/// How long a forced exit waits for the terminal to be restored.
const LAST_WAIT: Duration = Duration::from_secs(1);

fn taken() -> MutexGuard<'static, Taken> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes only the keys; lines end with carriage returns from here on.
pub fn take_keys() -> io::Result<()> {
    let mut taken = taken();
    terminal::enable_raw_mode()?;
    *taken = Taken::Keys;
    Ok(())
}

/// Takes the terminal: raw mode, alternate screen, bracketed paste, focus reports, and the mouse if wanted.
pub fn take(mouse: bool) -> io::Result<()> {
    let mut taken = taken();
    terminal::enable_raw_mode()?;
    // From here on the terminal must be restored, even if the next write fails half-way.
    *taken = Taken::Screen;
    enter_modes(mouse).inspect_err(|_| give_back(&mut taken))
}

/// Gives the terminal back if it is ours.
pub fn restore() {
    give_back(&mut taken());
}

/// The line settings first: a terminal that takes no bytes must not keep us from that. One that is gone refuses both; nothing
/// is left to restore then.
fn give_back(taken: &mut Taken) {
    let taken = std::mem::take(taken);
    if taken != Taken::Nothing {
        let _ = terminal::disable_raw_mode();
    }
    if taken == Taken::Screen {
        let _ = Output::open().and_then(|mut terminal| terminal.write_last(bytes().as_bytes()));
    }
}

/// Restores the terminal and ends the process, even if the screen's thread hangs.
pub fn restore_and_exit(code: i32) -> ! {
    draw_unseen();
    let (done, waits) = mpsc::channel();
    std::thread::spawn(move || {
        restore();
        // The receiver waits at most its time.
        let _ = done.send(());
    });
    // Exits either way.
    let _ = waits.recv_timeout(LAST_WAIT);
    exit(code)
}

/// Ends the process without a last word to standard output, which may be stuck.
#[cfg(unix)]
fn exit(code: i32) -> ! {
    signal_hook::low_level::exit(code)
}

#[cfg(not(unix))]
fn exit(code: i32) -> ! {
    std::process::exit(code)
}

/// The sequences that undo what entering did, in reverse order.
fn bytes() -> String {
    // First the end of whatever was cut short: of a picture, or of a text for the clipboard.
    let mut bytes = String::from("\x1b\\");
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
    Output::open()?.write_all(bytes.as_bytes())
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
        let giving = taken();
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
