//! Durations and addresses formatted for display, beside the workbench's own figures. Plain text, no styles.

pub use natsbridge_app::{count, counted, size, span};

/// Whole seconds as people say them: `11 s`, `2 min 5 s`.
pub fn seconds(microseconds: u64) -> String {
    match microseconds / 1_000_000 {
        seconds @ 0..60 => format!("{seconds} s"),
        _ => span(microseconds),
    }
}
