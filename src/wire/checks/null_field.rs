//! `null-field`: null instead of a text.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "null instead of a text",
    advice: "Send \"\" instead of null.",
    lines: Lines {
        julia: "something(reply_to, \"\")",
        javascript: "replyTo ?? \"\"",
        python: "reply_to or \"\"",
    },
    effects: &[],
};
