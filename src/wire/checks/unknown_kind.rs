//! `unknown-kind`: a kind that no peer knows.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A kind that no peer knows",
    advice: "Use text, dictionary, table, image, audio, video or binary.",
    lines: Lines::NONE,
    effects: &[effect(OTHERS, Reads::No, "this kind is unknown there")],
};
