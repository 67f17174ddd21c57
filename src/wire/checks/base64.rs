//! The checks of base64: ways of writing it that some peer does not accept.
//! They are found where it is decoded.

use super::contract::{ALL, BROWSER, Check, JULIA, MICROPYTHON, OTHERS, PYTHON, PYTHONS, no};
use crate::findings::Code;

pub(super) const ROWS: &[Check] = &[
    Check::new(
        Code::Base64UrlSafe,
        "Base64 in the URL-safe alphabet",
        "Use the standard base64 alphabet (+ and /): Julia and Python silently lose URL-safe base64.",
    )
    .lines(
        "base64encode(bytes)",
        "Buffer.from(bytes).toString(\"base64\")  // not \"base64url\"",
        "base64.b64encode(data).decode()  # not urlsafe_b64encode",
    )
    .affects(&[
        no(JULIA, "base64decode silently turns URL-safe base64 into nothing"),
        no(PYTHON, "b64decode silently skips the URL-safe characters"),
        no(MICROPYTHON, "a2b_base64 silently skips the URL-safe characters"),
        no(BROWSER, "atob refuses the URL-safe alphabet"),
    ]),
    Check::new(
        Code::Base64Unpadded,
        "Base64 without its padding",
        "Pad base64 with =: Julia and Python refuse it otherwise.",
    )
    .lines(
        "rpad(text, 4cld(length(text), 4), '=')",
        "text.padEnd(Math.ceil(text.length / 4) * 4, \"=\")",
        "text + \"=\" * (-len(text) % 4)",
    )
    .affects(&[
        no(JULIA, "base64decode refuses missing padding"),
        no(PYTHONS, "missing padding is refused: incorrect padding"),
    ]),
    Check::new(
        Code::Base64Whitespace,
        "White space in base64",
        "Strip the newline that the encoder appended (in MicroPython, binascii.b2a_base64(data).strip()).",
    )
    .lines(
        "filter(!isspace, text)",
        "text.replace(/\\s/g, \"\")",
        "base64.b64encode(data).decode()  # not encodebytes",
    ),
    Check::new(
        Code::Base64DataUrl,
        "A data: URL where base64 belongs",
        "Send only the part after the comma of the data: URL.",
    )
    .lines(
        "last(split(url, ','))",
        "url.slice(url.indexOf(\",\") + 1)",
        "url.split(\",\", 1)[1]",
    )
    .affects(&[no(
        OTHERS,
        "the head of the data: URL is decoded as if it were part of the data",
    )]),
    Check::new(
        Code::Base64TrailingBits,
        "Stray bits at the end of the base64",
        "The last base64 character has bits that belong to no byte; check the encoder.",
    ),
    Check::new(
        Code::BadBase64,
        "Invalid base64",
        "Encode the payload as standard base64 with padding.",
    )
    .lines(
        "base64encode(bytes)",
        "Buffer.from(bytes).toString(\"base64\")",
        "base64.b64encode(data).decode()",
    )
    .affects(&[no(ALL, "")]),
];
