//! `base64-whitespace`: white space in base64.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "White space in base64",
    advice: "Strip the newline that the encoder appended (in MicroPython, binascii.b2a_base64(data).strip()).",
    lines: Lines {
        julia: "filter(!isspace, text)",
        javascript: "text.replace(/\\s/g, \"\")",
        python: "base64.b64encode(data).decode()  # not encodebytes",
    },
    effects: &[],
};
