//! `arrow-invalid`: broken Arrow data.

use super::contract::{ARROW, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Broken Arrow data",
    advice: "The bytes break the Arrow format: write them with a maintained Arrow library.",
    lines: Lines::NONE,
    effects: &[effect(ARROW, Reads::No, "")],
};
