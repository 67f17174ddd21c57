//! Problem reports as files: JSON and CSV for programs, Markdown for people.

use super::problem_groups::TroubleGroup;
use jiff::Timestamp;
use natsbridge_wire::Dialect;
use serde_json::{Value, json};
use std::fmt::Write as _;

fn time(at_us: i64) -> String {
    let at = Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{at:.6}")
}

fn dialect(trouble: &TroubleGroup) -> Option<&'static str> {
    trouble.dialect.map(Dialect::name)
}

/// One JSON object for each, in an array; times are RFC 3339, UTC.
pub fn troubles_json(troubles: &[TroubleGroup]) -> String {
    let list = troubles.iter().map(|trouble| {
        json!({
            "code": trouble.code.name(), "severity": trouble.code.severity().name(), "subject": &*trouble.subject,
            "sender": &*trouble.sender, "dialect": dialect(trouble), "count": trouble.count,
            "first": time(trouble.first_us), "last": time(trouble.last_us), "example": trouble.example,
            "message": trouble.message,
        })
    });
    let mut text = format!("{:#}", list.collect::<Value>());
    text.push('\n');
    text
}

/// The same as CSV (RFC 4180).
pub fn troubles_csv(troubles: &[TroubleGroup]) -> String {
    let mut text = String::from("code,severity,subject,sender,dialect,count,first,last,example,message\r\n");
    for trouble in troubles {
        let fields = [
            trouble.code.name().to_owned(),
            trouble.code.severity().name().to_owned(),
            trouble.subject.to_string(),
            trouble.sender.to_string(),
            dialect(trouble).unwrap_or_default().to_owned(),
            trouble.count.to_string(),
            time(trouble.first_us),
            time(trouble.last_us),
            trouble.example.to_string(),
            trouble.message.clone(),
        ];
        text.push_str(&fields.map(|field| quoted(&field)).join(","));
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
pub fn troubles_text(troubles: &[TroubleGroup]) -> String {
    let mut text = String::from(
        "| severity | code | count | sender | subject | dialect | first | last | example |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    let cell = |text: &str| text.replace('|', "\\|").replace(['\n', '\r'], " ");
    for trouble in troubles {
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | #{}: {} |",
            trouble.code.severity().name(),
            trouble.code.name(),
            trouble.count,
            cell(&trouble.sender),
            cell(&trouble.subject),
            dialect(trouble).unwrap_or("no envelope"),
            time(trouble.first_us),
            time(trouble.last_us),
            trouble.example,
            cell(&trouble.message)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::Code;

    #[test]
    fn every_field_stands_in_every_file() {
        let trouble = TroubleGroup {
            code: Code::BadBase64,
            subject: "a,b".into(),
            sender: "a|d".into(),
            dialect: None,
            count: 3,
            first_us: 1_000_000,
            last_us: 2_500_000,
            example: 7,
            message: "says \"x\"".into(),
        };
        let json: Value = serde_json::from_str(&troubles_json(std::slice::from_ref(&trouble))).unwrap();
        assert_eq!(json[0]["first"], "1970-01-01T00:00:01.000000Z");
        assert_eq!(json[0]["dialect"], Value::Null);
        assert_eq!(
            troubles_csv(std::slice::from_ref(&trouble))
                .lines()
                .nth(1)
                .unwrap(),
            r#"bad-base64,error,"a,b",a|d,,3,1970-01-01T00:00:01.000000Z,1970-01-01T00:00:02.500000Z,7,"says ""x""""#
        );
        assert!(troubles_text(&[trouble]).contains(r"| error | bad-base64 | 3 | a\|d | a,b | no envelope |"));
    }
}
