//! SARIF 2.1.0: what code scanning services and editors read.

use super::contract::Report;
use crate::cli::exit::Failure;
use crate::cli::output::{Out, json_line};
use natsbridge_engine::Checked;
use natsbridge_wire::{Code, Finding, check_of};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Gathers results: the format is one object.
#[derive(Default)]
pub struct Sarif {
    codes: BTreeSet<Code>,
    results: Vec<Value>,
}

impl Report for Sarif {
    fn message(&mut self, checked: &Checked, _out: &mut Out) -> Result<(), Failure> {
        for finding in &checked.findings {
            self.codes.insert(finding.code);
            self.results.push(result(checked, finding));
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        let rules = self.codes.iter().map(|code| {
            json!({
                "id": code.name(),
                "defaultConfiguration": { "level": code.severity().name() },
                "shortDescription": { "text": check_of(*code).title },
                "help": { "text": check_of(*code).advice },
            })
        });
        let run = json!({
            "tool": { "driver": {
                "name": "natsbridge",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Value>(),
            } },
            "results": std::mem::take(&mut self.results),
        });
        out.line(&json_line(&json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        })))
    }
}

fn result(checked: &Checked, finding: &Finding) -> Value {
    let name = format!("[{}].{}", checked.index, finding.path);
    let mut physical = json!({ "artifactLocation": { "uri": uri(&checked.source) } });
    // Within a payload or a later message, the offset is not one in the file.
    if let Some(offset) = finding
        .offset
        .filter(|_| finding.path.is_empty() && checked.index == 0)
    {
        physical["region"] = json!({ "byteOffset": offset });
    }
    json!({
        "ruleId": finding.code.name(),
        "level": finding.severity().name(),
        "message": { "text": finding.message },
        "locations": [{
            "physicalLocation": physical,
            "logicalLocations": [{ "fullyQualifiedName": name.trim_end_matches('.') }],
        }],
    })
}

/// A relative reference: what means something in a URI is escaped, folders stay.
fn uri(source: &str) -> String {
    let parts = source.split('/').map(natsbridge_wire::percent_encode);
    parts.collect::<Vec<_>>().join("/")
}
