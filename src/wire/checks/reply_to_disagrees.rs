//! `reply-to-disagrees`: reply_to is not the reply subject of NATS.

use super::contract::{Check, Lines, OTHERS, Reads, effect};
use crate::findings::{Code, Findings, quoted};

pub(super) const CHECK: Check = Check {
    title: "reply_to is not the reply subject of NATS",
    advice: "Name one subject: leave reply_to empty where the request goes through the client's own request(), or publish plainly.",
    lines: Lines {
        julia: "publish(nc, subject, envelope)",
        javascript: "nc.publish(subject, envelope)",
        python: "await nc.publish(subject, envelope)  # not nc.request",
    },
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "it answers on one of the two subjects, and the asker may wait on the other",
    )],
};

/// Compares where an envelope wants its answer with where NATS would send it. `JetStream` sets a reply subject of its own.
pub fn check_reply_to(reply_to: &str, reply: Option<&str>, findings: &mut Findings) {
    let Some(reply) = reply.filter(|reply| !reply.is_empty() && !reply.starts_with("$JS.ACK.")) else {
        return;
    };
    if !reply_to.is_empty() && reply_to != reply {
        let message = format!(
            "reply_to is {}, the reply subject of NATS is {}",
            quoted(reply_to),
            quoted(reply)
        );
        findings.add(Code::ReplyToDisagrees, "reply_to", message);
    }
}
