//! `broker-url-scheme`: a broker URL without a scheme.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A broker URL without a scheme",
    advice: "Write the scheme: nats://host:4222.",
    lines: Lines::NONE,
    effects: &[],
};
