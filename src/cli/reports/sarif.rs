//! SARIF 2.1.0: what code scanning services and editors read.

use super::contract::Report;
use crate::cli::exit::Failure;
use crate::cli::output::{Out, json_line};
use natsbridge_engine::Checked;
use natsbridge_wire::{Code, Finding, check_of};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Writes each result at once; what it tells of the codes comes last.
#[derive(Default)]
pub struct Sarif {
    codes: BTreeSet<Code>,
    /// Whether anything is written.
    begun: bool,
    /// Whether that includes a result.
    some: bool,
    /// What was not checked.
    lacking: Vec<Value>,
}

impl Sarif {
    fn head(&mut self) -> &'static str {
        if std::mem::replace(&mut self.begun, true) {
            return "";
        }
        r#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"results":["#
    }
}

impl Report for Sarif {
    fn message(&mut self, checked: &Checked, out: &mut Out) -> Result<(), Failure> {
        let mut text = self.head().to_owned();
        for finding in &checked.findings {
            self.codes.insert(finding.code);
            if std::mem::replace(&mut self.some, true) {
                text.push_str(",\n");
            }
            text.push_str(&json_line(&result(checked, finding)));
        }
        out.bytes(text.as_bytes())
    }

    fn lacking(&mut self, source: &str, text: &str, _out: &mut Out) -> Result<(), Failure> {
        self.lacking.push(json!({
            "level": "error",
            "message": { "text": text },
            "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(source) } } }],
        }));
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
        let tool = json!({ "driver": {
            "name": "natsbridge",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules.collect::<Value>(),
        } });
        let runs = json!([{
            "executionSuccessful": self.lacking.is_empty(),
            "toolExecutionNotifications": std::mem::take(&mut self.lacking),
        }]);
        let (head, tool, runs) = (self.head(), json_line(&tool), json_line(&runs));
        out.line(&format!("{head}],\"invocations\":{runs},\"tool\":{tool}}}]}}"))
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
