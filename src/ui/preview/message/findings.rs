//! The findings of a message, worst first: what is wrong, where, and how to fix it; below them, who can read it.
//! Findings and verdicts come from the wire layer.

use crate::look::Role;
use crate::paint::format;
use crate::preview::text::{Block, BlockView, Paragraph, Piece};
use natsbridge_wire::{
    Answer, DecodedMessage, Finding, READERS, Readability, Severity, check_of, judge_readers,
};
use std::collections::HashSet;

/// The mark of a severity: never colour alone.
pub fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "·",
        Severity::Warning => "▲",
        Severity::Error => "✖",
    }
}

/// A view with one block per finding, and one per reader of an envelope.
pub fn findings_view(message: &DecodedMessage<'_>) -> BlockView {
    let mut findings: Vec<&Finding> = message.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
    let view = if findings.is_empty() {
        BlockView::sentence("No problems found in this message.")
    } else {
        let mut told = HashSet::new();
        let blocks = findings
            .into_iter()
            .map(|finding| block(finding, told.insert(finding.code)));
        BlockView::new("finding", blocks.collect())
    };
    if message.envelope.is_none() {
        return view;
    }
    let answers = judge_readers(message, READERS);
    let mut readers: Vec<Block> = answers.iter().map(reader).collect();
    if let Some(first) = readers.first_mut() {
        let heading = vec![Piece::new(Role::Heading, "Who can read it")];
        first.lines.insert(0, Paragraph::new(0, heading));
        if message.findings.is_empty() {
            first.lines.insert(0, Paragraph::new(0, vec![]));
        }
    }
    view.then("reader", readers)
}

/// Whether a reader can read the message: one line, plus one for each reason why not.
fn reader(answer: &Answer) -> Block {
    /// Cells of the longest title and a gap.
    const TITLE: usize = 21;
    let (mark, role) = match answer.reads {
        Readability::Yes => ("✔", Role::Good),
        Readability::Partly => (severity_mark(Severity::Warning), Severity::Warning.into()),
        Readability::No => (severity_mark(Severity::Error), Severity::Error.into()),
    };
    let title = format!(" {:TITLE$}", answer.title);
    let mut copy = format!("{}: {}", answer.title, answer.reads.name());
    let head = vec![
        Piece::new(role, mark),
        Piece::new(Role::Text, &title),
        Piece::new(role, answer.reads.name()),
    ];
    let mut lines = vec![Paragraph::new(2, head)];
    for reason in &answer.reasons {
        let gap = if reason.path.is_empty() { "" } else { ": " };
        let told = format!("{}{gap}{}", reason.path, reason.message);
        copy = format!("{copy}\n  {told}");
        let pieces = vec![Piece::new(Role::Dim, "  "), Piece::new(Role::Dim, &told)];
        lines.push(Paragraph::new(4, pieces));
    }
    Block { lines, copy }
}

/// A finding: its place, what is wrong and how to fix it; code lines only for the `first` of each code.
fn block(finding: &Finding, first: bool) -> Block {
    let severity = finding.severity();
    let check = check_of(finding.code);
    let (code, advice) = (finding.code.name(), check.advice);
    let path = Some(&*finding.path).filter(|path| !path.is_empty());
    let path = path.map(|path| format!("  {path}"));
    let offset = finding.offset.map(format::count);
    let offset = offset.map(|offset| format!("  offset {offset}"));
    let place: String = path.into_iter().chain(offset).collect();
    let line = |indent, (role, text): (Role, &str), (other, rest): (Role, &str)| {
        Paragraph::new(indent, vec![Piece::new(role, text), Piece::new(other, rest)])
    };
    let head = format!("{} {code}", severity_mark(severity));
    let mut lines = vec![
        line(2, (severity.into(), &head), (Role::Dim, &place)),
        line(2, (Role::Text, "  "), (Role::Text, &finding.message)),
        line(4, (Role::Dim, "  → "), (Role::Dim, advice)),
    ];
    let mut copy = format!("{} {code}{place}\n{}\n{advice}", severity.name(), finding.message);
    for (language, code) in check.lines.given().filter(|_| first) {
        copy = format!("{copy}\n  {language}: {code}");
        let language = format!("    {language:10}  ");
        lines.push(line(6, (Role::Dim, &language), (Role::Hint, code)));
    }
    lines.push(Paragraph::new(0, vec![]));
    Block { lines, copy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::contract::{Motion, Preview};
    use crate::preview::sample::drawn;
    use natsbridge_wire::Code;

    fn message(findings: Vec<Finding>) -> DecodedMessage<'static> {
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
        let screen = drawn(&mut view, 60, 12);
        assert_eq!(screen[0], "▌✖ malformed-json  payloads[0].data  offset 1,234");
        assert_eq!(screen[1], "▌  Expected a comma.");
        assert!(
            screen[2].starts_with("▌  → Send one complete JSON object;"),
            "{screen:?}"
        );
        assert!(
            screen[3].starts_with("▌    was not truncated on the way."),
            "{screen:?}"
        );
        assert_eq!(screen[5], "▌    JavaScript  JSON.stringify(envelope)");
        assert!(
            screen.contains(&" · null-field  send_to".to_owned()),
            "{screen:?}"
        );
        assert_eq!(view.position(), "finding 1 of 2");
        assert!(view.act(Motion::Bottom));
        assert!(
            view.copy()
                .unwrap()
                .starts_with("note null-field  send_to\nsend_to is null.\n")
        );
    }

    #[test]
    fn below_the_findings_stands_who_can_read_it() {
        let raw = br#"{"correlationId":"256e050c-c0ea-4f6f-b042-359317418527","payloads":[]}"#;
        let message =
            natsbridge_wire::decode_message(&raw.as_slice().into(), "a", &natsbridge_wire::Limits::DEFAULT);
        let mut view = findings_view(&message);
        assert!(view.act(Motion::Bottom));
        assert_eq!(view.position(), "reader 8 of 8");
        assert_eq!(view.copy().unwrap(), "this workbench: yes");
        let screen = drawn(&mut view, 90, 30);
        let at = screen.iter().position(|line| line == " Who can read it").unwrap();
        assert_eq!(
            screen[at + 1],
            " ▲ Julia ≤ 0.4          partly",
            "fields are missing"
        );
        assert!(
            screen[at + 2].contains("a peer that validates refuses"),
            "{screen:?}"
        );
        assert_eq!(screen[at + 3], " ✖ Julia 0.5            no");
        assert!(screen[at + 4].contains("looks for correlation_id, the message has only correlationId"));
        assert_eq!(screen.last().unwrap(), "▌✔ this workbench       yes");
    }

    #[test]
    fn nothing_wrong_says_so_at_any_size() {
        let mut view = findings_view(&message(vec![]));
        assert_eq!(drawn(&mut view, 50, 1), [" No problems found in this message."]);
        for (width, height) in [(0, 0), (1, 1), (3, 2)] {
            drawn(&mut view, width, height);
        }
    }
}
