//! `missing-field`: a field of the dialect is not there.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A field of the dialect is not there",
    advice: "Send every field of the dialect; validating peers refuse envelopes without it.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "a peer that validates refuses the envelope",
    )],
};
