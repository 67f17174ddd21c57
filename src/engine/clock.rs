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
