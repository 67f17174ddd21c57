//! `lone-surrogate`: half of a surrogate pair in a string.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Half of a surrogate pair in a string",
    advice: "A \\ud800–\\udfff escape without its partner is not text: mend the string before encoding it.",
    lines: Lines {
        julia: "isvalid(text) || error(\"not UTF-8\")",
        javascript: "text.toWellFormed()",
        python: "text.encode(\"utf-16\", \"surrogatepass\").decode(\"utf-16\", \"replace\")",
    },
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "half of a surrogate pair is text that cannot be encoded again",
    )],
};
