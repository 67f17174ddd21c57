//! `malformed-header`: headers or subjects that clients cannot read.

use super::contract::{Check, Lines, OTHERS, Reads, effect};
use crate::findings::{Code, Findings};

pub(super) const CHECK: Check = Check {
    title: "Headers or subjects that clients cannot read",
    advice: "Many clients lose their connection over this message: send header lines as `name: value` without line breaks, and subjects in UTF-8 without white space.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "many clients lose their connection over it",
    )],
};

/// The header that holds what clients could not read of a message, escaped as in source code; whoever mended it put it there.
pub const UNREADABLE_HEADER: &str = "Natsbridge-Unreadable";

/// Characters told of each.
const SHOWN: usize = 200;

/// Tells what clients could not read of the headers (and the subjects) of a message as it was sent.
pub fn check_unreadable(headers: &[(String, Vec<String>)], findings: &mut Findings) {
    let unreadable = headers.iter().filter(|(name, _)| name == UNREADABLE_HEADER);
    for value in unreadable.flat_map(|(_, values)| values) {
        let shown: String = value.chars().take(SHOWN).collect();
        let message = format!("clients cannot read this: {shown}");
        findings.add(Code::MalformedHeader, "", message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::told;

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
        let found = |headers| -> Vec<String> {
            let found = told(|findings| check_unreadable(headers, findings));
            found.into_iter().map(|(_, message)| message).collect()
        };
        let expected = [
            "clients cannot read this: a",
            r"clients cannot read this: subject b\xff",
        ];
        assert_eq!(found(&headers), expected);
        assert!(found(&headers[..1]).is_empty());
    }
}
