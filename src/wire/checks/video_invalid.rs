//! `video-invalid`: a film that cannot be read.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A film that cannot be read",
    advice: "The bytes are no film that can be read.",
    lines: Lines::NONE,
    effects: &[],
};
