//! `arrow-list-view`: list views.

use super::contract::{Check, JULIA, Lines, NODE, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "List views",
    advice: "Write ordinary lists.",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "column.cast(pa.list_(pa.int64()))",
    },
    effects: &[
        effect(JULIA, Reads::No, "Arrow.jl refuses list views"),
        effect(NODE, Reads::No, "apache-arrow refuses list views"),
    ],
};
