//! `wildcard-in-slash-subject`: a wildcard within a token.

use super::contract::{Check, Lines};
use crate::findings::{Code, Findings, quoted};

pub(super) const CHECK: Check = Check {
    title: "A wildcard within a token",
    advice: "NATS wildcards count only as whole tokens between dots: /chat/* is a literal subject.",
    lines: Lines::NONE,
    effects: &[],
};

/// Checks a subject for wildcards that are none because they do not stand alone between dots.
pub fn check_subject(subject: &str, path: &'static str, findings: &mut Findings) {
    if memchr::memchr2(b'*', b'>', subject.as_bytes()).is_none() {
        return;
    }
    let broken = |token: &str| token.len() > 1 && token.contains('/') && token.contains(['*', '>']);
    if subject.split('.').any(broken) {
        let message = format!("the wildcard in {} is a literal character", quoted(subject));
        findings.add(Code::WildcardInSlashSubject, path, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::told;

    #[test]
    fn a_wildcard_within_a_slash_subject_is_told() {
        let found = |subject| !told(|findings| check_subject(subject, "", findings)).is_empty();
        assert!(found("/chat/*") && found("a./b/>"));
        assert!(!found("chat.*") && !found("/chat/room1") && !found(">"));
    }
}
