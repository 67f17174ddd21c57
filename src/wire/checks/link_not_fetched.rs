//! `link-not-fetched`: a link that nobody fetched yet.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A link that nobody fetched yet",
    advice: "The link is fetched when you ask for it.",
    lines: Lines::NONE,
    effects: &[],
};
