//! `non-finite-number`: NaN or Infinity in JSON.

use super::contract::{Check, JAVASCRIPT, Lines, MICROPYTHON, Reads, effect};

pub(super) const CHECK: Check = Check {
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
};
