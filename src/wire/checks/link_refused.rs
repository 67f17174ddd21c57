//! `link-refused`: a link that is never fetched.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A link that is never fetched",
    advice: "Link to an http or https address that receivers may reach; link-local, multicast and metadata addresses are never fetched.",
    lines: Lines::NONE,
    effects: &[],
};
