//! `send`: payloads from the command line as one envelope (`smartsend`).

use crate::app::size;
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::links::LinkArgs;
use crate::cli::literals::{duration, header, rate, subject};
use crate::cli::output::{self, Out, escape_json};
use crate::cli::payloads::{PayloadArgs, bad_json};
use crate::cli::stop::Stop;
use crate::cli::upload_line::shown;
use crate::engine::{
    Acknowledged, Bridge, BridgeError, ConnectOptions, Payloads, SendOptions, Sent, grouped,
};
use crate::wire::{DIALECTS, Data, Dialect, Envelope, Payload, SafeText, Transport};
use clap::builder::PossibleValue;
use futures_util::{StreamExt, stream};
use std::fmt::Write as _;
use std::pin::pin;
use std::time::Duration;

/// Messages on their way at once, each waiting to be flushed.
const IN_FLIGHT: usize = 64;

/// Arguments of `send`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Subject to send to
    #[arg(value_parser = subject)]
    subject: String,
    #[command(flatten)]
    payloads: PayloadArgs,
    /// Spelling of the envelope
    #[arg(long, value_parser = Dialects, default_value = Dialect::default().name())]
    dialect: Dialect,
    /// What the message is for: chat, ACK, NACK, updateStatus, shutdown or any other word
    #[arg(long, value_name = "PURPOSE", default_value = "chat")]
    purpose: String,
    /// Sender's name
    #[arg(long, value_name = "NAME", default_value = "NATSBridge")]
    sender_name: String,
    /// Receiver's name
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    receiver_name: String,
    /// Receiver's id
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    receiver_id: String,
    /// Subject for answers
    #[arg(long, value_name = "SUBJECT", default_value = "", hide_default_value = true)]
    reply_to: String,
    /// Id of the message this one answers
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    reply_to_msg_id: String,
    /// Correlation id; without one each message gets a new one
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,
    /// Metadata of the message, a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = metadata)]
    metadata: String,
    /// Waits until a stream acknowledges each message
    #[arg(long)]
    jetstream: bool,
    /// NATS header, any number
    #[arg(short = 'H', long = "header", value_name = "K:V", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Sends it so many times, each with its own message id and its own uploads
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// Messages per second, such as 10/s
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<Duration>,
    /// Prints the envelope that would go out, byte for byte; sends and uploads nothing
    #[arg(long)]
    dry_run: bool,
    /// Prints the envelope as it was sent
    #[arg(long)]
    json: bool,
    /// Time to connect [env: NATS_TIMEOUT] [default: 5s]
    #[arg(long, value_name = "DUR", value_parser = duration, help_heading = "Connection")]
    timeout: Option<Duration>,
    /// Links.
    #[command(flatten)]
    links: LinkArgs,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// The registry of dialects as the values of `--dialect`.
#[derive(Clone)]
struct Dialects;

impl clap::builder::TypedValueParser for Dialects {
    type Value = Dialect;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Dialect, clap::Error> {
        let names = clap::builder::PossibleValuesParser::new(DIALECTS.iter().map(|row| row.name));
        let name = names.parse_ref(command, arg, value)?;
        Ok(Dialect::from_name(&name).unwrap_or_default())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = DIALECTS
            .iter()
            .map(|row| PossibleValue::new(row.name).help(row.about));
        Some(Box::new(values))
    }
}

fn metadata(text: &str) -> Result<String, String> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Object(_)) => Ok(text.to_owned()),
        Ok(_) => Err(r#"metadata is a JSON object, such as {"priority":1}"#.into()),
        Err(error) => {
            let why = bad_json(text.as_bytes(), &error);
            Err(format!(
                r#"{why}; metadata is a JSON object, such as {{"priority":1}}"#
            ))
        }
    }
}

impl Args {
    /// Sends, or shows what would be sent.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = self.connection.resolve(self.timeout, &context.settings.limits)?;
        self.links.warn();
        let payloads = self.payloads.load(&connect.limits, self.links.threshold)?;
        let with_links = |connection| {
            let links = &context.settings.links;
            self.links
                .over(self.options(&connect), links, &connect.limits, connection)
        };
        // What cannot be composed is refused before anything is connected or sent.
        let options = with_links(None)?;
        let (envelope, bytes) = Bridge::compose(&self.subject, &payloads, &options)?;
        let mut out = Out::stdout();
        if self.dry_run {
            print_envelope(&mut out, &bytes)?;
            note_links(&envelope);
            return Ok(Exit::Done);
        }
        let in_flight = if links(&envelope).next().is_some() {
            1
        } else {
            IN_FLIGHT
        };
        let sending = async {
            let bridge = Bridge::connect(&connect).await?;
            let options = with_links(Some(bridge.connection().clone()))?;
            self.send(&bridge, &payloads, &options, in_flight, &mut out).await
        };
        let mut stop = Stop::listen()?;
        tokio::select! {
            exit = stop.wait() => Ok(exit),
            outcome = sending => outcome,
        }
    }

    async fn send(
        &self,
        bridge: &Bridge,
        payloads: &Payloads,
        options: &SendOptions,
        in_flight: usize,
        out: &mut Out,
    ) -> Outcome {
        let pace = self.rate.map(tokio::time::interval);
        let turns = stream::unfold((pace, self.count), async |(mut pace, left)| {
            let left = left.checked_sub(1)?;
            if let Some(pace) = &mut pace {
                pace.tick().await;
            }
            Some(((), (pace, left)))
        });
        // Each is told once it is flushed; the next ones need not wait for that.
        let sending = turns.map(|()| shown(&options.progress, bridge.send(&self.subject, payloads, options)));
        let mut sent = pin!(sending.buffered(in_flight));
        while let Some(sent) = sent.next().await {
            let sent = sent?;
            let told = if self.json {
                print_envelope(out, &sent.bytes)
            } else {
                let most = bridge.connection().max_payload();
                out.line(SafeText::new(&summary(&sent, most)).as_str())
            };
            // The rest is sent even if nobody reads any more how it went.
            told.or_else(|failure| match failure.message {
                None => Ok(()),
                Some(_) => Err(failure),
            })?;
        }
        Ok(Exit::Done)
    }

    fn options(&self, connect: &ConnectOptions) -> SendOptions {
        SendOptions {
            nats_url: connect.servers.first().cloned().unwrap_or_default(),
            correlation_id: self.correlation_id.clone(),
            msg_purpose: self.purpose.clone(),
            sender_name: self.sender_name.clone(),
            receiver_name: self.receiver_name.clone(),
            receiver_id: self.receiver_id.clone(),
            reply_to: self.reply_to.clone(),
            reply_to_msg_id: self.reply_to_msg_id.clone(),
            metadata: self.metadata.clone(),
            dialect: self.dialect,
            headers: self.headers.clone(),
            jetstream: self.jetstream,
            ..SendOptions::default()
        }
    }
}

/// Byte for byte where a program reads it; where a person looks, what could act on the terminal is escaped.
fn print_envelope(out: &mut Out, envelope: &[u8]) -> Result<(), Failure> {
    if out.is_terminal() {
        return out.line(&escape_json(&String::from_utf8_lossy(envelope)));
    }
    let mut line = envelope.to_vec();
    line.push(b'\n');
    out.bytes(&line)
}

/// The payloads that go by link.
fn links<'e>(envelope: &'e Envelope<'_>) -> impl Iterator<Item = &'e Payload<'e>> {
    let payloads = envelope.payloads.iter();
    payloads.filter(|payload| payload.transport == Transport::Link)
}

/// Says what would be uploaded.
fn note_links(envelope: &Envelope<'_>) {
    for payload in links(envelope) {
        if let Data::Text(server) = &payload.data {
            output::note(&format!(
                "{} would go by link: {} uploaded to {server}.",
                payload.dataname,
                size(payload.size.unwrap_or_default())
            ));
        }
    }
}

/// Message id, correlation id, bytes, direct or link per payload and why, how far it got.
fn summary(sent: &Sent, most: usize) -> String {
    let envelope = &sent.envelope;
    let mut line = format!(
        "message {}  correlation {}  {} bytes ",
        envelope.msg_id,
        envelope.correlation_id,
        sent.bytes.len()
    );
    for payload in &envelope.payloads {
        // Writing into a String cannot fail.
        let _ = write!(line, " {}={}", payload.dataname, payload.transport.name());
    }
    if !sent.moved.is_empty() {
        let _ = write!(
            line,
            "  ({} by link: the message would have been over the {} bytes that the server accepts)",
            sent.moved.join(", "),
            grouped(most)
        );
    }
    match &sent.acknowledged {
        Some(Acknowledged {
            stream,
            sequence,
            duplicate,
        }) => {
            let duplicate = if *duplicate { ", a duplicate" } else { "" };
            // Writing into a String cannot fail.
            let _ = write!(line, "  acknowledged {stream} #{sequence}{duplicate}");
        }
        None if sent.flushed => line += "  flushed",
        None => line += "  written, not confirmed",
    }
    line
}

impl From<BridgeError> for Failure {
    fn from(error: BridgeError) -> Self {
        let exit = match &error {
            BridgeError::Connect(_) | BridgeError::Publish(_) => Exit::NoConnection,
            BridgeError::Refused(_) | BridgeError::NotAnEnvelope(_) => Exit::Usage,
            BridgeError::Link(_) => Exit::FileServer,
        };
        let text = error.to_string();
        // Some causes end as a sentence, others as a clause.
        Self::new(exit, format!("{}.", text.trim_end_matches('.')))
    }
}
