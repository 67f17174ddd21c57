//! `arrow-small-decimal`: decimals of 32 or 64 bits.

use super::contract::{Check, JULIA, Lines, NODE, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Decimals of 32 or 64 bits",
    advice: "Write decimals of 128 bits, or floats.",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "column.cast(pa.decimal128(18, 2))",
    },
    effects: &[
        effect(JULIA, Reads::No, "Arrow.jl misreads them, silently"),
        effect(NODE, Reads::No, "apache-arrow reads decimals as 128 bits"),
    ],
};
