//! `link-not-http`: a link that is no http or https URL.

use super::contract::{ALL, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A link that is no http or https URL",
    advice: "Links must be http or https.",
    lines: Lines::NONE,
    effects: &[effect(ALL, Reads::No, "")],
};
