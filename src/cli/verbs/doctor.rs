//! `doctor`: looks at the surroundings: terminal, settings, contexts, broker, file server.

use crate::cli::connection::{ConnectTime, ConnectionArgs};
use crate::cli::context::Context;
use crate::cli::doctor::{
    Report, look_at_broker, look_at_contexts, look_at_file_server, look_at_settings, look_at_terminal,
};
use crate::cli::exit::Outcome;
use crate::cli::links::LinkArgs;
use crate::cli::literals::pattern;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Subjects to try to subscribe to [default: >]
    #[arg(value_name = "SUBJECT", value_parser = pattern)]
    subjects: Vec<String>,
    /// JSON lines; also the default when standard output is not a terminal
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    links: LinkArgs,
    #[command(flatten)]
    connect: ConnectTime,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Looks at everything, and says what to do.
    pub async fn run(self, context: &Context) -> Outcome {
        let mut report = Report::new(self.json);
        look_at_terminal(&mut report)?;
        look_at_settings(context, &mut report)?;
        look_at_contexts(context, &mut report)?;
        let connect = context.connect_options(&self.connection, self.connect.time)?;
        look_at_broker(&connect, &self.subjects, &mut report).await?;
        look_at_file_server(context, &self.links, connect.read_only, &mut report).await?;
        Ok(report.end())
    }
}
