//! `byte-order-mark`: a byte order mark before the JSON.

use super::contract::{Check, JAVASCRIPT, Lines, MICROPYTHON, PYTHON, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A byte order mark before the JSON",
    advice: "Write UTF-8 without a byte order mark; strict JSON readers refuse it.",
    lines: Lines {
        julia: "lstrip(text, '\\ufeff')",
        javascript: "text.replace(/^\\uFEFF/, \"\")",
        python: "text.encode(\"utf-8\")  # not \"utf-8-sig\"",
    },
    effects: &[
        effect(JAVASCRIPT, Reads::No, "JSON.parse refuses a byte order mark"),
        effect(MICROPYTHON, Reads::No, "json refuses a byte order mark"),
        effect(
            PYTHON,
            Reads::Partly,
            "json takes a byte order mark in bytes and refuses it in a str",
        ),
    ],
};
