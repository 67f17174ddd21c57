//! `missing-data`: a payload without data.

use super::contract::{ALL, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A payload without data",
    advice: "Send the payload's data: base64 text for direct, a URL for link.",
    lines: Lines::NONE,
    effects: &[effect(ALL, Reads::No, "")],
};
