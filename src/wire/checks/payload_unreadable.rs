//! `payload-unreadable`: a fetched file that cannot be read again.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A fetched file that cannot be read again",
    advice: "The file that holds the payload cannot be read: look after the disk, then fetch the link again.",
    lines: Lines::NONE,
    effects: &[],
};
