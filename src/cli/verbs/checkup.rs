//! Checks messages one after the other, whatever their source: reports, counts, judges.

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::reports::{Format, Report};
use natsbridge_engine::{
    Checked, Examiner, Files, FilesError, LinkFetchOptions, SelectedReaders, Specimen, sentence,
};
use natsbridge_ui::counted;
use natsbridge_wire::{Limits, Readability, Severity};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

/// What was checked so far, and where it is reported.
pub(super) struct CheckRun<'a> {
    examiner: Examiner<'a>,
    /// Fetches links, if anybody asked for it.
    fetching: Option<LinkFetchOptions>,
    limits: &'a Limits,
    fail_on: Severity,
    report: Box<dyn Report>,
    out: Out,
    /// Messages.
    checked: usize,
    /// Notes, warnings, errors.
    found: [usize; 3],
    failed: bool,
}

impl<'a> CheckRun<'a> {
    /// Nothing checked yet; reports to standard output.
    pub(super) fn new(
        asked: Vec<SelectedReaders>,
        fetching: Option<LinkFetchOptions>,
        limits: &'a Limits,
        fail_on: Severity,
        format: Format,
    ) -> Self {
        Self {
            examiner: Examiner::new(asked, limits),
            fetching,
            limits,
            fail_on,
            report: format.report(fail_on),
            out: Out::stdout(),
            checked: 0,
            found: [0; 3],
            failed: false,
        }
    }

    /// Checks all that a file or a folder holds.
    pub(super) fn file(&mut self, file: &str) -> Result<(), Failure> {
        let limits = self.limits;
        each_message(file, limits, |specimen| self.take(&specimen))
    }

    /// Checks one message.
    pub(super) fn take(&mut self, specimen: &Specimen) -> Result<(), Failure> {
        let links = self.fetching.as_ref().map(|fetching| {
            let links = fetching.links_of(&specimen.raw, self.limits);
            block_in_place(|| Handle::current().block_on(links))
        });
        let checked = self.examiner.examine(specimen, links.as_ref());
        self.checked += 1;
        for finding in &checked.findings {
            self.found[finding.severity() as usize] += 1;
        }
        self.failed |= fails(&checked, self.fail_on);
        self.report.message(&checked, &mut self.out)
    }

    /// Ends the report; `exit` says how the checking itself ended.
    pub(super) fn end(mut self, exit: Exit) -> Outcome {
        self.report.end(&mut self.out)?;
        let [notes, warnings, errors] = self.found;
        output::note(&format!(
            "{} checked: {}, {}, {}.",
            counted(self.checked, "message"),
            counted(errors, "error"),
            counted(warnings, "warning"),
            counted(notes, "note"),
        ));
        Ok(match exit {
            Exit::Done if self.failed => Exit::No,
            exit => exit,
        })
    }
}

/// Hands over all messages that a file or a folder holds, until one fails; reports what cannot be read.
pub(super) fn each_message(
    file: &str,
    limits: &Limits,
    mut take: impl FnMut(Specimen) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut files = Files::new(limits, &mut take);
    let read = files.read(file);
    for problem in files.problems {
        output::warning(&problem);
    }
    read
}

/// A finding of that severity, or a reader that fails; reading only partly counts as a warning.
fn fails(checked: &Checked, fail_on: Severity) -> bool {
    let readers = checked.readers.iter().map(|answer| match answer.reads {
        Readability::Yes => None,
        Readability::Partly => Some(Severity::Warning),
        Readability::No => Some(Severity::Error),
    });
    readers
        .chain([checked.worst()])
        .flatten()
        .any(|worst| worst >= fail_on)
}

impl From<FilesError> for Failure {
    fn from(error: FilesError) -> Self {
        Self::usage(sentence(&error))
    }
}
