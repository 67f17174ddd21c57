//! Detects that the terminal is gone. The event reader cannot be trusted with that: on a dead terminal it spins and
//! never returns.
#![cfg(unix)]

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{getpgrp, getppid};
use rustix::stdio::stdin;
use rustix::termios::tcgetpgrp;
use std::thread;
use std::time::Duration;

/// How often it looks.
const INTERVAL: Duration = Duration::from_millis(500);

/// Returns once the terminal has hung up, or once our parent is gone and we are in the background.
pub fn wait_until_gone() {
    let parent = getppid();
    loop {
        // Polling for nothing still reports hang-up and error.
        let mut input = [PollFd::from_borrowed_fd(stdin(), PollFlags::empty())];
        let interval = Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(INTERVAL.subsec_nanos()),
        };
        match poll(&mut input, Some(&interval)) {
            Ok(0) => {}
            Ok(_)
                if input[0]
                    .revents()
                    .intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) =>
            {
                return;
            }
            // Interrupted, or a system that cannot poll terminals: the other sign decides.
            Ok(_) | Err(_) => thread::sleep(INTERVAL),
        }
        let orphaned = getppid() != parent;
        let in_background = || tcgetpgrp(stdin()).map_or(true, |foreground| foreground != getpgrp());
        if orphaned && in_background() {
            return;
        }
    }
}
