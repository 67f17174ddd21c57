//! `arrow-fine-times`: times finer than a millisecond.

use super::contract::{Check, JULIA, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Times finer than a millisecond",
    advice: "Cast times to milliseconds for Julia, which cuts them to that silently.",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "column.cast(pa.timestamp(\"ms\"), safe=False)",
    },
    effects: &[effect(
        JULIA,
        Reads::Partly,
        "times are cut to milliseconds, silently",
    )],
};
