//! `duplicate-key`: one key several times in an object.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "One key several times in an object",
    advice: "Write every key once; readers disagree on which one counts.",
    lines: Lines::NONE,
    effects: &[effect(OTHERS, Reads::Partly, "the last of the equal keys counts")],
};
