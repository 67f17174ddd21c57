//! `text-not-utf8`: text that is no UTF-8.

use super::contract::{Check, JAVASCRIPT, JULIA, Lines, PYTHONS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Text that is no UTF-8",
    advice: "Encode text as UTF-8, or send it as binary.",
    lines: Lines {
        julia: "codeunits(text)",
        javascript: "new TextEncoder().encode(text)",
        python: "text.encode(\"utf-8\")",
    },
    effects: &[
        effect(PYTHONS, Reads::No, "decode() refuses bytes that are no UTF-8"),
        effect(JULIA, Reads::Partly, "the invalid bytes are kept in the String"),
        effect(JAVASCRIPT, Reads::Partly, "the invalid bytes become U+FFFD"),
    ],
};
