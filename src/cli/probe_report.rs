//! Probe reports as text, JSON or Markdown: a matrix of cases and dialects, and every difference once.

use crate::cli::output::json_line;
use natsbridge_engine::{ProbeDifference, ProbeResult, ProbeVerdict};
use natsbridge_wire::{Dialect, SafeText};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// For a person.
pub fn text_report(subject: &str, results: &[ProbeResult]) -> String {
    let (rows, dialects) = axes(results);
    let widest = rows
        .iter()
        .map(|row| label(*row).chars().count())
        .max()
        .unwrap_or(0);
    let mut text = format!("{}\n\n{:widest$}", SafeText::new(subject).as_str(), "");
    for dialect in &dialects {
        text.push_str(&cell(dialect.name(), dialect.name().len()));
    }
    text.push('\n');
    for row in rows {
        // Writing into a String cannot fail.
        let _ = write!(text, "{:widest$}", label(row));
        for dialect in &dialects {
            text.push_str(&cell(mark(found(results, row, *dialect)), dialect.name().len()));
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text.push_str("\n✔ unchanged  ✖ differs  ▲ refused  · no answer\n");
    for (difference, at) in gathered(results) {
        let path = place(difference);
        let line = format!("{}{path}: {}", difference.code, difference.message);
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "\n{}\n  in {}\n",
            SafeText::new(&line).as_str(),
            at.join("; ")
        );
    }
    text
}

/// For a document.
pub fn markdown_report(subject: &str, results: &[ProbeResult]) -> String {
    let (rows, dialects) = axes(results);
    let mut text = format!(
        "# Conformance of `{}`\n\n| case |",
        SafeText::new(subject).as_str()
    );
    for dialect in &dialects {
        let _ = write!(text, " {} |", dialect.name());
    }
    let _ = write!(text, "\n|---|{}\n", "---|".repeat(dialects.len()));
    for row in rows {
        let _ = write!(text, "| {} |", label(row));
        for dialect in &dialects {
            let _ = write!(text, " {} |", mark(found(results, row, *dialect)));
        }
        text.push('\n');
    }
    text.push_str("\n✔ unchanged, ✖ differs, ▲ refused, · no answer\n\n");
    for (difference, at) in gathered(results) {
        let line = format!(
            "`{}`{}: {}",
            difference.code,
            place(difference),
            difference.message
        );
        let _ = writeln!(text, "- {} — in {}", SafeText::new(&line).as_str(), at.join("; "));
    }
    text
}

/// For a program.
pub fn json_report(subject: &str, results: &[ProbeResult]) -> String {
    let list = results.iter().map(|result| {
        let differences = result.differences.iter().map(|difference| {
            json!({ "code": difference.code, "path": difference.path, "message": difference.message })
        });
        json!({
            "case": result.case,
            "dialect": result.dialect.name(),
            "transport": if result.link { "link" } else { "direct" },
            "result": result.verdict.name(),
            "findings": differences.collect::<Value>(),
        })
    });
    json_line(&json!({ "subject": subject, "results": list.collect::<Value>() })) + "\n"
}

/// A case over a transport.
type Row = (&'static str, bool);

fn axes(results: &[ProbeResult]) -> (Vec<Row>, Vec<Dialect>) {
    let (mut rows, mut dialects) = (Vec::new(), Vec::new());
    for result in results {
        let row = (result.case, result.link);
        if !rows.contains(&row) {
            rows.push(row);
        }
        if !dialects.contains(&result.dialect) {
            dialects.push(result.dialect);
        }
    }
    (rows, dialects)
}

fn label((case, link): Row) -> String {
    if link {
        format!("{case} ⇗")
    } else {
        case.to_owned()
    }
}

fn found(results: &[ProbeResult], (case, link): Row, dialect: Dialect) -> Option<&ProbeResult> {
    let same = |result: &&ProbeResult| (result.case, result.link, result.dialect) == (case, link, dialect);
    results.iter().find(same)
}

fn mark(result: Option<&ProbeResult>) -> &'static str {
    match result.map(|result| result.verdict) {
        Some(ProbeVerdict::Same) => "✔",
        Some(ProbeVerdict::Differs) => "✖",
        Some(ProbeVerdict::Refused) => "▲",
        Some(ProbeVerdict::Silent) => "·",
        None => "",
    }
}

/// A column as wide as its heading.
fn cell(text: &str, width: usize) -> String {
    format!("  {text:width$}")
}

fn place(difference: &ProbeDifference) -> String {
    match &*difference.path {
        "" => String::new(),
        path => format!(" at {path}"),
    }
}

/// Every difference once, with where it showed.
fn gathered(results: &[ProbeResult]) -> Vec<(&ProbeDifference, Vec<String>)> {
    let mut gathered: Vec<(&ProbeDifference, Vec<String>)> = Vec::new();
    for result in results {
        let at = format!(
            "{} ({})",
            label((result.case, result.link)),
            result.dialect.name()
        );
        for difference in &result.differences {
            match gathered.iter_mut().find(|(other, _)| *other == difference) {
                Some((_, places)) => places.push(at.clone()),
                None => gathered.push((difference, vec![at.clone()])),
            }
        }
    }
    gathered
}
