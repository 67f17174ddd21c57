//! The checks of base64: ways of writing it that some peer does not accept.
//! They are found where it is decoded.

use super::contract::{
    ALL, BROWSER, Check, JULIA, Lines, MICROPYTHON, OTHERS, PYTHON, PYTHONS, Reads, effect,
};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check {
        code: Code::Base64UrlSafe,
        title: "Base64 in the URL-safe alphabet",
        advice: "Use the standard base64 alphabet (+ and /): Julia and Python silently lose URL-safe base64.",
        lines: Lines {
            julia: "base64encode(bytes)",
            javascript: "Buffer.from(bytes).toString(\"base64\")  // not \"base64url\"",
            python: "base64.b64encode(data).decode()  # not urlsafe_b64encode",
        },
        effects: &[
            effect(
                JULIA,
                Reads::No,
                "base64decode silently turns URL-safe base64 into nothing",
            ),
            effect(
                PYTHON,
                Reads::No,
                "b64decode silently skips the URL-safe characters",
            ),
            effect(
                MICROPYTHON,
                Reads::No,
                "a2b_base64 silently skips the URL-safe characters",
            ),
            effect(BROWSER, Reads::No, "atob refuses the URL-safe alphabet"),
        ],
    },
    Check {
        code: Code::Base64Unpadded,
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
    },
    Check {
        code: Code::Base64Whitespace,
        title: "White space in base64",
        advice: "Strip the newline that the encoder appended (in MicroPython, binascii.b2a_base64(data).strip()).",
        lines: Lines {
            julia: "filter(!isspace, text)",
            javascript: "text.replace(/\\s/g, \"\")",
            python: "base64.b64encode(data).decode()  # not encodebytes",
        },
        effects: &[],
    },
    Check {
        code: Code::Base64DataUrl,
        title: "A data: URL where base64 belongs",
        advice: "Send only the part after the comma of the data: URL.",
        lines: Lines {
            julia: "last(split(url, ','))",
            javascript: "url.slice(url.indexOf(\",\") + 1)",
            python: "url.split(\",\", 1)[1]",
        },
        effects: &[effect(
            OTHERS,
            Reads::No,
            "the head of the data: URL is decoded as if it were part of the data",
        )],
    },
    Check {
        code: Code::Base64TrailingBits,
        title: "Stray bits at the end of the base64",
        advice: "The last base64 character has bits that belong to no byte; check the encoder.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::BadBase64,
        title: "Invalid base64",
        advice: "Encode the payload as standard base64 with padding.",
        lines: Lines {
            julia: "base64encode(bytes)",
            javascript: "Buffer.from(bytes).toString(\"base64\")",
            python: "base64.b64encode(data).decode()",
        },
        effects: &[effect(ALL, Reads::No, "")],
    },
];
