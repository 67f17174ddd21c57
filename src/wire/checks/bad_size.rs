//! `bad-size`: a size that is no count of bytes.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A size that is no count of bytes",
    advice: "Send size as a non-negative integer.",
    lines: Lines::NONE,
    effects: &[],
};
