//! `mixed-dialects`: keys of several dialects.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "Keys of several dialects",
    advice: "Keys of several dialects stand side by side; every peer finds its own.",
    lines: Lines::NONE,
    effects: &[],
};
