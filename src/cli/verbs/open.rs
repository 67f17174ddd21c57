//! `open`: the workbench on a tape, without a broker.

use crate::cli::context::Context;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::shapes_file::contract;
use crate::cli::workbench::{Source, Workbench, require_terminal, run_workbench};
use natsbridge_engine::{TapeError, TapeReader, sentence};
use std::path::PathBuf;

/// Arguments of `open`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A tape, or output of nats sub --dump: a file or a directory
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Tells where messages differ from this file of shapes, which `natsbridge shape learn` writes
    #[arg(long, value_name = "FILE")]
    shapes: Option<PathBuf>,
    /// Writes a JSON report on exit: frames, latencies, counters, memory
    #[arg(long, value_name = "FILE")]
    pub stats: Option<PathBuf>,
}

impl Args {
    /// Runs until the person quits.
    pub async fn run(self, context: Context) -> Outcome {
        let tape = TapeReader::open(&self.file, &context.settings.limits)?;
        let shapes = self.shapes.as_deref();
        let shapes = shapes
            .map(|path| contract(path, &context.settings.limits))
            .transpose()?;
        require_terminal()?;
        run_workbench(Workbench {
            source: Source::Tape(Box::new(tape)),
            fileserver_url: None,
            context,
            stats: self.stats,
            ends_after: None,
            tour: false,
            filter: String::new(),
            shapes,
            remembers: false,
        })
        .await
    }
}

impl From<TapeError> for Failure {
    fn from(error: TapeError) -> Self {
        Self::usage(sentence(&error))
    }
}
