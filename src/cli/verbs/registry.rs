//! The only list of verbs: help, completions, manual and dispatch derive from it.

use super::{
    broker, check, completions, context, demo, doctor, listen, man, open, probe, record, replay, reply,
    request, send, serve, settings, shape, watch,
};
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::examples::examples_of;
use crate::cli::exit::{Failure, Outcome};
use std::path::PathBuf;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Opens the workbench on a broker's messages
    #[command(after_help = examples_of("watch"))]
    Watch(watch::Args),
    /// Opens the workbench on a broker and peers of its own
    #[command(after_help = examples_of("demo"))]
    Demo(demo::Args),
    /// Prints messages as they arrive; JSON lines when piped
    #[command(after_help = examples_of("listen"))]
    Listen(listen::Args),
    /// Sends payloads as one message
    #[command(after_help = examples_of("send"))]
    Send(Box<send::Args>),
    /// Sends a request and prints the replies
    #[command(after_help = examples_of("request"))]
    Request(Box<request::Args>),
    /// Answers requests: by echo, fixed payloads or a command
    #[command(after_help = examples_of("reply"))]
    Reply(Box<reply::Args>),
    /// Tells what is wrong with messages, and how to fix it
    #[command(after_help = examples_of("check"))]
    Check(Box<check::Args>),
    /// Learns what messages look like, and tells what differs
    #[command(after_help = examples_of("shape"))]
    Shape(Box<shape::Args>),
    /// Tests a live peer that echoes, kind by kind
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
    /// Runs a file server for large payloads
    #[command(after_help = examples_of("serve"))]
    Serve(Box<serve::Args>),
    /// Runs a small broker, for development
    #[command(after_help = examples_of("broker"))]
    Broker(broker::Args),
    /// Lists, makes, changes and tries contexts of nats
    #[command(after_help = examples_of("context"))]
    Context(Box<context::Args>),
    /// Prints every setting with its value, default and source
    #[command(after_help = examples_of("settings"))]
    Settings(settings::Args),
    /// Looks at terminal, settings, broker and file server
    #[command(after_help = examples_of("doctor"))]
    Doctor(Box<doctor::Args>),
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
            Self::Shape(args) => args.connection(),
            Self::Probe(args) => Some(&mut args.connection),
            Self::Record(args) => Some(&mut args.connection),
            Self::Replay(args) => Some(&mut args.connection),
            Self::Serve(args) => Some(&mut args.connection),
            Self::Doctor(args) => Some(&mut args.connection),
            Self::Demo(_)
            | Self::Open(_)
            | Self::Broker(_)
            | Self::Context(_)
            | Self::Settings(_)
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
            Self::Shape(args) => Box::pin(args.run(&context)).await,
            Self::Probe(args) => Box::pin(args.run(&context)).await,
            Self::Record(args) => Box::pin(args.run(&context)).await,
            Self::Replay(args) => Box::pin(args.run(&context)).await,
            Self::Open(args) => Box::pin(args.run(context)).await,
            Self::Serve(args) => Box::pin(args.run(&context)).await,
            Self::Broker(args) => args.run().await,
            Self::Context(args) => Box::pin(args.run(&context)).await,
            Self::Settings(args) => args.run(&context),
            Self::Doctor(args) => Box::pin(args.run(&context)).await,
            Self::Completions(args) => args.run(context.definition),
            Self::Man(args) => args.run(context.definition),
        }
    }
}
