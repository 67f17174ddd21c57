//! The threads that watch for outside events: signals, and the terminal watchdog. They see to it that the process ends in
//! time, whatever hangs: a screen that nobody draws, an output that nobody reads.
#![cfg(unix)]

use super::output::draw_unseen;
use super::restore::restore_and_exit;
use super::signal::{TerminalSignal, ends_our_stop};
use super::watchdog::wait_until_gone;
use natsbridge_engine::clock;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use std::io;
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// How long the last work may take after a signal: to flush, to drain, to print what has come.
const LAST_WORK: Duration = Duration::from_millis(4500);
/// The same once nobody can see it any more.
const LAST_WORK_UNSEEN: Duration = Duration::from_secs(1);
/// How often it is looked meanwhile whether the program has heard of it.
const LOOK: Duration = Duration::from_millis(200);

/// Starts the threads for a program that has the screen; they end with the process.
pub fn listen_on_screen(tell: Sender<TerminalSignal>) -> io::Result<()> {
    let watchdog_tells = tell.clone();
    let signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT])?;
    heed(signals, Program::Screen, tell)?;
    thread::Builder::new().name("watchdog".into()).spawn(move || {
        wait_until_gone();
        watchdog_tells.try_send(TerminalSignal::Gone).ok();
        end_after(LAST_WORK_UNSEEN, 128 + SIGHUP, || false);
    })?;
    Ok(())
}

/// Starts the thread of a verb; it ends with the process. A second signal is told like the first, a third ends the process.
pub fn listen(tell: Sender<TerminalSignal>) -> io::Result<()> {
    let hangup = heeds_hangup().then_some(SIGHUP);
    let signals = Signals::new([SIGINT, SIGTERM].into_iter().chain(hangup))?;
    heed(signals, Program::Verb, tell)
}

/// Who listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    /// It is told to end once, and need not wait for the terminal then.
    Screen,
    /// It is told twice, to leave its last work after the second time. What it writes is not thrown away.
    Verb,
}

/// Tells of signals; one more than the program is told of ends it at once.
fn heed(mut signals: Signals, program: Program, tell: Sender<TerminalSignal>) -> io::Result<()> {
    let told = if program == Program::Screen { 1 } else { 2 };
    let heed = move || {
        let mut left = told;
        for signal in signals.forever() {
            // A full queue means that nobody responds; the deadline handles that.
            let say = |word| tell.try_send(word).ok();
            match signal {
                SIGCONT if ends_our_stop() => {}
                SIGCONT => _ = say(TerminalSignal::Resumed),
                SIGTSTP => _ = say(TerminalSignal::Suspend),
                _ if left == 0 => restore_and_exit(128 + signal),
                _ => {
                    // The numbers that we listen for are small.
                    say(TerminalSignal::End(signal as u8));
                    if left == told {
                        let tell = tell.clone();
                        let hangs = move || tell.capacity() < tell.max_capacity();
                        end_after(LAST_WORK, 128 + signal, move || {
                            program == Program::Screen && hangs()
                        });
                    }
                    left -= 1;
                }
            }
        }
    };
    thread::Builder::new().name("signals".into()).spawn(heed)?;
    Ok(())
}

/// Ends the process by force unless it has ended in time; frees it where it hangs because the terminal takes nothing.
fn end_after(patience: Duration, code: i32, hangs: impl Fn() -> bool + Send + 'static) {
    thread::spawn(move || {
        let until = clock::instant() + patience;
        while clock::instant() < until {
            thread::sleep(LOOK);
            if hangs() {
                draw_unseen();
            }
        }
        restore_and_exit(code);
    });
}

/// Whether SIGHUP is meant for us: under `nohup` it is ignored, and handling it would undo that.
fn heeds_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 0)
}
