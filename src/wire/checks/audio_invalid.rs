//! `audio-invalid`: a sound that cannot be read.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A sound that cannot be read",
    advice: "The bytes are no sound that can be read.",
    lines: Lines::NONE,
    effects: &[],
};
