//! One JSON object per message, as the contract of the command line has it.

use super::contract::Report;
use crate::cli::exit::Failure;
use crate::cli::output::{Out, json_line};
use natsbridge_engine::Checked;
use natsbridge_wire::{Answer, findings_json};
use serde_json::{Map, Value, json};

/// Writes each message at once.
pub struct JsonLines;

impl Report for JsonLines {
    fn message(&mut self, checked: &Checked, out: &mut Out) -> Result<(), Failure> {
        let mut line = json!({
            "source": checked.source,
            "index": checked.index,
            "subject": checked.subject,
            "dialect": checked.dialect.map(natsbridge_wire::Dialect::name),
            "findings": findings_json(&checked.findings),
        });
        if !checked.readers.is_empty() {
            line["readers"] = checked.readers.iter().map(reader).collect::<Map<_, _>>().into();
        }
        out.line(&json_line(&line))
    }
}

fn reader(answer: &Answer) -> (String, Value) {
    let reasons = answer.reasons.iter().map(|reason| {
        json!({
            "reads": reason.reads.name(),
            "code": reason.code.name(),
            "path": reason.path,
            "message": reason.message,
        })
    });
    let reasons: Value = reasons.collect();
    let answer_json = json!({ "reads": answer.reads.name(), "reasons": reasons });
    (answer.name.to_owned(), answer_json)
}
