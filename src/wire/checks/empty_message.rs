//! `empty-message`: no body.

use super::contract::{ALL, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "No body",
    advice: "Nothing to mend: a message may have no body.",
    lines: Lines::NONE,
    effects: &[effect(ALL, Reads::No, "it is no envelope")],
};
