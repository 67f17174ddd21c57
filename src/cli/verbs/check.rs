//! `check`: the doctor. Finds what is wrong with messages from files, standard input, tapes or live subjects, and who
//! can read them.

use super::check_live::LiveArgs;
use super::check_mend::{mend_files, reader};
use super::checkup::{Asked, CheckRun, FileArgs};
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::output::Out;
use crate::cli::printing::fetch_modes;
use crate::cli::reports::Format;
use crate::cli::rules::{explanation, rules_page};
use crate::cli::shapes_file::contract;
use natsbridge_engine::{FetchMode, Fetcher, LinkFetchOptions, Progress, SelectedReaders};
use natsbridge_wire::{Code, Reader, Severity};
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    live: LiveArgs,
    /// One JSON object per message; same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Instead of reporting, rewrites the messages so that this peer can read them, one per line; readers as in --for
    #[arg(long, value_name = "READER", value_parser = reader, conflicts_with_all = ["subject", "json", "format", "readers", "fetch"])]
    mend: Option<&'static Reader>,
    /// Also fetches links, and reports those that are gone, unreachable, or whose file has another size or kind
    #[arg(long, value_name = "WHICH", value_parser = fetch_modes(), default_value = "never")]
    fetch: FetchMode,
    /// Also holds the messages against a file of shapes, which `natsbridge shape learn` writes
    #[arg(long, value_name = "FILE")]
    shapes: Option<PathBuf>,
    /// Format of the report
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Checks who can read the messages: v0.4, v0.5, julia, javascript, browser, python, micropython, or all
    #[arg(long = "for", value_name = "READERS", value_delimiter = ',', value_parser = readers)]
    readers: Vec<Vec<SelectedReaders>>,
    /// Exit code 1 for findings of this severity or worse
    #[arg(long, value_name = "SEVERITY", value_parser = severity, default_value = "error")]
    fail_on: Severity,
    /// Explains a finding code and exits
    #[arg(long, value_name = "CODE", value_parser = code)]
    explain: Option<Code>,
    /// Prints all finding codes as a Markdown page and exits
    #[arg(long)]
    rules: bool,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Checks everything that is named.
    pub async fn run(self, context: &Context) -> Outcome {
        if self.rules {
            Out::stdout().bytes(rules_page().as_bytes())?;
            return Ok(Exit::Done);
        }
        if let Some(code) = self.explain {
            Out::stdout().bytes(explanation(code).as_bytes())?;
            return Ok(Exit::Done);
        }
        if let Some(reader) = self.mend {
            self.files.required(false)?;
            return mend_files(&self.files, reader, &context.settings.limits);
        }
        let format = if self.json { Format::Json } else { self.format };
        let asked = self.readers.iter().flatten().cloned().collect();
        let fetching = (self.fetch != FetchMode::Never).then(|| LinkFetchOptions {
            fetcher: Fetcher::new(
                context.settings.links.fetch.clone(),
                context.settings.limits.clone(),
            ),
            mode: self.fetch,
            most: None,
            progress: Arc::new(|_| Progress::default()),
        });
        let limits = &context.settings.limits;
        let contract = self
            .shapes
            .as_deref()
            .map(|path| contract(path, limits))
            .transpose()?;
        let asked = Asked {
            readers: asked,
            contract,
            only_shapes: false,
        };
        let mut checkup = CheckRun::new(asked, fetching, limits, self.fail_on, format);
        let exit = checkup
            .all(&self.files, &self.live, &self.connection, context)
            .await?;
        checkup.end(exit)
    }
}

fn readers(text: &str) -> Result<Vec<SelectedReaders>, String> {
    match text.trim() {
        "all" => Ok(SelectedReaders::all()),
        name => match SelectedReaders::named(name) {
            Ok(asked) => Ok(vec![asked]),
            Err(unknown) => Err(unknown.to_string()),
        },
    }
}

pub(super) fn severity(text: &str) -> Result<Severity, String> {
    Severity::from_name(text)
        .ok_or_else(|| "a severity is error, warning or note, for example --fail-on warning".to_owned())
}

fn code(text: &str) -> Result<Code, String> {
    Code::from_name(text).ok_or_else(|| {
        format!("unknown code {text}; natsbridge check --rules lists them all, such as bad-base64")
    })
}
