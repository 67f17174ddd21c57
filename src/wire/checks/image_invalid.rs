//! `image-invalid`: a picture that cannot be opened.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A picture that cannot be opened",
    advice: "The bytes are no picture that can be opened.",
    lines: Lines::NONE,
    effects: &[],
};
