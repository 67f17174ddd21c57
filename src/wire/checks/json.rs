//! The checks of a message as JSON text, before any field of it is looked at.
//! They are found where it is read.

use super::contract::{ALL, Check, JAVASCRIPT, Lines, MICROPYTHON, OTHERS, PYTHON, Reads, effect};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check {
        code: Code::NotAnEnvelope,
        title: "Not an envelope",
        advice: "Nothing to fix if the sender is not a NATSBridge peer.",
        lines: Lines::NONE,
        effects: &[effect(ALL, Reads::No, "it is not an envelope")],
    },
    Check {
        code: Code::EmptyMessage,
        title: "An empty message",
        advice: "Nothing to fix: a message may have no body.",
        lines: Lines::NONE,
        effects: &[effect(ALL, Reads::No, "it is not an envelope")],
    },
    Check {
        code: Code::MalformedJson,
        title: "Invalid or incomplete JSON",
        advice: "Send one complete JSON object; check that the message was not truncated on the way.",
        lines: Lines {
            julia: "JSON.json(envelope)",
            javascript: "JSON.stringify(envelope)",
            python: "json.dumps(envelope)",
        },
        effects: &[effect(ALL, Reads::No, "")],
    },
    Check {
        code: Code::NotUtf8,
        title: "JSON that is not UTF-8",
        advice: "Encode the envelope as UTF-8.",
        lines: Lines {
            julia: "codeunits(JSON.json(envelope))",
            javascript: "new TextEncoder().encode(JSON.stringify(envelope))",
            python: "json.dumps(envelope).encode(\"utf-8\")",
        },
        effects: &[effect(OTHERS, Reads::No, "text that is not UTF-8 is refused")],
    },
    Check {
        code: Code::ByteOrderMark,
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
    },
    Check {
        code: Code::JsonTooDeep,
        title: "JSON nested too deeply",
        advice: "Nest JSON less than 128 levels deep.",
        lines: Lines::NONE,
        effects: &[effect(ALL, Reads::No, "")],
    },
    Check {
        code: Code::NonFiniteNumber,
        title: "NaN or Infinity in JSON",
        advice: "NaN and Infinity are not JSON: send null or a string (in Python, json.dumps(allow_nan=False) finds them).",
        lines: Lines {
            julia: "isfinite(x) ? x : nothing",
            javascript: "Number.isFinite(x) ? x : null",
            python: "json.dumps(envelope, allow_nan=False)",
        },
        effects: &[
            effect(JAVASCRIPT, Reads::No, "JSON.parse refuses NaN and infinities"),
            effect(MICROPYTHON, Reads::No, "json refuses NaN and infinities"),
        ],
    },
    Check {
        code: Code::LoneSurrogate,
        title: "Half of a surrogate pair in a string",
        advice: "A \\ud800–\\udfff escape without its partner is not valid text: fix the string before \
             encoding it.",
        lines: Lines {
            julia: "isvalid(text) || error(\"not UTF-8\")",
            javascript: "text.toWellFormed()",
            python: "text.encode(\"utf-16\", \"surrogatepass\").decode(\"utf-16\", \"replace\")",
        },
        effects: &[effect(OTHERS, Reads::Partly, "the text cannot be encoded again")],
    },
    Check {
        code: Code::DuplicateKey,
        title: "A repeated key in an object",
        advice: "Write every key once; readers disagree on which one counts.",
        lines: Lines::NONE,
        effects: &[effect(
            OTHERS,
            Reads::Partly,
            "the last of the repeated keys counts",
        )],
    },
    Check {
        code: Code::BigInteger,
        title: "An integer beyond 2^53",
        advice: "Integers beyond 2^53 lose digits in JavaScript and elsewhere: send them as strings.",
        lines: Lines {
            julia: "string(id)",
            javascript: "id.toString()  // a BigInt",
            python: "str(id)",
        },
        effects: &[effect(
            JAVASCRIPT,
            Reads::Partly,
            "numbers are doubles, so integers beyond 2^53 lose digits",
        )],
    },
];
