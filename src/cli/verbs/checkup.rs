//! Checks messages one after the other, whatever their source: reports, counts, judges.

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::progress_line::{Counted, Measure, ProgressLine};
use crate::cli::reports::{Format, Report};
use natsbridge_engine::{
    Checked, Examiner, FileKind, Files, LinkFetchOptions, SeenFiles, SelectedReaders, Specimen, counted,
    sentence,
};
use natsbridge_wire::{Limits, Readability, Severity};
use std::path::PathBuf;
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
    files: FilesEnd,
    /// How far it is, where the report does not show it on the same terminal.
    line: Option<ProgressLine>,
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
        let out = Out::stdout();
        Self {
            examiner: Examiner::new(asked, limits),
            fetching,
            limits,
            fail_on,
            report: format.report(fail_on),
            line: (!out.is_terminal()).then(ProgressLine::start),
            out,
            checked: 0,
            found: [0; 3],
            failed: false,
            files: FilesEnd::default(),
        }
    }

    /// Checks all that files and folders hold.
    pub(super) fn files(&mut self, files: &FileArgs) -> Result<(), Failure> {
        let limits = self.limits;
        self.files = files.each_message(limits, |specimen| self.take(&specimen))?;
        Ok(())
    }

    /// Checks one message.
    pub(super) fn take(&mut self, specimen: &Specimen) -> Result<(), Failure> {
        let links = self.fetching.as_ref().map(|fetching| {
            let links = fetching.links_of(&specimen.raw, self.limits);
            block_in_place(|| Handle::current().block_on(links))
        });
        let checked = self.examiner.examine(specimen, links.as_ref());
        self.tell(&checked)
    }

    /// Checks several messages, at the same time unless their links are fetched.
    pub(super) fn take_all(&mut self, specimens: &[Specimen]) -> Result<(), Failure> {
        if self.fetching.is_some() {
            return specimens.iter().try_for_each(|specimen| self.take(specimen));
        }
        let all = self.examiner.examine_all(specimens);
        all.iter().try_for_each(|checked| self.tell(checked))
    }

    fn tell(&mut self, checked: &Checked) -> Result<(), Failure> {
        self.checked += 1;
        if let Some(line) = &mut self.line
            && let Some(took) = line.is_due()
        {
            let far = Measure {
                of: Counted::Messages,
                done: self.checked as u64,
                share: None,
                took,
            };
            line.show(&format!("Checking: {} messages", far.text()));
        }
        for finding in &checked.findings {
            self.found[finding.severity() as usize] += 1;
        }
        self.failed |= fails(checked, self.fail_on);
        self.report.message(checked, &mut self.out)
    }

    /// Ends the report; `exit` says how the checking itself ended.
    pub(super) fn end(mut self, exit: Exit) -> Outcome {
        self.line = None;
        for (source, text) in &self.files.lacking {
            self.report.lacking(source, text, &mut self.out)?;
        }
        self.report.end(&mut self.out)?;
        let [notes, warnings, errors] = self.found;
        output::note(&format!(
            "{} checked: {}, {}, {}.",
            counted(self.checked, "message"),
            counted(errors, "error"),
            counted(warnings, "warning"),
            counted(notes, "note"),
        ));
        match exit {
            Exit::Done => self.files.exit(self.checked, self.failed),
            exit => Ok(exit),
        }
    }
}

/// The files that are named.
#[derive(Debug, clap::Args)]
pub(super) struct FileArgs {
    /// Files with envelopes (JSON, a JSON array, JSON lines), tapes, dumps of the nats command, or directories of
    /// these; - is standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["subject", "explain", "rules"])]
    files: Vec<PathBuf>,
    /// Takes the files for this, instead of finding out what they are: json, lines, tape, dump
    #[arg(long = "as", value_name = "KIND", value_parser = kind, requires = "files")]
    known: Option<FileKind>,
}

/// What became of the files.
#[derive(Debug, Default)]
pub(super) struct FilesEnd {
    /// Whether some could not be read.
    unread: bool,
    /// What was not checked of which file, a sentence each.
    lacking: Vec<(String, String)>,
}

impl FileArgs {
    /// Hands over all messages of the files, until one fails; says what the files are, and what cannot be read.
    pub(super) fn each_message(
        &self,
        limits: &Limits,
        mut take: impl FnMut(Specimen) -> Result<(), Failure>,
    ) -> Result<FilesEnd, Failure> {
        let mut files = Files::new(limits, self.known, &mut take);
        let read = self.files.iter().try_for_each(|file| files.read(file));
        let seen = files.seen;
        let mut lacking = Vec::new();
        for note in &seen.told {
            output::warning(&format!("{}: {}", note.source, note.text));
            if note.lacks {
                lacking.push((note.source.clone(), note.text.clone()));
            }
        }
        for (source, error) in &seen.unread {
            let text = sentence(error);
            output::error(&text);
            lacking.push((source.clone(), text));
        }
        if !seen.kinds.is_empty() {
            output::note(&format!("Read as {}.", kinds(&seen)));
        }
        read.map(|()| FilesEnd {
            unread: !seen.unread.is_empty(),
            lacking,
        })
    }
}

impl FilesEnd {
    /// How it ends after so many messages: it never is well if there was something that was not checked.
    pub(super) fn exit(&self, checked: usize, failed: bool) -> Outcome {
        match checked {
            _ if self.unread => Ok(Exit::Usage),
            0 => Err(Failure::usage("Nothing was checked: there is no message.")),
            _ if failed || !self.lacking.is_empty() => Ok(Exit::No),
            _ => Ok(Exit::Done),
        }
    }
}

/// As what the files were read: one by its name, several by their number.
fn kinds(seen: &SeenFiles) -> String {
    let kinds = seen.kinds.iter().map(|(kind, (number, first))| match number {
        1 => format!("{}: {first}", kind.title()),
        number => format!("{}: {}", kind.title(), counted(*number, "file")),
    });
    kinds.collect::<Vec<_>>().join("; ")
}

fn kind(name: &str) -> Result<FileKind, String> {
    let named = FileKind::ALL.into_iter().find(|kind| kind.name() == name);
    named.ok_or_else(|| "a file is json, lines, tape or dump, for example --as lines".to_owned())
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
