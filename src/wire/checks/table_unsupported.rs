//! `table-unsupported`: a table for a reader without Arrow.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A table for a reader without Arrow",
    advice: "Send rows as jsontable (dictionary up to 0.4) to readers without Arrow.",
    lines: Lines::NONE,
    effects: &[],
};
