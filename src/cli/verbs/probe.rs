//! `probe`: conformance of a live peer that echoes, as a matrix of cases and dialects, with a finding per difference.

use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{duration, subject, threshold};
use crate::cli::message_args::dialects;
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::probe_report::{json_report, markdown_report, text_report};
use crate::cli::stop::Stop;
use natsbridge_engine::{Bridge, Probe, ProbeResult, ProbeVerdict, ReceiveOptions, SendOptions};
use natsbridge_ui::counted;
use natsbridge_wire::{DIALECTS, Dialect, Limits};
use std::time::Duration;

/// The values of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A matrix and the differences, to read
    Text,
    /// One JSON object
    Json,
    /// A matrix and the differences, as Markdown
    Markdown,
}

/// Arguments of `probe`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Subject the peer echoes on
    #[arg(value_parser = subject)]
    subject: String,
    /// One JSON object; same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Format of the report
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Dialects to test [default: all]
    #[arg(long, value_name = "DIALECTS", value_delimiter = ',', value_parser = dialects())]
    dialect: Vec<Dialect>,
    /// Also tests links, uploading to this file server; without it all payloads are sent direct
    #[arg(long, value_name = "URL")]
    fileserver_url: Option<String>,
    /// Threshold to test sizes around
    #[arg(long, value_name = "BYTES", value_parser = threshold, default_value_t = 20_000)]
    threshold: usize,
    /// How long to wait for each answer
    #[arg(long, value_name = "DUR", value_parser = duration, default_value = "5s")]
    timeout: Duration,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Probes, and reports.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = context.connect_options(&self.connection, None)?;
        let mut stop = Stop::listen()?;
        let bridge = tokio::select! {
            exit = stop.wait() => return Ok(exit),
            bridge = Bridge::connect(&connect) => bridge?,
        };
        let results = tokio::select! {
            exit = stop.wait() => Err(exit),
            results = self.results(&bridge, &connect.limits) => Ok(results),
        };
        bridge.connection().clone().close().await;
        match results {
            Err(exit) => Ok(exit),
            Ok(results) => self.report(&results?),
        }
    }

    async fn results(&self, bridge: &Bridge, limits: &Limits) -> Result<Vec<ProbeResult>, Failure> {
        let mut send = SendOptions {
            size_threshold: self.threshold,
            sender_name: "natsbridge probe".into(),
            ..SendOptions::default()
        };
        let links = self.fileserver_url.is_some();
        if let Some(url) = &self.fileserver_url {
            send.fileserver_url.clone_from(url);
        }
        let receive = ReceiveOptions {
            limits: limits.clone(),
            ..ReceiveOptions::default()
        };
        let probe = Probe::new(&self.subject, send, receive, self.timeout)?;
        let all: Vec<Dialect> = DIALECTS.iter().map(|row| row.dialect).collect();
        let dialects = if self.dialect.is_empty() {
            &all
        } else {
            &self.dialect
        };
        let exchanges = probe.exchanges(dialects, links);
        output::note(&format!(
            "Probing {} with {}{}.",
            self.subject,
            counted(exchanges.len(), "message"),
            if links {
                ""
            } else {
                "; without links, add --fileserver-url to test them too"
            }
        ));
        let mut results = Vec::with_capacity(exchanges.len());
        for exchange in exchanges {
            let result = probe.conduct(bridge, exchange).await?;
            if results.is_empty() && result.verdict == ProbeVerdict::Silent {
                return Err(Failure::new(
                    Exit::No,
                    format!(
                        "Nothing answers on {}: start a peer that echoes, such as python \
                         assets/peers/echo.py, or wait longer with --timeout.",
                        self.subject
                    ),
                ));
            }
            results.push(result);
        }
        Ok(results)
    }

    fn report(&self, results: &[ProbeResult]) -> Outcome {
        let report = match if self.json { Format::Json } else { self.format } {
            Format::Text => text_report(&self.subject, results),
            Format::Json => json_report(&self.subject, results),
            Format::Markdown => markdown_report(&self.subject, results),
        };
        Out::stdout().bytes(report.as_bytes())?;
        let same = results
            .iter()
            .filter(|result| result.verdict == ProbeVerdict::Same);
        let same = same.count();
        output::note(&format!(
            "{same} of {} came back unchanged.",
            counted(results.len(), "message")
        ));
        Ok(if same == results.len() {
            Exit::Done
        } else {
            Exit::No
        })
    }
}
