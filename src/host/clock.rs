//! Where this layer takes the time and random ids from, and nothing else does: options hand them on to whoever needs them.

use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

/// The time it is.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The time it is, in microseconds since the Unix epoch.
pub fn now_us() -> i64 {
    now().as_microsecond()
}

/// A point in time that deadlines are counted from.
pub fn instant() -> Instant {
    Instant::now()
}

/// An id that nobody can guess.
pub fn random_uuid() -> Uuid {
    Uuid::new_v4()
}
