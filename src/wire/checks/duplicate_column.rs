//! `duplicate-column`: one name for several columns.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "One name for several columns",
    advice: "Readers that key columns by name show only one of them.",
    lines: Lines::NONE,
    effects: &[],
};
