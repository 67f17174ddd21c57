//! The checks of an envelope's own fields.

mod envelope;
mod times;

pub(super) use envelope::ROWS as ENVELOPE;
pub(super) use times::ROWS as TIMES;

pub use envelope::{check_broker_url, check_id};
pub use times::{check_clock, check_timestamp, zone_error_us};
