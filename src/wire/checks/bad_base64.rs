//! `bad-base64`: not base64.

use super::contract::{ALL, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Not base64",
    advice: "Encode the payload as standard base64 with padding.",
    lines: Lines {
        julia: "base64encode(bytes)",
        javascript: "Buffer.from(bytes).toString(\"base64\")",
        python: "base64.b64encode(data).decode()",
    },
    effects: &[effect(ALL, Reads::No, "")],
};
