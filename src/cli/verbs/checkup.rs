//! Checks messages one after the other, whatever their source: reports, counts, judges.

use super::check_live::{LiveArgs, listen_to};
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::progress_line::{Counted, Measure, ProgressLine};
use crate::cli::reports::{Format, Report};
use crate::cli::stop::Stop;
use natsbridge_engine::{
    Checked, Contract, Examiner, FileKind, Files, LinkFetchOptions, SeenFiles, SelectedReaders, Specimen,
    counted, sentence,
};
use natsbridge_wire::{Code, Limits, Readability, Severity};
use std::collections::HashSet;
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
    /// Whether nothing but shapes is asked about.
    only_shapes: bool,
    /// Deviations from the file of shapes that were told: subject, sender, code and place.
    told: HashSet<(String, String, Code, String)>,
    /// Findings that say the same as one before.
    again: usize,
    /// How far it is, where the report does not show it on the same terminal.
    line: Option<ProgressLine>,
}

/// What is asked about messages.
pub(super) struct Asked {
    /// Who is to read them.
    pub readers: Vec<SelectedReaders>,
    /// What they are to look like.
    pub contract: Option<Contract>,
    /// Whether nothing else is asked.
    pub only_shapes: bool,
}

/// Deviations that are told apart; what comes beyond is told each time.
const TOLD: usize = 100_000;

impl<'a> CheckRun<'a> {
    /// Nothing checked yet; reports to standard output.
    pub(super) fn new(
        asked: Asked,
        fetching: Option<LinkFetchOptions>,
        limits: &'a Limits,
        fail_on: Severity,
        format: Format,
    ) -> Self {
        let out = Out::stdout();
        Self {
            examiner: Examiner::new(asked.readers, limits).holding(asked.contract),
            only_shapes: asked.only_shapes,
            told: HashSet::new(),
            again: 0,
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

    /// Checks what is named: files, then live messages if they are asked for; how these ended.
    pub(super) async fn all(
        &mut self,
        files: &FileArgs,
        live: &LiveArgs,
        connection: &ConnectionArgs,
        context: &Context,
    ) -> Outcome {
        files.required(live.is_asked())?;
        self.files(files)?;
        let mut exit = Exit::Done;
        if live.is_asked() {
            let connect = context.connect_options(connection, None)?;
            let mut stop = Stop::listen()?;
            let mut take = |specimens: &[Specimen]| self.take_all(specimens);
            exit = listen_to(live, "Checking", connect, &mut stop, &mut take).await?;
        }
        Ok(exit)
    }

    /// Checks all that files and folders hold.
    fn files(&mut self, files: &FileArgs) -> Result<(), Failure> {
        let limits = self.limits;
        self.files = files.each_message(limits, |specimen| self.take(&specimen))?;
        Ok(())
    }

    /// Checks one message.
    fn take(&mut self, specimen: &Specimen) -> Result<(), Failure> {
        let links = self.fetching.as_ref().map(|fetching| {
            let links = fetching.links_of(&specimen.raw, self.limits);
            block_in_place(|| Handle::current().block_on(links))
        });
        let checked = self.examiner.examine(specimen, links.as_ref());
        self.tell(checked)
    }

    /// Checks several messages, at the same time unless their links are fetched.
    fn take_all(&mut self, specimens: &[Specimen]) -> Result<(), Failure> {
        if self.fetching.is_some() {
            return specimens.iter().try_for_each(|specimen| self.take(specimen));
        }
        let all = self.examiner.examine_all(specimens);
        all.into_iter().try_for_each(|checked| self.tell(checked))
    }

    fn tell(&mut self, mut checked: Checked) -> Result<(), Failure> {
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
        if self.only_shapes {
            checked.findings.retain(|finding| finding.code.is_of_shape());
        }
        self.failed |= fails(&checked, self.fail_on);
        self.leave_out(&mut checked);
        for finding in &checked.findings {
            self.found[finding.severity() as usize] += 1;
        }
        self.report.message(&checked, &mut self.out)
    }

    /// Leaves out deviations that were told before: one tells of all messages like it.
    fn leave_out(&mut self, checked: &mut Checked) {
        let (told, again) = (&mut self.told, &mut self.again);
        checked.findings.retain(|finding| {
            if !finding.code.is_of_shape() || told.len() >= TOLD {
                return true;
            }
            let place = finding.path.clone().into_owned();
            let is_new = told.insert((
                checked.subject.clone(),
                checked.sender.clone(),
                finding.code,
                place,
            ));
            *again += usize::from(!is_new);
            is_new
        });
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
        if self.again > 0 {
            output::note(&format!(
                "{} more say the same of later messages.",
                counted(self.again, "finding")
            ));
        }
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
    #[arg(value_name = "FILE")]
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
    /// These files.
    pub(super) fn of(files: Vec<PathBuf>) -> Self {
        Self { files, known: None }
    }

    /// Refuses to go on without any file, unless there is something else to look at.
    pub(super) fn required(&self, otherwise: bool) -> Result<(), Failure> {
        if self.files.is_empty() && !otherwise {
            return Err(Failure::usage(
                "Name a file with messages, or a subject to listen on: --subject 'chat.>'",
            ));
        }
        Ok(())
    }

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
