//! `oversize-direct`: a large payload inside the envelope.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A large payload inside the envelope",
    advice: "Send payloads of 1 MB and more by link: direct ones grow by a third and fill the brokers' buffers.",
    lines: Lines::NONE,
    effects: &[],
};
