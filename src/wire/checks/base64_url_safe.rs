//! `base64-url-safe`: Base64 in the URL-safe alphabet.

use super::contract::{BROWSER, Check, JULIA, Lines, MICROPYTHON, PYTHON, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Base64 in the URL-safe alphabet",
    advice: "Use the standard base64 alphabet (+ and /): Julia and Python silently read the URL-safe one as nothing.",
    lines: Lines {
        julia: "base64encode(bytes)",
        javascript: "Buffer.from(bytes).toString(\"base64\")  // not \"base64url\"",
        python: "base64.b64encode(data).decode()  # not urlsafe_b64encode",
    },
    effects: &[
        effect(
            JULIA,
            Reads::No,
            "base64decode turns the URL-safe alphabet silently into nothing",
        ),
        effect(
            PYTHON,
            Reads::No,
            "b64decode skips the URL-safe characters silently",
        ),
        effect(
            MICROPYTHON,
            Reads::No,
            "a2b_base64 skips the URL-safe characters silently",
        ),
        effect(BROWSER, Reads::No, "atob refuses the URL-safe alphabet"),
    ],
};
