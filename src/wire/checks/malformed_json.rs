//! `malformed-json`: not one complete JSON object.

use super::contract::{ALL, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Not one complete JSON object",
    advice: "Send one complete JSON object; check that the message was not cut on its way.",
    lines: Lines {
        julia: "JSON.json(envelope)",
        javascript: "JSON.stringify(envelope)",
        python: "json.dumps(envelope)",
    },
    effects: &[effect(ALL, Reads::No, "")],
};
