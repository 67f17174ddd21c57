//! The findings of a message, worst first: what is wrong, where, and how to mend it. Finding them is the wire's matter.

use super::blocks::{Block, BlockView, Paragraph};
use super::piece::Piece;
use crate::ui::format;
use crate::ui::theme::Role;
use crate::wire::{DecodedMessage, Finding, Severity};

/// The mark of a severity: never colour alone.
pub fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "·",
        Severity::Warning => "▲",
        Severity::Error => "✖",
    }
}

/// A view with one block per finding.
pub fn findings_view(message: &DecodedMessage) -> BlockView {
    if message.findings.is_empty() {
        return BlockView::sentence("Nothing found wrong with this message.");
    }
    let mut findings: Vec<&Finding> = message.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
    BlockView::new("finding", findings.into_iter().map(block).collect())
}

fn block(finding: &Finding) -> Block {
    let severity = finding.severity();
    let (code, advice) = (finding.code.name(), finding.code.advice());
    let path = Some(&*finding.path)
        .filter(|path| !path.is_empty())
        .map(|path| format!("  {path}"));
    let offset = finding
        .offset
        .map(|offset| format!("  offset {}", format::count(offset)));
    let place: String = path.into_iter().chain(offset).collect();
    let paragraph = |indent, pieces| Paragraph { pieces, indent };
    Block {
        copy: format!("{} {code}{place}\n{}\n{advice}", severity.name(), finding.message),
        lines: vec![
            paragraph(
                2,
                vec![
                    Piece::new(severity.into(), &format!("{} {code}", severity_mark(severity))),
                    Piece::new(Role::Dim, &place),
                ],
            ),
            paragraph(
                2,
                vec![
                    Piece::new(Role::Text, "  "),
                    Piece::new(Role::Text, &finding.message),
                ],
            ),
            paragraph(
                4,
                vec![Piece::new(Role::Dim, "  → "), Piece::new(Role::Dim, advice)],
            ),
            paragraph(0, Vec::new()),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::preview::contract::{Motion, Preview};
    use crate::ui::preview::sample::drawn;
    use crate::wire::Code;

    fn message(findings: Vec<Finding>) -> DecodedMessage {
        DecodedMessage {
            raw: bytes::Bytes::new(),
            envelope: None,
            payloads: vec![],
            findings,
        }
    }

    #[test]
    fn worst_first_with_place_and_advice() {
        let mut view = findings_view(&message(vec![
            Finding::new(Code::NullField, "send_to", "send_to is null."),
            Finding::new(Code::MalformedJson, "payloads[0].data", "Expected a comma.").at(1234),
        ]));
        let screen = drawn(&mut view, 60, 8);
        assert_eq!(screen[0], "▌✖ malformed-json  payloads[0].data  offset 1,234");
        assert_eq!(screen[1], "▌  Expected a comma.");
        assert!(
            screen[2].starts_with("▌  → Send one complete JSON object;"),
            "{screen:?}"
        );
        assert!(screen[3].starts_with("▌    was not cut"), "{screen:?}");
        assert_eq!(screen[5], " · null-field  send_to");
        assert_eq!(view.position(), "finding 1 of 2");
        assert!(view.act(Motion::Bottom));
        assert!(
            view.copy()
                .unwrap()
                .starts_with("note null-field  send_to\nsend_to is null.\n")
        );
    }

    #[test]
    fn nothing_wrong_says_so_at_any_size() {
        let mut view = findings_view(&message(vec![]));
        assert_eq!(
            drawn(&mut view, 50, 1),
            [" Nothing found wrong with this message."]
        );
        for (width, height) in [(0, 0), (1, 1), (3, 2)] {
            drawn(&mut view, width, height);
        }
    }
}
