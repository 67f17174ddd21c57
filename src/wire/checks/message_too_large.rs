//! `message-too-large`: a message over the limit.

use super::contract::{ALL, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A message over the limit",
    advice: "Send large payloads by link.",
    lines: Lines::NONE,
    effects: &[effect(ALL, Reads::No, "")],
};
