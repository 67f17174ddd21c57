//! `arrow-truncated`: Arrow data that ends early.

use super::contract::{Check, JULIA, Lines, NODE, PYTHON, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Arrow data that ends early",
    advice: "The Arrow data ends early: send all bytes of the stream.",
    lines: Lines {
        julia: "take!(io)  # after Arrow.write(io, table)",
        javascript: "await writer.finish()",
        python: "writer.close(); sink.getvalue()",
    },
    effects: &[
        effect(JULIA, Reads::No, "a cut stream is read as 0 rows, silently"),
        effect(PYTHON, Reads::No, "pyarrow refuses a cut stream"),
        effect(NODE, Reads::No, "rows are missing, or apache-arrow fails"),
    ],
};
