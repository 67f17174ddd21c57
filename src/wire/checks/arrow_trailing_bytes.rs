//! `arrow-trailing-bytes`: bytes behind the Arrow stream.

use super::contract::{ARROW, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "Bytes behind the Arrow stream",
    advice: "Bytes follow the end of the stream; most readers never see them.",
    lines: Lines::NONE,
    effects: &[effect(
        ARROW,
        Reads::Partly,
        "only the first stream is read, silently",
    )],
};
