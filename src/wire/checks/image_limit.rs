//! `image-limit`: a picture over the limit.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A picture over the limit",
    advice: "The picture claims more pixels than the limits allow.",
    lines: Lines::NONE,
    effects: &[],
};
