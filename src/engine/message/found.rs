//! What an examination found in a message, in few bytes: kept for every message. The findings themselves are made anew when
//! somebody looks at them.

use natsbridge_wire::{Code, Finding, Severity};

/// A set of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Codes(u128);

const _: () = assert!(Code::ALL.len() <= 128);

impl Codes {
    /// Whether the code is in.
    pub fn contains(self, code: Code) -> bool {
        self.0 & (1 << code as u32) != 0
    }

    /// The codes, in their order.
    pub fn iter(self) -> impl Iterator<Item = Code> {
        let codes = Code::ALL.iter().copied();
        codes.filter(move |code| self.contains(*code))
    }
}

impl FromIterator<Code> for Codes {
    fn from_iter<I: IntoIterator<Item = Code>>(codes: I) -> Self {
        let set = codes.into_iter().fold(0, |set, code| set | 1 << code as u32);
        Self(set)
    }
}

/// What was found in a message: the badge of the list, and what filters ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Notes, warnings, errors.
    pub counts: [u8; 3],
    /// Which codes.
    pub codes: Codes,
}

impl Found {
    /// The sum of some findings.
    pub fn of(findings: &[Finding]) -> Self {
        let mut counts = [0_u8; 3];
        for finding in findings {
            let count = &mut counts[finding.severity() as usize];
            *count = count.saturating_add(1);
        }
        let codes = findings.iter().map(|finding| finding.code).collect();
        Self { counts, codes }
    }

    /// The worst severity among them.
    pub fn worst(self) -> Option<Severity> {
        let worst = [Severity::Error, Severity::Warning, Severity::Note].into_iter();
        let mut worst = worst.filter(|severity| self.counts[*severity as usize] > 0);
        worst.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_add_up_to_counts_codes_and_the_worst() {
        let finding = |code| Finding::new(code, "", "");
        let mut findings = vec![finding(Code::IdNotUuid); 300];
        assert_eq!(Found::of(&findings).worst(), Some(Severity::Note));
        findings.extend([Code::ALL[0], Code::ALL[Code::ALL.len() - 1], Code::BadBase64].map(finding));
        let found = Found::of(&findings);
        assert_eq!(
            (found.counts, found.worst()),
            ([255, 1, 1], Some(Severity::Error))
        );
        let codes: Vec<Code> = found.codes.iter().collect();
        assert_eq!(
            codes,
            [
                Code::NotAnEnvelope,
                Code::IdNotUuid,
                Code::BadBase64,
                Code::OverPeerLimit
            ]
        );
        assert_eq!(Found::of(&[]).worst(), None);
    }
}
