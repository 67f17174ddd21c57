//! `arrow-view-types`: Arrow view types.

use super::contract::{Check, JULIA, Lines, NODE, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Arrow view types",
    advice: "Write Utf8 and Binary columns: older JavaScript and Julia readers fail on view types.",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "table.cast(pa.schema([(\"name\", pa.string())]))",
    },
    effects: &[
        effect(
            NODE,
            Reads::Partly,
            "only late releases of apache-arrow know view types",
        ),
        effect(
            JULIA,
            Reads::Partly,
            "only late releases of Arrow.jl know view types",
        ),
    ],
};
