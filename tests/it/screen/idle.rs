//! A workbench that has nothing to do does nothing: no clock, no thread and no connection keeps a processor busy.

use crate::support::pty::Screen;
use crate::support::servers::nats_server;
use std::time::{Duration, Instant};

#[test]
fn idle_is_idle() {
    let Some(server) = nats_server() else { return };
    let mut screen = Screen::start(&["watch", "-s", &server.url()]);
    screen.wait_for("● nats://");
    screen.settle();
    let (before, drawn, started) = (screen.cpu_time(), screen.bytes.len(), Instant::now());
    while started.elapsed() < Duration::from_secs(5) {
        screen.take_in();
    }
    let (spent, drawn) = (
        screen.cpu_time().checked_sub(before).unwrap(),
        screen.bytes.len() - drawn,
    );
    eprintln!("in 5 s of nothing: {spent:?} of a processor, {drawn} bytes drawn");
    // A loop that spins takes all of the time; ages and rates that are shown may change.
    assert!(spent < Duration::from_secs(1), "{spent:?}");
    screen.type_keys("q");
    assert_eq!(screen.code(), 0);
}
