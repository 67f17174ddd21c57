//! Probe reports as text, JSON or Markdown: a matrix of cases and dialects, and every difference once.

use crate::cli::output::json_line;
use natsbridge_engine::{ProbeDifference, ProbeResult, ProbeVerdict};
use natsbridge_wire::SafeText;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// For a person.
pub fn text_report(subject: &str, results: &[ProbeResult]) -> String {
    let (dialects, rows) = matrix(results);
    let widest = rows.iter().map(|(case, _)| case.chars().count()).max();
    let widest = widest.unwrap_or(0);
    let mut text = format!("{}\n\n", SafeText::new(subject).as_str());
    let head = (String::new(), dialects.clone());
    for (case, marks) in [head].iter().chain(&rows) {
        // Writing into a String cannot fail.
        let _ = write!(text, "{case:widest$}");
        for (mark, dialect) in marks.iter().zip(&dialects) {
            // A column as wide as its heading.
            let _ = write!(text, "  {mark:0$}", dialect.len());
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text.push_str("\n✔ unchanged  ✖ differs  ▲ refused  · no answer\n");
    for (difference, at) in gathered(results) {
        let line = format!("{}{}: {}", difference.code, place(difference), difference.message);
        let _ = write!(text, "\n{}\n  in {at}\n", SafeText::new(&line).as_str());
    }
    text
}

/// For a document.
pub fn markdown_report(subject: &str, results: &[ProbeResult]) -> String {
    let (dialects, rows) = matrix(results);
    let mut text = format!(
        "# Conformance of `{}`\n\n| case | {} |\n|---|{}\n",
        SafeText::new(subject).as_str(),
        dialects.join(" | "),
        "---|".repeat(dialects.len())
    );
    for (case, marks) in rows {
        let _ = writeln!(text, "| {case} | {} |", marks.join(" | "));
    }
    text.push_str("\n✔ unchanged, ✖ differs, ▲ refused, · no answer\n\n");
    for (difference, at) in gathered(results) {
        let line = format!(
            "`{}`{}: {}",
            difference.code,
            place(difference),
            difference.message
        );
        let _ = writeln!(text, "- {} — in {at}", SafeText::new(&line).as_str());
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

/// The dialects, and for each case over a transport what came of it in each of them.
fn matrix(results: &[ProbeResult]) -> (Vec<&'static str>, Vec<(String, Vec<&'static str>)>) {
    let (mut dialects, mut cases) = (Vec::new(), Vec::new());
    for result in results {
        if !dialects.contains(&result.dialect.name()) {
            dialects.push(result.dialect.name());
        }
        if !cases.contains(&label(result)) {
            cases.push(label(result));
        }
    }
    let rows = cases.into_iter().map(|case| {
        let marks = dialects.iter().map(|dialect| {
            let mut found = results.iter().filter(|result| result.dialect.name() == *dialect);
            let found = found.find(|result| label(result) == case);
            found.map_or("", |result| mark(result.verdict))
        });
        let marks = marks.collect();
        (case, marks)
    });
    let rows = rows.collect();
    (dialects, rows)
}

fn label(result: &ProbeResult) -> String {
    let link = if result.link { " ⇗" } else { "" };
    format!("{}{link}", result.case)
}

fn mark(verdict: ProbeVerdict) -> &'static str {
    match verdict {
        ProbeVerdict::Same => "✔",
        ProbeVerdict::Differs => "✖",
        ProbeVerdict::Refused => "▲",
        ProbeVerdict::Silent => "·",
    }
}

fn place(difference: &ProbeDifference) -> String {
    match &*difference.path {
        "" => String::new(),
        path => format!(" at {path}"),
    }
}

/// Every difference once, with where it showed.
fn gathered(results: &[ProbeResult]) -> Vec<(&ProbeDifference, String)> {
    let mut gathered: Vec<(&ProbeDifference, String)> = Vec::new();
    for result in results {
        let at = format!("{} ({})", label(result), result.dialect.name());
        for difference in &result.differences {
            match gathered.iter_mut().find(|(other, _)| *other == difference) {
                Some((_, places)) => {
                    // Writing into a String cannot fail.
                    let _ = write!(places, "; {at}");
                }
                None => gathered.push((difference, at.clone())),
            }
        }
    }
    gathered
}
