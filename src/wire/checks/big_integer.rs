//! `big-integer`: an integer beyond 2^53.

use super::contract::{Check, JAVASCRIPT, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "An integer beyond 2^53",
    advice: "Integers beyond 2^53 lose digits in JavaScript and others: send them as strings.",
    lines: Lines {
        julia: "string(id)",
        javascript: "id.toString()  // a BigInt",
        python: "str(id)",
    },
    effects: &[effect(
        JAVASCRIPT,
        Reads::Partly,
        "numbers are doubles: integers beyond 2^53 lose digits",
    )],
};
