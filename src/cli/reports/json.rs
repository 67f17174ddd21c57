//! One JSON object per message, as the contract of the command line has it.

use super::contract::Report;
use crate::cli::exit::Failure;
use crate::cli::output::Out;
use natsbridge_engine::Checked;
use natsbridge_wire::{Answer, Dialect, ObjectWriter, escape_json, write_array, write_findings};

/// Writes each message at once.
pub struct JsonLines;

impl Report for JsonLines {
    fn message(&mut self, checked: &Checked, out: &mut Out) -> Result<(), Failure> {
        let mut text = Vec::new();
        let mut line = ObjectWriter::begin(&mut text);
        line.text("source", &checked.source);
        line.number("index", checked.index);
        line.text("subject", &checked.subject);
        line.optional_text("dialect", checked.dialect.map(Dialect::name));
        write_findings(line.key("findings"), &checked.findings);
        if !checked.readers.is_empty() {
            let mut readers = ObjectWriter::begin(line.key("readers"));
            for answer in &checked.readers {
                write_answer(readers.key(answer.name), answer);
            }
            readers.end();
        }
        line.end();
        escape_json(&mut text, 0);
        text.push(b'\n');
        out.bytes(&text)
    }
}

fn write_answer(out: &mut Vec<u8>, answer: &Answer) {
    let mut fields = ObjectWriter::begin(out);
    fields.text("reads", answer.reads.name());
    write_array(fields.key("reasons"), &answer.reasons, |out, reason| {
        let mut fields = ObjectWriter::begin(out);
        fields.text("reads", reason.reads.name());
        fields.text("code", reason.code.name());
        fields.text("path", &reason.path);
        fields.text("message", &reason.message);
        fields.end();
    });
    fields.end();
}
