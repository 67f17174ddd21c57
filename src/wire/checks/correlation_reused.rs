//! `correlation-reused`: a correlation id of another conversation.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "A correlation id of another conversation",
    advice: "Make a new correlation id for every request; answers go to whoever waits under the old one.",
    lines: Lines {
        julia: "string(uuid4())  # for each request",
        javascript: "crypto.randomUUID()  // for each request",
        python: "str(uuid.uuid4())  # for each request",
    },
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "answers to both requests look alike",
    )],
};
