//! `listen --jetstream`: a stream from any point on, then live.

use crate::cli::connection::patient_with_cluster;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::since;
use crate::cli::output;
use crate::cli::printing::{Printer, until};
use jiff::Timestamp;
use natsbridge_engine::{
    ConnectOptions, Connection, ConnectionError, Follow, HistoryRequest, Start, StreamError,
};

/// Where to begin in a stream.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Stream")]
pub(super) struct StreamArgs {
    /// Reads this stream from its first message, then live
    #[arg(long, value_name = "STREAM")]
    jetstream: Option<String>,
    /// Starts at this sequence number
    #[arg(long, value_name = "N", requires = "jetstream", group = "start", value_parser = clap::value_parser!(u64).range(1..))]
    start_sequence: Option<u64>,
    /// Starts this long ago, or at this time: 10m, 2026-11-22T10:00:00Z
    #[arg(long, value_name = "DUR|TIME", requires = "jetstream", group = "start", value_parser = since)]
    since: Option<Timestamp>,
    /// Starts with the last message of each subject
    #[arg(long, requires = "jetstream", group = "start")]
    last_per_subject: bool,
}

impl StreamArgs {
    /// What is asked of a stream, if one is.
    pub(super) fn request(&self, subjects: &[String]) -> Result<Option<HistoryRequest>, Failure> {
        let Some(stream) = self.jetstream.clone() else {
            return Ok(None);
        };
        if subjects.len() > 1 {
            return Err(Failure::usage(
                "--jetstream takes at most one SUBJECT, which selects the messages to read from the stream.",
            ));
        }
        let start = match (self.start_sequence, self.since) {
            (Some(sequence), _) => Start::Sequence(sequence),
            (_, Some(at)) => Start::Time(at),
            _ if self.last_per_subject => Start::LastPerSubject,
            _ => Start::First,
        };
        Ok(Some(HistoryRequest {
            stream,
            start,
            subject: subjects.first().cloned(),
            most: None,
        }))
    }
}

/// Prints a stream's messages until the count or the time.
pub(super) async fn listen_stream(
    connect: &ConnectOptions,
    request: &HistoryRequest,
    printer: &mut Printer<'_>,
) -> Outcome {
    let connection = Connection::open(connect)
        .await
        .map_err(|error| Failure::no_connection(format!("No connection: {error}.")))?;
    let opening = Follow::open(&connection, request);
    let opened = patient_with_cluster(connect, &connection, opening).await;
    let mut follow = opened.map_err(|error| failure(&error))?;
    let subject = request.subject.as_deref().unwrap_or(">");
    output::note(&format!(
        "Listening on {subject} in stream {} at {}.",
        request.stream,
        connect.servers.join(", ")
    ));
    if let Some(caution) = follow.caution() {
        output::warning(&caution);
    }
    let deadline = printer.deadline();
    loop {
        tokio::select! {
            batch = follow.next_batch(), if printer.takes_more() => {
                // Whatever ends it now existed when we started.
                let batch = batch.map_err(|error| Failure::no_connection(format!("{error}.")))?;
                printer.take(batch);
            }
            exit = printer.step() => if let Some(exit) = exit? {
                return Ok(exit);
            },
            () = until(deadline) => {
                printer.print_taken().await?;
                return printer.time_is_up().await;
            }
        }
    }
}

fn failure(error: &StreamError) -> Failure {
    let exit = match error {
        StreamError::Unknown { .. } | StreamError::Connection(ConnectionError::BadSubject(_)) => Exit::Usage,
        _ => Exit::NoConnection,
    };
    Failure::new(exit, format!("{error}."))
}
