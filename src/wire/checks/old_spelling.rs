//! `old-spelling`: a spelling from before the first release.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A spelling from before the first release",
    advice: "Spelling from before the first release; use brokerURL (v0.4) or broker_url, and metadata.",
    lines: Lines::NONE,
    effects: &[],
};
