//! `encoding-disagrees`: encoding and data differ.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "encoding and data differ",
    advice: "Direct payloads are base64 whatever encoding says; write base64.",
    lines: Lines::NONE,
    effects: &[],
};
