//! The one place that asks the machine for the time and for random ids. Whatever can be handed a time or an id is handed
//! it; the ends of the program ask here.

use jiff::Timestamp;
use std::time::Instant;
use uuid::Uuid;

/// The time it is.
#[expect(clippy::disallowed_methods, reason = "the one place that asks")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The time it is, in microseconds since the Unix epoch.
pub fn now_us() -> i64 {
    now().as_microsecond()
}

/// The time by both clocks of the machine, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Since the Unix epoch, by the clock that people set.
    pub wall_us: i64,
    /// By a clock that nobody sets: it goes on evenly, also while this program is stopped or the machine sleeps.
    pub steady_us: i64,
}

/// Both clocks, read at the same moment.
pub fn reading() -> Reading {
    /// Whoever is kept from running between two looks looks again.
    const TRIES: u32 = 5;
    let mut tries = 0;
    loop {
        let before = steady_us();
        let wall_us = now_us();
        let steady_us = steady_us();
        tries += 1;
        if steady_us - before < 1000 || tries == TRIES {
            return Reading { wall_us, steady_us };
        }
    }
}

/// Microseconds since some moment, by a clock that nobody sets.
#[cfg(target_os = "linux")]
pub fn steady_us() -> i64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    time.tv_sec * 1_000_000 + time.tv_nsec / 1000
}

/// Microseconds since some moment, by a clock that nobody sets; whether it goes on while the machine sleeps is up to the system.
#[cfg(not(target_os = "linux"))]
pub fn steady_us() -> i64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    i64::try_from(START.get_or_init(instant).elapsed().as_micros()).unwrap_or(i64::MAX)
}

/// A point in time from which deadlines and durations are counted.
#[expect(clippy::disallowed_methods, reason = "the one place that asks")]
pub fn instant() -> Instant {
    Instant::now()
}

/// A random id (UUIDv4), which nobody can guess.
#[expect(clippy::disallowed_methods, reason = "the one place that asks")]
pub fn random_uuid() -> Uuid {
    Uuid::new_v4()
}
