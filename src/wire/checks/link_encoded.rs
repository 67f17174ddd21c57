//! `link-encoded`: a file that is served compressed.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A file that is served compressed",
    advice: "Serve the file as it is: receivers get it compressed and do not unpack it.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "the compressed bytes may arrive as they are",
    )],
};
