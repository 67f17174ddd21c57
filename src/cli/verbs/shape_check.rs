//! `shape check`: holds live messages, tapes or files against a file of shapes.

use super::check::severity;
use super::check_live::LiveArgs;
use super::checkup::{Asked, CheckRun, FileArgs};
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::Outcome;
use crate::cli::reports::Format;
use crate::cli::shapes_file::contract;
use natsbridge_wire::Severity;
use std::path::PathBuf;

/// Arguments of `shape check`.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The file of shapes, which `natsbridge shape learn` writes
    #[arg(value_name = "SHAPES")]
    shapes: PathBuf,
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    live: LiveArgs,
    /// One JSON object per message; same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Format of the report
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Exit code 1 for differences of this severity or worse; what is only new is a note
    #[arg(long, value_name = "SEVERITY", value_parser = severity, default_value = "warning")]
    fail_on: Severity,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl CheckArgs {
    /// Checks everything that is named.
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let limits = &context.settings.limits;
        let asked = Asked {
            readers: Vec::new(),
            contract: Some(contract(&self.shapes, limits)?),
            only_shapes: true,
        };
        let format = if self.json { Format::Json } else { self.format };
        let mut checkup = CheckRun::new(asked, None, limits, self.fail_on, format);
        let exit = checkup
            .all(&self.files, &self.live, &self.connection, context)
            .await?;
        checkup.end(exit)
    }
}
