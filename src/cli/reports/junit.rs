//! `JUnit` XML: a source is a test suite, a message a test case, its findings the failure.

use super::contract::Report;
use crate::cli::exit::Failure;
use crate::cli::output::Out;
use natsbridge_engine::Checked;
use natsbridge_wire::{SafeText, Severity};
use std::fmt::Write as _;

/// Gathers cases: the format counts them first.
pub struct JUnit {
    fail_on: Severity,
    suites: Vec<Suite>,
}

struct Suite {
    name: String,
    tests: usize,
    failures: usize,
    cases: String,
}

impl JUnit {
    /// A case fails from this severity on.
    pub fn new(fail_on: Severity) -> Self {
        Self {
            fail_on,
            suites: Vec::new(),
        }
    }
}

impl Report for JUnit {
    fn message(&mut self, checked: &Checked, _out: &mut Out) -> Result<(), Failure> {
        if self
            .suites
            .last()
            .is_none_or(|suite| suite.name != checked.source)
        {
            self.suites.push(Suite {
                name: checked.source.clone(),
                tests: 0,
                failures: 0,
                cases: String::new(),
            });
        }
        let fails = checked.worst() >= Some(self.fail_on);
        if let Some(suite) = self.suites.last_mut() {
            suite.tests += 1;
            suite.failures += usize::from(fails);
            case(&mut suite.cases, checked, fails);
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        let (tests, failures) = self.suites.iter().fold((0, 0), |(tests, failures), suite| {
            (tests + suite.tests, failures + suite.failures)
        });
        out.line(r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        out.line(&format!(
            r#"<testsuites name="natsbridge check" tests="{tests}" failures="{failures}">"#
        ))?;
        for suite in &self.suites {
            out.line(&format!(
                r#"  <testsuite name="{}" tests="{}" failures="{}">"#,
                escaped(&suite.name),
                suite.tests,
                suite.failures
            ))?;
            out.bytes(suite.cases.as_bytes())?;
            out.line("  </testsuite>")?;
        }
        out.line("</testsuites>")
    }
}

fn case(cases: &mut String, checked: &Checked, fails: bool) {
    let dialect = checked
        .dialect
        .map_or("not an envelope", natsbridge_wire::Dialect::name);
    // Writing into a String cannot fail.
    let _ = write!(
        cases,
        r#"    <testcase classname="{}" name="message {} ({dialect})""#,
        escaped(&checked.source),
        checked.index
    );
    if checked.findings.is_empty() {
        cases.push_str("/>\n");
        return;
    }
    let lines = checked.findings.iter().map(|finding| {
        let (code, severity) = (finding.code.name(), finding.severity().name());
        format!("{severity} {code} {}: {}", finding.path, finding.message)
    });
    let text = escaped(&lines.collect::<Vec<_>>().join("\n"));
    let worst = checked.findings.iter().max_by_key(|finding| finding.severity());
    let _ = match worst.filter(|_| fails) {
        Some(worst) => writeln!(
            cases,
            ">\n      <failure type=\"{}\" message=\"{}\">{text}</failure>\n    </testcase>",
            worst.code.name(),
            escaped(&worst.message)
        ),
        None => writeln!(cases, ">\n      <system-out>{text}</system-out>\n    </testcase>"),
    };
}

fn escaped(text: &str) -> String {
    let lines = text.lines().map(|line| SafeText::new(line).as_str().to_owned());
    let text = lines.collect::<Vec<_>>().join("\n");
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
