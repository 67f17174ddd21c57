//! `base64-unpadded`: Base64 without its padding.

use super::contract::{Check, JULIA, Lines, PYTHONS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Base64 without its padding",
    advice: "Pad base64 with =: Julia and Python refuse it otherwise.",
    lines: Lines {
        julia: "rpad(text, 4cld(length(text), 4), '=')",
        javascript: "text.padEnd(Math.ceil(text.length / 4) * 4, \"=\")",
        python: "text + \"=\" * (-len(text) % 4)",
    },
    effects: &[
        effect(JULIA, Reads::No, "base64decode refuses missing padding"),
        effect(
            PYTHONS,
            Reads::No,
            "missing padding is refused: incorrect padding",
        ),
    ],
};
