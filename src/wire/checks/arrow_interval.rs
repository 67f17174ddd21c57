//! `arrow-interval`: intervals of months, days and nanoseconds.

use super::contract::{Check, JULIA, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Intervals of months, days and nanoseconds",
    advice: "Write a duration, or the three numbers as columns.",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "pa.array([each.nanoseconds for each in column.to_pylist()], pa.duration(\"ns\"))",
    },
    effects: &[effect(JULIA, Reads::No, "Arrow.jl refuses these intervals")],
};
