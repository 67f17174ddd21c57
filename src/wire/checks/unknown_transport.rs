//! `unknown-transport`: a transport that no peer knows.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A transport that no peer knows",
    advice: "Use direct or link.",
    lines: Lines::NONE,
    effects: &[effect(OTHERS, Reads::No, "this transport is unknown there")],
};
