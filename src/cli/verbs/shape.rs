//! `shape`: what travels where, learned, held against a file, compared.

use super::shape_check::CheckArgs;
use super::shape_diff::DiffArgs;
use super::shape_learn::LearnArgs;
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::Outcome;

/// Arguments of `shape`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    deed: ShapeCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ShapeCommand {
    /// Learns what messages look like, and prints it as a file of shapes
    Learn(LearnArgs),
    /// Holds messages against a file of shapes; exit code 1 where they differ
    Check(CheckArgs),
    /// Compares two files of shapes, tapes or other files of messages; exit code 1 where they differ
    Diff(DiffArgs),
}

impl Args {
    /// Where it connects to, if it does.
    pub fn connection(&mut self) -> Option<&mut ConnectionArgs> {
        match &mut self.deed {
            ShapeCommand::Learn(args) => Some(&mut args.connection),
            ShapeCommand::Check(args) => Some(&mut args.connection),
            ShapeCommand::Diff(_) => None,
        }
    }

    /// Does it.
    pub async fn run(self, context: &Context) -> Outcome {
        match self.deed {
            ShapeCommand::Learn(args) => args.run(context).await,
            ShapeCommand::Check(args) => args.run(context).await,
            ShapeCommand::Diff(args) => args.run(context),
        }
    }
}
