//! Probe reports as text, JSON or Markdown: a matrix of cases and dialects, and every difference once.

use crate::cli::output::json_line;
use natsbridge_engine::{ProbeDifference, ProbeResult, ProbeVerdict};
use natsbridge_wire::SafeText;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Duration;

/// Characters shown of what a peer says.
const SAID: usize = 160;

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
    for (told, at) in gathered(results) {
        let _ = write!(text, "\n{}{}\n  in {at}\n", told.code, told.rest);
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
    for (told, at) in gathered(results) {
        let _ = writeln!(text, "- `{}`{} — in {at}", told.code, told.rest);
    }
    text
}

/// For a program.
pub fn json_report(subject: &str, first_answer: Option<Duration>, results: &[ProbeResult]) -> String {
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
    let first_answer_ms = first_answer.map(|time| time.as_millis() as u64);
    let report = json!({
        "subject": subject,
        "first_answer_ms": first_answer_ms,
        "results": list.collect::<Value>(),
    });
    json_line(&report) + "\n"
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

/// One line of the report: what one answer has in one or many of its payloads.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    code: &'static str,
    /// Where and what, to be written behind the code.
    rest: String,
}

/// The differences of one answer, those that its payloads share in one line: the first of them stands for the others.
fn told(result: &ProbeResult) -> Vec<Told> {
    let mut groups: Vec<Vec<&ProbeDifference>> = Vec::new();
    for difference in &result.differences {
        let same = |group: &&mut Vec<&ProbeDifference>| {
            group[0].code == difference.code && in_any_payload(group[0]) == in_any_payload(difference)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(difference),
            None => groups.push(vec![difference]),
        }
    }
    groups.iter().map(|group| one_line(group)).collect()
}

fn one_line(group: &[&ProbeDifference]) -> Told {
    let (first, last) = (group[0], group[group.len() - 1]);
    let place = match (&*first.path, group.len()) {
        ("", _) => String::new(),
        (path, 1) => format!(" at {path}"),
        _ => format!(" at {} to {}", first.path, last.path),
    };
    let messages: HashSet<&str> = group.iter().map(|difference| &*difference.message).collect();
    let more = match messages.len() {
        1 => String::new(),
        count => format!(" (and {} more like it)", count - 1),
    };
    let line = format!("{place}: {}{more}", cut(&first.message));
    Told {
        code: first.code,
        rest: SafeText::new(&line).as_str().to_owned(),
    }
}

/// The path without the number of the payload.
fn in_any_payload(difference: &ProbeDifference) -> (&str, &str) {
    let path = &*difference.path;
    let numbered = path
        .strip_prefix("payloads[")
        .and_then(|rest| rest.split_once(']'));
    numbered.map_or((path, ""), |(_, rest)| ("payloads", rest))
}

/// The first line of what a peer says, and no more of it than fits a line.
fn cut(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines.next().unwrap_or_default();
    match line.char_indices().nth(SAID) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if lines.next().is_some() => format!("{line} …"),
        None => line.to_owned(),
    }
}

/// Every difference once, with where it showed.
fn gathered(results: &[ProbeResult]) -> Vec<(Told, String)> {
    let mut gathered: Vec<(Told, Vec<&ProbeResult>)> = Vec::new();
    for result in results {
        for told in told(result) {
            match gathered.iter_mut().find(|(other, _)| *other == told) {
                Some((_, shown_in)) => shown_in.push(result),
                None => gathered.push((told, vec![result])),
            }
        }
    }
    let placed = |shown_in: Vec<&ProbeResult>| places(results, &shown_in);
    gathered
        .into_iter()
        .map(|(told, shown_in)| (told, placed(shown_in)))
        .collect()
}

/// The cases, each with its dialects unless it showed in all of them.
fn places(results: &[ProbeResult], shown_in: &[&ProbeResult]) -> String {
    if shown_in.len() == results.len() {
        return format!("all {} messages", results.len());
    }
    let mut cases: Vec<(String, Vec<&str>)> = Vec::new();
    for result in shown_in {
        let (case, dialect) = (label(result), result.dialect.name());
        match cases.iter_mut().find(|(other, _)| *other == case) {
            Some((_, dialects)) => dialects.push(dialect),
            None => cases.push((case, vec![dialect])),
        }
    }
    let places = cases.into_iter().map(|(case, dialects)| {
        let tried = results.iter().filter(|result| label(result) == case).count();
        match (tried == dialects.len(), tried) {
            (true, 2..) => case,
            _ => format!("{case} ({})", dialects.join(", ")),
        }
    });
    places.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::Dialect;

    fn result(case: &'static str, dialect: Dialect, differences: Vec<ProbeDifference>) -> ProbeResult {
        ProbeResult {
            case,
            dialect,
            link: false,
            verdict: ProbeVerdict::Differs,
            differences,
        }
    }

    fn difference(path: String, message: String) -> ProbeDifference {
        ProbeDifference {
            code: "field-differs",
            path,
            message,
        }
    }

    #[test]
    fn the_same_in_many_payloads_is_one_line() {
        let many = (0..40).map(|n| {
            difference(
                format!("payloads[{n}].dataname"),
                format!("sent part {n}, received x"),
            )
        });
        let many: Vec<_> = many.collect();
        let results = [Dialect::V0_4, Dialect::V0_5].map(|dialect| result("many", dialect, many.clone()));
        let report = text_report("s", &results);
        assert!(
            report.ends_with(
                "\nfield-differs at payloads[0].dataname to payloads[39].dataname: sent part 0, received x \
                 (and 39 more like it)\n  in all 2 messages\n"
            ),
            "{report}"
        );
    }

    #[test]
    fn a_refusal_is_cut_to_a_line() {
        let refusal = format!("no table\n  at line 1\n{}", "x".repeat(5000));
        let long = difference(String::new(), "é".repeat(5000));
        let results = [
            result("a", Dialect::V0_4, vec![difference(String::new(), refusal)]),
            result("a", Dialect::V0_5, vec![long]),
            result("b", Dialect::V0_5, vec![]),
        ];
        let report = text_report("s", &results);
        assert!(
            report.contains("field-differs: no table …\n  in a (v0.4)\n"),
            "{report}"
        );
        assert!(
            report.contains("é…\n  in a (v0.5)") && report.len() < 1000,
            "{report}"
        );
        assert!(
            json_report("s", None, &results).len() > 10_000,
            "programs get all of it"
        );
    }
}
