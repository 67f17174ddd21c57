//! `arrow-wide-integer`: integers of more than 64 bits.

use super::contract::{Check, Family, Lines, NODE, PYTHON, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Integers of more than 64 bits",
    advice: "Write Int64, Float64 or text: only Arrow.jl reads the integers of 128 bits that it writes.",
    lines: Lines {
        julia: "Arrow.write(io, (id = string.(ids),))",
        javascript: "",
        python: "",
    },
    effects: &[
        effect(
            NODE,
            Reads::No,
            "apache-arrow refuses integers of more than 64 bits",
        ),
        effect(PYTHON, Reads::No, "pyarrow refuses integers of more than 64 bits"),
        effect(&[Family::Ours], Reads::No, ""),
    ],
};
