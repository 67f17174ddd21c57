//! A page that any browser opens: what is wrong, where, how to mend it, who can read it.

use super::contract::Report;
use crate::cli::exit::Failure;
use crate::cli::output::Out;
use natsbridge_app::{checked_section, counted, page_end, page_start};
use natsbridge_engine::{Checked, clock};
use natsbridge_wire::Severity;

/// Writes each message at once; the summary, which the page shows first, last.
#[derive(Default)]
pub struct Html {
    messages: u64,
    findings: [u64; 3],
    /// What was not checked, a sentence each.
    lacking: Vec<String>,
}

impl Html {
    fn begin(&self, out: &mut Out) -> Result<(), Failure> {
        let start = || {
            page_start(
                "natsbridge check",
                "What was found in the messages.",
                clock::now_us(),
            )
        };
        match self.messages {
            0 => out.bytes(start().as_bytes()),
            _ => Ok(()),
        }
    }
}

impl Report for Html {
    fn message(&mut self, checked: &Checked, out: &mut Out) -> Result<(), Failure> {
        self.begin(out)?;
        self.messages += 1;
        for finding in &checked.findings {
            self.findings[finding.severity() as usize] += 1;
        }
        out.bytes(checked_section(checked).as_bytes())
    }

    fn lacking(&mut self, source: &str, text: &str, _out: &mut Out) -> Result<(), Failure> {
        self.lacking.push(format!(" {source}: {text}"));
        Ok(())
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        self.begin(out)?;
        let found = [Severity::Error, Severity::Warning, Severity::Note];
        let found = found.map(|severity| counted(self.findings[severity as usize], severity.name()));
        let checked = counted(self.messages, "message");
        let summary = format!("{checked}: {}.{}", found.join(", "), self.lacking.concat());
        out.bytes(page_end(&summary).as_bytes())
    }
}
