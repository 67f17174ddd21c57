//! `over-max-payload`: more than a broker takes by default.

use super::contract::{Check, Lines, OTHERS, Reads, effect};

pub(super) const CHECK: Check = Check {
    title: "More than a broker takes by default",
    advice: "Send large payloads by link: brokers refuse a message over their max_payload, 1 MiB unless configured otherwise.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "a broker with the default max_payload never delivers it",
    )],
};
