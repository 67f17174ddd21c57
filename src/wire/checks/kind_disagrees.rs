//! `kind-disagrees`: type and payload_type differ.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "type and payload_type differ",
    advice: "type and payload_type name different kinds; make them agree.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "which of the two kinds counts depends on the version",
    )],
};
