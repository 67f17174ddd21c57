//! Problem reports as files: JSON and CSV for programs, Markdown for people.

use super::problem_groups::ProblemEntry;
use jiff::Timestamp;
use natsbridge_wire::{Dialect, SafeText, check_of, escape_json_lines};
use serde_json::{Value, json};
use std::fmt::Write as _;

fn time(at_us: i64) -> String {
    let at = Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{at:.6}")
}

fn dialect(problem: &ProblemEntry) -> Option<&'static str> {
    problem.dialect.map(Dialect::name)
}

/// One JSON object for each, in an array; times are RFC 3339, UTC.
pub fn problems_to_json(problems: &[ProblemEntry]) -> String {
    let list = problems.iter().map(|problem| {
        json!({
            "code": problem.code.name(), "severity": problem.severity.name(), "subject": &*problem.subject,
            "sender": &*problem.sender, "dialect": dialect(problem), "count": problem.count,
            "first": time(problem.first_us), "last": time(problem.last_us), "example": problem.example,
            "message": problem.message,
        })
    });
    escape_json_lines(&format!("{:#}\n", list.collect::<Value>()))
}

/// The same as CSV (RFC 4180).
pub fn problems_to_csv(problems: &[ProblemEntry]) -> String {
    let mut text = String::from("code,severity,subject,sender,dialect,count,first,last,example,message\r\n");
    for problem in problems {
        let fields = [
            problem.code.name().to_owned(),
            problem.severity.name().to_owned(),
            problem.subject.to_string(),
            problem.sender.to_string(),
            dialect(problem).unwrap_or_default().to_owned(),
            problem.count.to_string(),
            time(problem.first_us),
            time(problem.last_us),
            problem.example.to_string(),
            problem.message.clone(),
        ];
        text.push_str(
            &fields
                .map(|field| quoted(SafeText::new(&field).as_str()))
                .join(","),
        );
        text.push_str("\r\n");
    }
    text
}

fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.to_owned()
}

/// The same as a Markdown table.
pub fn problems_to_markdown(problems: &[ProblemEntry]) -> String {
    let mut text = String::from(
        "| severity | code | count | sender | subject | dialect | first | last | example | cure |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    let cell = |text: &str| SafeText::new(text).as_str().replace('|', "\\|");
    for problem in problems {
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | #{}: {} | {} |",
            problem.severity.name(),
            problem.code.name(),
            problem.count,
            cell(&problem.sender),
            cell(&problem.subject),
            dialect(problem).unwrap_or("no envelope"),
            time(problem.first_us),
            time(problem.last_us),
            problem.example,
            cell(&problem.message),
            cell(check_of(problem.code).advice)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::{Code, acts_on_terminal};

    #[test]
    fn every_field_stands_in_every_file() {
        let problem = ProblemEntry {
            code: Code::BadBase64,
            severity: Code::BadBase64.severity(),
            subject: "a,b".into(),
            sender: "a|d".into(),
            dialect: None,
            count: 3,
            first_us: 1_000_000,
            last_us: 2_500_000,
            example: 7,
            message: "says \"x\"".into(),
        };
        let json: Value = serde_json::from_str(&problems_to_json(std::slice::from_ref(&problem))).unwrap();
        assert_eq!(json[0]["first"], "1970-01-01T00:00:01.000000Z");
        assert_eq!(json[0]["dialect"], Value::Null);
        assert_eq!(
            problems_to_csv(std::slice::from_ref(&problem))
                .lines()
                .nth(1)
                .unwrap(),
            r#"bad-base64,error,"a,b",a|d,,3,1970-01-01T00:00:01.000000Z,1970-01-01T00:00:02.500000Z,7,"says ""x""""#
        );
        assert!(
            problems_to_markdown(std::slice::from_ref(&problem))
                .contains(r"| error | bad-base64 | 3 | a\|d | a,b | no envelope |")
        );
        let evil = [ProblemEntry {
            sender: "a\u{9b}31m\n\u{fff9}".into(),
            message: "\u{1b}]0;x\u{7}".into(),
            ..problem
        }];
        for text in [
            problems_to_json(&evil),
            problems_to_csv(&evil),
            problems_to_markdown(&evil),
        ] {
            assert!(
                !text.lines().any(|line| line.contains(acts_on_terminal)),
                "{text:?}"
            );
        }
    }
}
