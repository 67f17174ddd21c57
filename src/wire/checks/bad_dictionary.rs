//! `bad-dictionary`: a dictionary that is no JSON.

use super::contract::{Check, Lines, MICROPYTHON, Reads, STRICT, effect};

pub(super) const CHECK: Check = Check {
    title: "A dictionary that is no JSON",
    advice: "Send valid JSON in a dictionary payload.",
    lines: Lines {
        julia: "JSON.json(dictionary)",
        javascript: "JSON.stringify(dictionary)",
        python: "json.dumps(dictionary, allow_nan=False)",
    },
    effects: &[
        effect(STRICT, Reads::No, ""),
        effect(
            MICROPYTHON,
            Reads::Partly,
            "json takes some text that is no JSON, and guesses",
        ),
    ],
};
