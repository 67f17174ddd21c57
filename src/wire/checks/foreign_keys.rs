//! `foreign-keys`: keys in the other spelling.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "Keys in the other spelling",
    advice: "Write the dialect that the reader speaks, or universal, which has every spelling.",
    lines: Lines::NONE,
    effects: &[],
};
