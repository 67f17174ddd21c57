//! `arrow-no-end-mark`: an Arrow stream without its end mark.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "An Arrow stream without its end mark",
    advice: "Close the stream writer so that the end mark is written.",
    lines: Lines {
        julia: "close(writer)",
        javascript: "writer.finish()",
        python: "writer.close()",
    },
    effects: &[],
};
