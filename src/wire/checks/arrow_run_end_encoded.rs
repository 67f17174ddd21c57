//! `arrow-run-end-encoded`: run-end encoding.

use super::contract::{Check, JULIA, Lines, NODE, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Run-end encoding",
    advice: "Write ordinary columns.",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "pc.run_end_decode(column)",
    },
    effects: &[
        effect(JULIA, Reads::No, "Arrow.jl refuses run-end encoding"),
        effect(NODE, Reads::No, "apache-arrow refuses run-end encoding"),
    ],
};
