//! `link-too-large`: a file over the limit.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A file over the limit",
    advice: "Fetch it with a higher limit: listen --fetch-limit, or link_bytes under [limits] in the settings.",
    lines: Lines::NONE,
    effects: &[],
};
