//! `arrow-limit`: a table over the limits.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A table over the limits",
    advice: "The table claims more than the limits allow; send less, or raise the limit in the settings.",
    lines: Lines::NONE,
    effects: &[],
};
