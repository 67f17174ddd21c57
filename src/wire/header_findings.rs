//! What the headers of a message tell of its health. The headers themselves are for whoever took the message in.

use super::finding::{Code, Finding, Findings};
use super::limits::Limits;

/// The header that holds what clients could not read of a message, escaped as in source code; whoever mended it put it there.
pub const UNREADABLE_HEADER: &str = "Natsbridge-Unreadable";

/// Characters told of each.
const SHOWN: usize = 200;

/// What is wrong with the headers (and the subjects) of a message as it was sent, told by the headers it has now.
///
/// ```
/// use natsbridge::wire::{Code, UNREADABLE_HEADER, header_findings};
/// let headers = [(UNREADABLE_HEADER.to_owned(), vec![r"no colon\xff".to_owned()])];
/// assert_eq!(header_findings(&headers)[0].code, Code::MalformedHeader);
/// ```
pub fn header_findings(headers: &[(String, Vec<String>)]) -> Vec<Finding> {
    let mut findings = Findings::new(Limits::DEFAULT.findings);
    let unreadable = headers.iter().filter(|(name, _)| name == UNREADABLE_HEADER);
    for value in unreadable.flat_map(|(_, values)| values) {
        let shown: String = value.chars().take(SHOWN).collect();
        findings.add(
            Code::MalformedHeader,
            "",
            format!("clients cannot read this: {shown}"),
        );
    }
    findings.into_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unreadable_line_is_told_and_no_other() {
        let header = |name: &str, values: &[&str]| {
            let values = values.iter().map(ToString::to_string).collect();
            (name.to_owned(), values)
        };
        let headers = [
            header("K", &["v"]),
            header(UNREADABLE_HEADER, &["a", r"subject b\xff"]),
        ];
        let told: Vec<String> = header_findings(&headers)
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        assert_eq!(
            told,
            [
                "clients cannot read this: a",
                r"clients cannot read this: subject b\xff"
            ]
        );
        assert!(header_findings(&headers[..1]).is_empty());
    }
}
