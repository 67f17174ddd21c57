//! `unknown-field`: a field that no dialect knows.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A field that no dialect knows",
    advice: "Kept and shown; other peers ignore it.",
    lines: Lines::NONE,
    effects: &[],
};
