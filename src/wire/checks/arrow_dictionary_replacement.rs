//! `arrow-dictionary-replacement`: dictionaries that replace earlier ones.

use super::contract::{Check, JULIA, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Dictionaries that replace earlier ones",
    advice: "Julia keeps showing the old dictionary's values.",
    lines: Lines {
        julia: "",
        javascript: "",
        python: "table.unify_dictionaries()",
    },
    effects: &[effect(
        JULIA,
        Reads::No,
        "the old dictionary's values are shown, silently",
    )],
};
