//! `over-peer-limit`: more than the reader can take.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "More than the reader can take",
    advice: "Send less at once, or by link.",
    lines: Lines::NONE,
    effects: &[],
};
