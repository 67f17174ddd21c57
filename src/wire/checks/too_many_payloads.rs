//! `too-many-payloads`: more payloads than the limit.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "More payloads than the limit",
    advice: "Send fewer payloads per envelope.",
    lines: Lines::NONE,
    effects: &[],
};
