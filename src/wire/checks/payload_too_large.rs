//! `payload-too-large`: a payload over the limit.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A payload over the limit",
    advice: "Send large payloads by link.",
    lines: Lines::NONE,
    effects: &[],
};
