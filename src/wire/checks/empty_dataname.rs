//! `empty-dataname`: a payload without a name.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A payload without a name",
    advice: "Name the payload, receivers look it up by name.",
    lines: Lines::NONE,
    effects: &[],
};
