//! `transport-disagrees`: transport and data differ.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "transport and data differ",
    advice: "A URL travels with transport link, base64 text with transport direct.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::No,
        "it goes by the transport, which is not what data is",
    )],
};
