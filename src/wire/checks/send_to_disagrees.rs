//! `send-to-disagrees`: send_to is not the subject it came on.

use super::contract::{Check, Lines};
use crate::findings::{Code, Findings, quoted};

pub(super) const CHECK: Check = Check {
    title: "send_to is not the subject it came on",
    advice: "Publish to the subject that send_to names, or leave it empty; bridges and mirrors may change the subject on the way.",
    lines: Lines::NONE,
    effects: &[],
};

/// Compares the subject that an envelope names with the one it came on; unknown ones are passed over.
pub fn check_send_to(send_to: &str, subject: &str, findings: &mut Findings) {
    if !send_to.is_empty() && !subject.is_empty() && send_to != subject {
        let message = format!(
            "send_to is {}, the message came on {}",
            quoted(send_to),
            quoted(subject)
        );
        findings.add(Code::SendToDisagrees, "send_to", message);
    }
}
