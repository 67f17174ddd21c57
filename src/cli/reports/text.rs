//! Readable lines: a message with something to say about it, each finding with its place and how to mend it.

use super::contract::Report;
use crate::cli::exit::Failure;
use crate::cli::output::Out;
use natsbridge_engine::Checked;
use natsbridge_wire::{Answer, Finding, Readability, SafeText, Severity, check_of};
use std::fmt::Write as _;

/// Writes each message at once.
pub struct Text;

const DIM: &str = "2";

impl Report for Text {
    fn message(&mut self, checked: &Checked, out: &mut Out) -> Result<(), Failure> {
        if checked.findings.is_empty() && checked.readers.is_empty() {
            return Ok(());
        }
        let colour = out.has_colour();
        let mut text = String::new();
        let mut line = |style: &str, line: &str| {
            let line = SafeText::new(line);
            if colour && !style.is_empty() {
                // Writing into a String cannot fail.
                let _ = writeln!(text, "\x1b[{style}m{}\x1b[0m", line.as_str());
            } else {
                text.push_str(line.as_str());
                text.push('\n');
            }
        };
        line("1", &head(checked));
        for finding in &checked.findings {
            let (mark, style) = match finding.severity() {
                Severity::Error => ('✖', "31"),
                Severity::Warning => ('▲', "33"),
                Severity::Note => ('·', DIM),
            };
            line(
                style,
                &format!("  {mark} {}{}", finding.code.name(), place(finding)),
            );
            line("", &format!("    {}", finding.message));
            line(DIM, &format!("    Fix: {}", check_of(finding.code).advice));
        }
        let widest = checked.readers.iter().map(|answer| answer.title.chars().count());
        let widest = widest.max().unwrap_or(0);
        for answer in &checked.readers {
            for (style, told) in reader(answer, widest) {
                line(style, &told);
            }
        }
        text.push('\n');
        out.bytes(text.as_bytes())
    }
}

fn head(checked: &Checked) -> String {
    let mut parts = vec![format!("{} #{}", checked.source, checked.index)];
    if !checked.subject.is_empty() && checked.subject != checked.source {
        parts.push(checked.subject.clone());
    }
    parts.push(match checked.dialect {
        Some(dialect) => format!("dialect {}", dialect.name()),
        None => "not an envelope".to_owned(),
    });
    parts.join("  ")
}

fn place(finding: &Finding) -> String {
    match (&*finding.path, finding.offset) {
        ("", None) => String::new(),
        ("", Some(offset)) => format!(" at byte {offset}"),
        (path, None) => format!(" at {path}"),
        (path, Some(offset)) => format!(" at {path}, byte {offset}"),
    }
}

fn reader(answer: &Answer, widest: usize) -> Vec<(&'static str, String)> {
    let style = match answer.reads {
        Readability::Yes => "32",
        Readability::Partly => "33",
        Readability::No => "31",
    };
    let mut lines = vec![(
        style,
        format!("  {:widest$}  {}", answer.title, answer.reads.name()),
    )];
    lines.extend(answer.reasons.iter().map(|reason| {
        let place = match &*reason.path {
            "" => String::new(),
            path => format!("{path}: "),
        };
        (DIM, format!("    {place}{}", reason.message))
    }));
    lines
}
