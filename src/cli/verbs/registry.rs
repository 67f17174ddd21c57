//! The only list of verbs: help, completions, manual and dispatch derive from it.

use super::{
    broker, check, completions, context, demo, listen, man, open, probe, record, replay, reply, request,
    send, serve, watch,
};
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::examples::examples_of;
use crate::cli::exit::{Failure, Outcome};
use std::path::PathBuf;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Opens the workbench on these subjects
    #[command(after_help = examples_of("watch"))]
    Watch(watch::Args),
    /// Opens the workbench with an embedded broker, a file server and scripted peers; nothing to install
    #[command(after_help = examples_of("demo"))]
    Demo(demo::Args),
    /// Prints messages as they arrive: readable blocks, or JSON lines when piped
    #[command(after_help = examples_of("listen"))]
    Listen(listen::Args),
    /// Sends payloads as one envelope
    #[command(after_help = examples_of("send"))]
    Send(Box<send::Args>),
    /// Sends payloads as a request and prints the replies
    #[command(after_help = examples_of("request"))]
    Request(Box<request::Args>),
    /// Answers requests with their own payloads, with given ones, or with a command's output
    #[command(after_help = examples_of("reply"))]
    Reply(Box<reply::Args>),
    /// The doctor: what is wrong with messages, for whom, and how to fix it
    #[command(after_help = examples_of("check"))]
    Check(Box<check::Args>),
    /// Tests a live peer that echoes: every kind in every dialect, and what comes back different
    #[command(after_help = examples_of("probe"))]
    Probe(Box<probe::Args>),
    /// Records messages to a tape, exactly as they come
    #[command(after_help = examples_of("record"))]
    Record(record::Args),
    /// Sends the messages of a tape again
    #[command(after_help = examples_of("replay"))]
    Replay(Box<replay::Args>),
    /// Opens a tape in the workbench, without a broker
    #[command(after_help = examples_of("open"))]
    Open(open::Args),
    /// Runs the file server alone: Plik uploads, PUT and GET, stored in a directory or a JetStream bucket
    #[command(after_help = examples_of("serve"))]
    Serve(Box<serve::Args>),
    /// Runs the embedded broker alone, for development
    #[command(after_help = examples_of("broker"))]
    Broker(broker::Args),
    /// Lists the NATS contexts
    #[command(after_help = examples_of("context"))]
    Context(context::Args),
    /// Prints the completion script for a shell
    #[command(after_help = examples_of("completions"))]
    Completions(completions::Args),
    /// Prints the manual page, or that of one verb
    #[command(after_help = examples_of("man"))]
    Man(man::Args),
}

impl Default for Verb {
    fn default() -> Self {
        Self::Watch(watch::Args::default())
    }
}

impl Verb {
    /// The verb with the global options.
    pub fn with(mut self, earlier: ConnectionArgs, stats: Option<PathBuf>) -> Result<Self, Failure> {
        let connection = match &mut self {
            Self::Watch(args) => Some(&mut args.connection),
            Self::Listen(args) => Some(&mut args.connection),
            Self::Send(args) => Some(&mut args.connection),
            Self::Request(args) => Some(&mut args.connection),
            Self::Reply(args) => Some(&mut args.connection),
            Self::Check(args) => Some(&mut args.connection),
            Self::Probe(args) => Some(&mut args.connection),
            Self::Record(args) => Some(&mut args.connection),
            Self::Replay(args) => Some(&mut args.connection),
            Self::Serve(args) => Some(&mut args.connection),
            Self::Demo(_)
            | Self::Open(_)
            | Self::Broker(_)
            | Self::Context(_)
            | Self::Completions(_)
            | Self::Man(_) => None,
        };
        match connection {
            Some(connection) => *connection = std::mem::take(connection).or(earlier),
            None if earlier != ConnectionArgs::default() => {
                return Err(Failure::usage(
                    "This verb does not connect to a broker, so it takes no connection flags.\nFor \
                     example: natsbridge --server nats://127.0.0.1:4222 listen 'chat.>'",
                ));
            }
            None => {}
        }
        match (&mut self, stats) {
            (_, None) => {}
            (Self::Watch(args), Some(path)) => args.stats = args.stats.take().or(Some(path)),
            (Self::Open(args), Some(path)) => args.stats = args.stats.take().or(Some(path)),
            (Self::Demo(args), Some(path)) => args.stats = args.stats.take().or(Some(path)),
            (_, Some(_)) => {
                return Err(Failure::usage(
                    "--stats only works with the workbench.\nFor example: natsbridge watch --stats \
                     report.json",
                ));
            }
        }
        Ok(self)
    }

    /// Does it.
    pub async fn run(self, context: Context) -> Outcome {
        match self {
            Self::Watch(args) => Box::pin(args.run(context)).await,
            Self::Demo(args) => Box::pin(args.run(context)).await,
            Self::Listen(args) => Box::pin(args.run(&context)).await,
            Self::Send(args) => Box::pin(args.run(&context)).await,
            Self::Request(args) => Box::pin(args.run(&context)).await,
            Self::Reply(args) => Box::pin(args.run(&context)).await,
            Self::Check(args) => Box::pin(args.run(&context)).await,
            Self::Probe(args) => Box::pin(args.run(&context)).await,
            Self::Record(args) => Box::pin(args.run(&context)).await,
            Self::Replay(args) => Box::pin(args.run(&context)).await,
            Self::Open(args) => Box::pin(args.run(context)).await,
            Self::Serve(args) => Box::pin(args.run(&context)).await,
            Self::Broker(args) => args.run().await,
            Self::Context(args) => args.run(),
            Self::Completions(args) => args.run(context.definition),
            Self::Man(args) => args.run(context.definition),
        }
    }
}
