//! `base64-data-url`: a data: URL where base64 belongs.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A data: URL where base64 belongs",
    advice: "Send only what follows the comma of the data: URL.",
    lines: Lines {
        julia: "last(split(url, ','))",
        javascript: "url.slice(url.indexOf(\",\") + 1)",
        python: "url.split(\",\", 1)[1]",
    },
    effects: &[effect(
        OTHERS,
        Reads::No,
        "the head of the data: URL is decoded as if it were data",
    )],
};
