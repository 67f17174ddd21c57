//! `link-gone`: a link that leads nowhere any more.

use super::contract::{ALL, Check, Lines, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A link that leads nowhere any more",
    advice: "A one-shot link serves one receiver once: upload without oneShot where several receive, or a receiver comes late.",
    lines: Lines::NONE,
    effects: &[effect(ALL, Reads::No, "")],
};
