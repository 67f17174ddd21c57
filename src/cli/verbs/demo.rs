//! `demo`: the workbench on an embedded broker and file server with scripted peers.

use crate::cli::context::Context;
use crate::cli::demo_assets::DEMO_ASSETS;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output::{Out, json_line};
use crate::cli::stop::{Stop, after};
use crate::cli::workbench::{Source, Workbench, require_terminal, run_workbench};
use natsbridge_engine::ConnectOptions;
use natsbridge_host::{Broker, BrokerOptions, Demo, DemoOptions, FileHost, FileHostOptions};
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Runs the broker, file server and peers without a screen; prints one JSON line with their addresses
    #[arg(long, conflicts_with = "stats")]
    headless: bool,
    /// Begins with a tour: reading, filtering, a conversation, writing and mending in about three minutes
    #[arg(long, conflicts_with = "headless")]
    tour: bool,
    /// Ends after this many seconds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
    /// Writes a JSON report on exit: frames, latencies, counters, memory
    #[arg(long, value_name = "FILE")]
    pub stats: Option<PathBuf>,
}

impl Args {
    /// Runs until the person quits, a signal comes or the time is up.
    pub async fn run(self, context: Context) -> Outcome {
        if !self.headless {
            require_terminal()?;
        }
        let broker = Broker::start(BrokerOptions {
            listen: "127.0.0.1:0".into(),
            ..BrokerOptions::default()
        })
        .await
        .map_err(|error| not_started(&error))?;
        let url = broker.url();
        let files = FileHost::start(FileHostOptions {
            listen: "127.0.0.1:0".into(),
            limits: context.settings.limits.clone(),
            ..FileHostOptions::default()
        })
        .await
        .map_err(|error| not_started(&error))?;
        let _peers = Demo::start(&url, &files, DemoOptions::new(DEMO_ASSETS))
            .await
            .map_err(|error| not_started(&error))?;
        let ends_after = self.seconds.map(Duration::from_secs);
        if self.headless {
            let mut stop = Stop::listen()?;
            Out::stdout().line(&json_line(
                &json!({"nats_url": url, "fileserver_url": files.url()}),
            ))?;
            return Ok(tokio::select! {
                exit = stop.wait() => exit,
                () = after(ends_after) => Exit::Done,
            });
        }
        let connect =
            ConnectOptions::from_urls(&url).map_err(|error| Failure::no_connection(error.to_string()))?;
        let connect = ConnectOptions {
            limits: context.settings.limits.clone(),
            ..connect
        };
        run_workbench(Workbench {
            source: Source::Broker {
                connect: connect.into(),
                subjects: vec![">".into()],
                record: None,
            },
            fileserver_url: Some(files.url().to_owned()),
            context,
            stats: self.stats,
            ends_after,
            tour: self.tour,
            filter: String::new(),
            shapes: None,
            remembers: false,
        })
        .await
    }
}

fn not_started(error: &dyn std::error::Error) -> Failure {
    Failure::no_connection(format!("The demo cannot start: {error}"))
}
