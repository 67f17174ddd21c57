//! `unknown-encoding`: an encoding that no peer knows.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "An encoding that no peer knows",
    advice: "Use base64 for direct payloads and none for links.",
    lines: Lines::NONE,
    effects: &[],
};
