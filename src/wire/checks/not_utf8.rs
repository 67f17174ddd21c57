//! `not-utf8`: JSON in another encoding than UTF-8.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "JSON in another encoding than UTF-8",
    advice: "Encode the envelope as UTF-8.",
    lines: Lines {
        julia: "codeunits(JSON.json(envelope))",
        javascript: "new TextEncoder().encode(JSON.stringify(envelope))",
        python: "json.dumps(envelope).encode(\"utf-8\")",
    },
    effects: &[effect(OTHERS, Reads::No, "text that is no UTF-8 is refused")],
};
