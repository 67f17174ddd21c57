//! `JUnit` XML: a source is a test suite, a message a test case, its findings the failure.

use super::contract::Report;
use crate::cli::exit::Failure;
use crate::cli::output::Out;
use natsbridge_engine::Checked;
use natsbridge_wire::{SafeText, Severity};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};

/// Gathers cases in a file, because the format counts them first.
pub struct JUnit {
    fail_on: Severity,
    suites: Vec<Suite>,
    /// The cases of all suites, one after the other.
    cases: Option<BufWriter<File>>,
}

#[derive(Default)]
struct Suite {
    name: String,
    tests: usize,
    failures: usize,
    errors: usize,
    /// Bytes of its cases.
    bytes: u64,
}

impl JUnit {
    /// A case fails from this severity on.
    pub fn new(fail_on: Severity) -> Self {
        Self {
            fail_on,
            suites: Vec::new(),
            cases: None,
        }
    }

    /// Adds a case with its failures and errors to the suite of its source, which is the last or a new one.
    fn case(&mut self, source: &str, text: &str, (failures, errors): (usize, usize)) -> Result<(), Failure> {
        self.keep(text).map_err(|error| not_kept(&error))?;
        if self.suites.last().is_none_or(|suite| suite.name != source) {
            self.suites.push(Suite {
                name: source.to_owned(),
                ..Suite::default()
            });
        }
        if let Some(suite) = self.suites.last_mut() {
            suite.tests += 1;
            suite.failures += failures;
            suite.errors += errors;
            suite.bytes += text.len() as u64;
        }
        Ok(())
    }

    fn keep(&mut self, text: &str) -> io::Result<()> {
        if self.cases.is_none() {
            self.cases = Some(BufWriter::new(tempfile::tempfile()?));
        }
        let Some(cases) = &mut self.cases else {
            return Ok(());
        };
        cases.write_all(text.as_bytes())
    }
}

impl Report for JUnit {
    fn message(&mut self, checked: &Checked, _out: &mut Out) -> Result<(), Failure> {
        let fails = checked.worst() >= Some(self.fail_on);
        self.case(&checked.source, &case(checked, fails), (usize::from(fails), 0))
    }

    fn lacking(&mut self, source: &str, text: &str, _out: &mut Out) -> Result<(), Failure> {
        let (name, text) = (escaped(source), escaped(text));
        let case = format!(
            "    <testcase classname=\"{name}\" name=\"the file\">\n      <error type=\"lacking\" \
             message=\"{text}\"/>\n    </testcase>\n"
        );
        self.case(source, &case, (0, 1))
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        let sum = |count: fn(&Suite) -> usize| self.suites.iter().map(count).sum::<usize>();
        let tests = sum(|suite| suite.tests);
        let failures = sum(|suite| suite.failures);
        let errors = sum(|suite| suite.errors);
        out.line(r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        out.line(&format!(
            r#"<testsuites name="natsbridge check" tests="{tests}" failures="{failures}" errors="{errors}">"#
        ))?;
        let Some(cases) = self.cases.take() else {
            return out.line("</testsuites>");
        };
        let cases = cases.into_inner().map_err(io::IntoInnerError::into_error);
        let rewound = cases.and_then(|mut cases| cases.rewind().map(|()| cases));
        let mut cases = rewound.map_err(|error| not_kept(&error))?;
        let mut piece = vec![0; PIECE];
        for suite in &self.suites {
            out.line(&format!(
                r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}">"#,
                escaped(&suite.name),
                suite.tests,
                suite.failures,
                suite.errors
            ))?;
            let mut left = (&mut cases).take(suite.bytes);
            loop {
                let read = left.read(&mut piece).map_err(|error| not_kept(&error))?;
                if read == 0 {
                    break;
                }
                out.bytes(&piece[..read])?;
            }
            out.line("  </testsuite>")?;
        }
        out.line("</testsuites>")
    }
}

/// Bytes read at a time.
const PIECE: usize = 64 << 10;

fn not_kept(error: &io::Error) -> Failure {
    let folder = std::env::temp_dir();
    Failure::usage(format!(
        "Cannot keep the report in {}: {error}. Make room there, or name another folder with TMPDIR.",
        folder.display()
    ))
}

fn case(checked: &Checked, fails: bool) -> String {
    let mut cases = String::new();
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
        return cases;
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
    cases
}

fn escaped(text: &str) -> String {
    let lines = text.lines().map(|line| SafeText::new(line).as_str().to_owned());
    let text = lines.collect::<Vec<_>>().join("\n");
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
