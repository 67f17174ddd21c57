//! `watch`: the workbench on a broker.

use crate::cli::connection::{ConnectTime, ConnectionArgs};
use crate::cli::context::Context;
use crate::cli::exit::Outcome;
use crate::cli::literals::{filter, pattern};
use crate::cli::shapes_file::contract;
use crate::cli::workbench::{Source, Workbench, require_terminal, run_workbench};
use natsbridge_engine::{MessageFilter, NewTape};
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `watch`.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Subjects to subscribe to; the wildcards * and > only match whole tokens between dots [default: >]
    #[arg(value_name = "SUBJECT", value_parser = pattern)]
    subjects: Vec<String>,
    /// Shows only messages that match, like the workbench's filter: subject=chat.> and size>1MB
    #[arg(long, value_name = "EXPR", value_parser = filter)]
    filter: Option<Arc<MessageFilter>>,
    /// Records all incoming messages to this new file
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Tells where messages differ from this file of shapes, which `natsbridge shape learn` writes
    #[arg(long, value_name = "FILE")]
    shapes: Option<PathBuf>,
    /// Writes a JSON report on exit: frames, latencies, counters, memory
    #[arg(long, value_name = "FILE")]
    pub stats: Option<PathBuf>,
    #[command(flatten)]
    connect: ConnectTime,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Runs until the person quits.
    pub async fn run(self, context: Context) -> Outcome {
        require_terminal()?;
        let connect = context.connect_options(&self.connection, self.connect.time)?;
        let shapes = self.shapes.as_deref();
        let shapes = shapes
            .map(|path| contract(path, &context.settings.limits))
            .transpose()?;
        let record = self.record.as_deref().map(NewTape::create).transpose()?;
        run_workbench(Workbench {
            source: Source::Broker {
                connect: connect.into(),
                subjects: self.subjects,
                record,
            },
            fileserver_url: None,
            context,
            stats: self.stats,
            ends_after: None,
            tour: false,
            filter: self
                .filter
                .map_or_else(String::new, |filter| filter.text().to_owned()),
            shapes,
            remembers: true,
        })
        .await
    }
}
