//! The only list of report formats.

use super::contract::Report;
use super::html::Html;
use super::json::JsonLines;
use super::junit::JUnit;
use super::sarif::Sarif;
use super::text::Text;
use natsbridge_wire::Severity;

/// The values of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Readable lines: what is wrong, where, and how to fix it
    Text,
    /// One JSON object per message
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// `JUnit` XML for test reports, one test case per message
    Junit,
    /// A page for any browser, with cures and lines of code
    Html,
}

impl Format {
    /// A report in this format; a test case fails from `fail_on` on.
    pub fn report(self, fail_on: Severity) -> Box<dyn Report> {
        match self {
            Self::Text => Box::new(Text),
            Self::Json => Box::new(JsonLines),
            Self::Sarif => Box::new(Sarif::default()),
            Self::Junit => Box::new(JUnit::new(fail_on)),
            Self::Html => Box::<Html>::default(),
        }
    }
}
