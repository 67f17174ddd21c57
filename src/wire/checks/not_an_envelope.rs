//! `not-an-envelope`: not an envelope.

use super::contract::{ALL, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Not an envelope",
    advice: "Nothing to mend if the sender is not a NATSBridge peer.",
    lines: Lines::NONE,
    effects: &[effect(ALL, Reads::No, "it is no envelope")],
};
