//! `link-size-mismatch`: a file of another size than declared.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A file of another size than declared",
    advice: "Set size to the byte count of the file that was uploaded.",
    lines: Lines {
        julia: "filesize(path)",
        javascript: "(await stat(path)).size",
        python: "os.path.getsize(path)",
    },
    effects: &[],
};
