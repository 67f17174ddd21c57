//! `link-unreachable`: a file server that cannot be reached.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A file server that cannot be reached",
    advice: "Check that the file server runs and that its address is one that receivers can reach.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "if the reader reaches it no better than we do, it gets nothing",
    )],
};
