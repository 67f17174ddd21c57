//! `size-mismatch`: a size that is not the data's.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A size that is not the data's",
    advice: "Set size to the byte count before base64.",
    lines: Lines {
        julia: "sizeof(bytes)",
        javascript: "bytes.byteLength",
        python: "len(data)  # before base64",
    },
    effects: &[],
};
