//! `send`: payloads from the command line as one envelope (`smartsend`).

use super::sent::{composed, links, print_envelope, summary};
use crate::cli::connection::{ConnectTime, ConnectionArgs};
use crate::cli::context::{Context, check_writable};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{rate, subject};
use crate::cli::message_args::{Message, MessageArgs};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::progress_line::uploading;
use crate::cli::stop::Stop;
use natsbridge_engine::{
    Bridge, BridgeError, ConnectionError, LinkError, Loaded, Run, RunControl, SendOptions, Sent, grouped,
};
use natsbridge_wire::{Limits, SafeText};
use std::borrow::Cow;
use std::pin::pin;
use std::time::Duration;

/// Messages on their way at once, each waiting to be flushed.
const IN_FLIGHT: usize = 64;

/// Arguments of `send`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Subject to send to; may come from the draft
    #[arg(value_parser = subject, required_unless_present = "draft")]
    subject: Option<String>,
    #[command(flatten)]
    message: MessageArgs,
    /// Waits until a stream acknowledges each message
    #[arg(long)]
    jetstream: bool,
    /// Sends the message this many times, each with its own message id and uploads
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// Messages per second, such as 10/s
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<Duration>,
    /// Prints the exact envelope, without sending or uploading anything
    #[arg(long)]
    dry_run: bool,
    /// Prints the envelope as it was sent
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connect: ConnectTime,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Sends, or shows what would be sent.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = context.connect_options(&self.connection, self.connect.time)?;
        if !self.dry_run {
            check_writable(&connect)?;
        }
        let mut message = self.message.message(self.subject.as_deref(), &connect.limits)?;
        message.composition.jetstream |= self.jetstream;
        let first = message.load(1)?;
        let with_links = |connection| {
            let (options, links) = (self.message.base(&connect), &context.settings.links);
            (self.message.links).over(options, links, &connect.limits, connection)
        };
        let mut out = Out::stdout();
        let Some(envelope) = composed(&first, &with_links(None)?, self.dry_run.then_some(&mut out))? else {
            return Ok(Exit::Done);
        };
        let subject = &first.composition.subject;
        let in_flight = if links(&envelope).next().is_some() {
            1
        } else {
            IN_FLIGHT
        };
        let mut stop = Stop::listen()?;
        let bridge = tokio::select! {
            exit = stop.wait() => return Ok(exit),
            bridge = Bridge::connect(&connect) => bridge?,
        };
        let base = with_links(Some(bridge.connection().clone()))?;
        let mut count = Count::default();
        let sending = Sending {
            bridge: &bridge,
            message: &message,
            first: &first,
            base: &base,
        };
        let ended = self
            .send(&sending, in_flight, &mut stop, &mut count, &mut out)
            .await
            .map_err(|failure| count.over(failure, self.count, subject))?;
        // Said first: a silent broker may make the end of the connection last longer than a verb may.
        if ended != Exit::Done {
            count.tell(self.count, subject);
        }
        if count.unconfirmed > 0 || ended != Exit::Done {
            bridge.connection().clone().close().await;
        }
        Ok(ended)
    }

    /// Sends until all are out, or a signal arrives: then those in progress are still sent, for a bounded time.
    async fn send(
        &self,
        sending: &Sending<'_>,
        in_flight: usize,
        stop: &mut Stop,
        count: &mut Count,
        out: &mut Out,
    ) -> Outcome {
        let (control, mut exit) = (RunControl::default(), Exit::Done);
        let run = Run {
            count: self.count,
            every: self.rate,
            at_once: in_flight,
            in_order: true,
            grace: Limits::in_force().flush_time,
        };
        let report = |sent: Sent| {
            count.take(&sent);
            let told = if self.json {
                print_envelope(out, &sent.bytes)
            } else {
                let most = sending.bridge.connection().max_payload();
                out.line(SafeText::new(&summary(&sent, most)).as_str())
            };
            // The rest is sent even if nobody reads any more how it went.
            told.or_else(|failure| failure.message.is_none().then_some(()).ok_or(failure))
        };
        // Each is reported once it is flushed; later ones need not wait for that.
        let filled = |number| sending.filled(number);
        let mut sent = pin!(run.send(&control, filled, |loaded| sending.send(loaded), report));
        loop {
            tokio::select! {
                sent = &mut sent => return sent.map(|()| exit),
                signal = stop.wait() => {
                    if exit != Exit::Done {
                        return Ok(signal);
                    }
                    exit = signal;
                    control.stop();
                }
            }
        }
    }
}

/// What a run sends, and over what.
struct Sending<'r> {
    bridge: &'r Bridge,
    message: &'r Message,
    first: &'r Loaded,
    /// What the composition does not say.
    base: &'r SendOptions,
}

impl Sending<'_> {
    /// The message of that number: the same as the first, where nothing in it is filled.
    async fn filled(&self, number: u64) -> Result<Cow<'_, Loaded>, Failure> {
        if number > 1 && self.message.composition.varies() {
            self.message.loaded(number).await.map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(self.first))
        }
    }

    async fn send(&self, loaded: Result<Cow<'_, Loaded>, Failure>) -> Result<Sent, Failure> {
        let loaded = loaded?;
        let options = loaded.composition.options(self.base);
        let subject = &loaded.composition.subject;
        let sending = self.bridge.send(subject, &loaded.payloads, &options);
        Ok(uploading(&options.progress, sending).await?)
    }
}

/// The results so far.
#[derive(Debug, Default)]
struct Count {
    sent: u64,
    unconfirmed: u64,
}

impl Count {
    fn take(&mut self, sent: &Sent) {
        self.sent += 1;
        self.unconfirmed += u64::from(!sent.flushed);
    }

    /// Reports what a signal kept from being sent.
    fn tell(&self, of: u64, subject: &str) {
        let mut text = match self.sent {
            0 => format!("Stopped before anything was sent to {subject}."),
            sent if sent < of => format!(
                "Stopped after {} of {} messages to {subject}.",
                grouped(sent),
                grouped(of)
            ),
            _ => String::new(),
        };
        text += &self.doubt();
        if !text.is_empty() {
            output::warning(text.trim_start());
        }
    }

    /// The failure that ended a run, with what had been sent by then.
    fn over(&self, failure: Failure, of: u64, subject: &str) -> Failure {
        if self.sent == 0 {
            return failure;
        }
        let (sent, of, doubt) = (grouped(self.sent), grouped(of), self.doubt());
        let told = |why| format!("{why} Sent before that: {sent} of {of} messages to {subject}.{doubt}");
        Failure {
            message: failure.message.map(told),
            ..failure
        }
    }

    /// A sentence about unconfirmed messages, if there are any.
    fn doubt(&self) -> String {
        match self.unconfirmed {
            0 => String::new(),
            many => format!(" The broker did not confirm {} of them.", grouped(many)),
        }
    }
}

impl From<BridgeError> for Failure {
    fn from(error: BridgeError) -> Self {
        let exit = match &error {
            BridgeError::Connect(_)
            | BridgeError::Stream(_)
            | BridgeError::Connection(
                ConnectionError::NotPermitted { .. }
                | ConnectionError::Down { .. }
                | ConnectionError::ReadOnly,
            ) => Exit::NoConnection,
            BridgeError::Link(LinkError::Options(_))
            | BridgeError::NotUploaded(LinkError::Options(_))
            | BridgeError::Connection(_)
            | BridgeError::Subject(_)
            | BridgeError::Payload(_)
            | BridgeError::Metadata(_)
            | BridgeError::Refused(_)
            | BridgeError::NotAnEnvelope(_) => Exit::Usage,
            BridgeError::Link(_)
            | BridgeError::NotUploaded(_)
            | BridgeError::UploadStatus { .. }
            | BridgeError::NotFetched { .. } => Exit::FileServer,
        };
        let text = error.to_string();
        // Some causes end as a sentence, others as a clause.
        Self::new(exit, format!("{}.", text.trim_end_matches('.')))
    }
}
