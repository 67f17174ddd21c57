//! `foreign-kind`: a kind's word of another version.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A kind's word of another version",
    advice: "Write the dialect that the reader speaks: table and dictionary up to 0.4, arrowtable and jsontable from 0.5 on.",
    lines: Lines::NONE,
    effects: &[],
};
