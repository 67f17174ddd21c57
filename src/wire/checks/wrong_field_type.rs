//! `wrong-field-type`: a field of another JSON type than documented.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A field of another JSON type than documented",
    advice: "Send the JSON type that the dialect documents.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "a value of another type is expected",
    )],
};
