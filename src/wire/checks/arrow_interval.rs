//! `arrow-interval`: intervals of months, days and nanoseconds.

use super::contract::{Check, JULIA, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Intervals of months, days and nanoseconds",
    advice: "Write a duration, or the three numbers as columns.",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "column.cast(pa.duration(\"ms\"))",
    },
    effects: &[effect(JULIA, Reads::No, "Arrow.jl refuses these intervals")],
};
