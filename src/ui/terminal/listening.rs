//! The two threads that watch for outside events: signals, and the terminal watchdog.
#![cfg(unix)]

use super::restore::restore_and_exit;
use super::signal::{TerminalSignal, ends_our_stop};
use super::watchdog::wait_until_gone;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use std::io;
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// How long the loop may take to flush, drain and leave after it was told to quit.
const LAST_WORK: Duration = Duration::from_secs(5);
/// The same once nobody can see it any more.
const LAST_WORK_UNSEEN: Duration = Duration::from_secs(1);

/// Starts both; they end with the process.
pub fn listen(tell: Sender<TerminalSignal>) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT])?;
    let watchdog_tells = tell.clone();
    thread::Builder::new().name("signals".into()).spawn(move || {
        let mut told_to_end = false;
        for signal in signals.forever() {
            // A full queue means that the loop does not respond; the deadline handles that.
            let tell = |word| tell.try_send(word).ok();
            match signal {
                SIGCONT if ends_our_stop() => {}
                SIGCONT => _ = tell(TerminalSignal::Resumed),
                SIGTSTP => _ = tell(TerminalSignal::Suspend),
                _ if told_to_end => restore_and_exit(128 + signal),
                _ => {
                    told_to_end = true;
                    // The numbers that we listen for are small.
                    tell(TerminalSignal::End(signal as u8));
                    end_after(LAST_WORK, 128 + signal);
                }
            }
        }
    })?;
    thread::Builder::new().name("watchdog".into()).spawn(move || {
        wait_until_gone();
        watchdog_tells.try_send(TerminalSignal::Gone).ok();
        end_after(LAST_WORK_UNSEEN, 128 + SIGHUP);
    })?;
    Ok(())
}

/// Ends the process by force unless it has ended in time.
fn end_after(patience: Duration, code: i32) {
    thread::spawn(move || {
        thread::sleep(patience);
        restore_and_exit(code);
    });
}
