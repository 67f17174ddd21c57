//! `kind-mismatch`: Bytes of another kind than declared.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Bytes of another kind than declared",
    advice: "Declare the kind that the bytes are.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "it gets bytes of another kind than it was told",
    )],
};
