//! `base64-trailing-bits`: Base64 whose last bits belong to no byte.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "Base64 whose last bits belong to no byte",
    advice: "The last base64 character carries bits that belong to no byte; check the encoder.",
    lines: Lines::NONE,
    effects: &[],
};
