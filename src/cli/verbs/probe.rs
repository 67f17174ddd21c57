//! `probe`: conformance of a live peer that echoes, as a matrix of cases and dialects, with a finding per difference.

use crate::cli::connection::ConnectionArgs;
use crate::cli::context::{Context, check_writable};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{delay, duration, subject, threshold};
use crate::cli::message_args::dialects;
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::probe_report::{json_report, markdown_report, text_report};
use crate::cli::progress_line::{Counted, Measure, ProgressLine};
use crate::cli::stop::Stop;
use natsbridge_app::span;
use natsbridge_engine::{Bridge, Probe, ProbeResult, ProbeVerdict, ReceiveOptions, SendOptions};
use natsbridge_ui::counted;
use natsbridge_wire::{DIALECTS, Dialect, Limits, duration_text};
use std::time::Duration;
use tokio::time::timeout;

/// A first answer that takes longer is waited for with a word.
const SOON: Duration = Duration::from_secs(1);

/// What a probe found.
struct Probed {
    /// How long the peer took to answer at all; `None` if that was not waited for.
    first_answer: Option<Duration>,
    results: Vec<ProbeResult>,
}

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
    /// How long to wait for a first answer, whatever it says, before the probe begins; 0s begins at once
    #[arg(long, value_name = "DUR", value_parser = delay, default_value = "30s")]
    warm_up: Duration,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Probes, and reports.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = context.connect_options(&self.connection, None)?;
        check_writable(&connect)?;
        let mut stop = Stop::listen()?;
        let bridge = tokio::select! {
            exit = stop.wait() => return Ok(exit),
            bridge = Bridge::connect(&connect) => bridge?,
        };
        let probed = tokio::select! {
            exit = stop.wait() => Err(exit),
            probed = self.probed(&bridge, &connect.limits) => Ok(probed),
        };
        bridge.connection().clone().close().await;
        match probed {
            Err(exit) => Ok(exit),
            Ok(probed) => self.report(&probed?),
        }
    }

    async fn probed(&self, bridge: &Bridge, limits: &Limits) -> Result<Probed, Failure> {
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
        let first_answer = self.first_answer(&probe, bridge, dialects[0]).await?;
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
        let (all, mut line) = (exchanges.len(), ProgressLine::start());
        for exchange in exchanges {
            if let Some(took) = line.is_due() {
                let far = Measure {
                    of: Counted::Messages,
                    done: results.len() as u64,
                    share: Some(results.len() as f64 / all as f64),
                    took,
                };
                line.show(&format!("Probing: {}", far.text()));
            }
            let result = probe.conduct(bridge, exchange).await?;
            if results.is_empty() && result.verdict == ProbeVerdict::Silent {
                return Err(self.silent(self.timeout, "--timeout"));
            }
            results.push(result);
        }
        Ok(Probed {
            first_answer,
            results,
        })
    }

    /// Waits for it, and says how long it took.
    async fn first_answer(
        &self,
        probe: &Probe,
        bridge: &Bridge,
        dialect: Dialect,
    ) -> Result<Option<Duration>, Failure> {
        if self.warm_up.is_zero() {
            return Ok(None);
        }
        let mut answering = Box::pin(probe.warm_up(bridge, dialect, self.warm_up));
        let answered = if let Ok(answered) = timeout(SOON, &mut answering).await {
            answered
        } else {
            output::note(&format!(
                "Waiting for a first answer on {}, up to {} (--warm-up).",
                self.subject,
                duration_text(self.warm_up)
            ));
            answering.await
        };
        let took = answered?.ok_or_else(|| self.silent(self.warm_up, "--warm-up"))?;
        output::note(&format!(
            "The first answer came after {}.",
            span(took.as_micros() as u64)
        ));
        Ok(Some(took))
    }

    fn silent(&self, within: Duration, option: &str) -> Failure {
        Failure::new(
            Exit::No,
            format!(
                "Nothing answers on {} within {}: start a peer that echoes, such as python assets/peers/echo.py, or \
                 wait longer with {option}.",
                self.subject,
                duration_text(within)
            ),
        )
    }

    fn report(
        &self,
        Probed {
            first_answer,
            results,
        }: &Probed,
    ) -> Outcome {
        let report = match if self.json { Format::Json } else { self.format } {
            Format::Text => text_report(&self.subject, results),
            Format::Json => json_report(&self.subject, *first_answer, results),
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
