//! `more-findings`: more findings than are listed.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "More findings than are listed",
    advice: "Mend the first ones, then look again.",
    lines: Lines::NONE,
    effects: &[],
};
