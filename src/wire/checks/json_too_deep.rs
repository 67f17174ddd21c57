//! `json-too-deep`: JSON nested too deeply.

use super::contract::{ALL, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "JSON nested too deeply",
    advice: "Nest JSON fewer than 128 levels deep.",
    lines: Lines::NONE,
    effects: &[effect(ALL, Reads::No, "")],
};
