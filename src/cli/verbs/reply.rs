//! `reply`: answers requests on a subject with their own payloads, with given payloads, or with the output of a
//! command.

use crate::cli::answers::{CommandAnswerer, Fixed, Wording};
use crate::cli::connection::{ConnectTime, ConnectionArgs};
use crate::cli::context::{Context, check_writable};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::feed::Feed;
use crate::cli::literals::{duration, pattern};
use crate::cli::message_args::MessageArgs;
use crate::cli::output;
use crate::cli::output::{Out, json_line};
use crate::cli::printing::until;
use crate::cli::stop::Stop;
use natsbridge_engine::{
    Answer, Answered, Answerer, ConnectOptions, Connection, FixedAnswerer, RespondOptions, Responding,
    SendOptions, UnansweredCounts, clock, grouped,
};
use natsbridge_wire::Limits;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::Instant;

/// Arguments of `reply`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Subject to answer requests on; the wildcards * and > only match whole tokens between dots
    #[arg(value_parser = pattern)]
    subject: String,
    /// Answers with the request's own payloads, unchanged
    #[arg(long, conflicts_with = "command")]
    echo: bool,
    /// Answers with the output of this command, run by sh -c: its input is the request as listen --json prints it,
    /// its output {"dataname","kind","value"|"base64"}, an array of these, or {"payloads":[…],"purpose"}; no output
    /// means no answer. If the command fails or takes too long, the answer has purpose NACK
    #[arg(long, value_name = "CMD")]
    command: Option<String>,
    /// Time limit of the command for each request
    #[arg(long, value_name = "DUR", value_parser = duration, requires = "command")]
    command_time: Option<Duration>,
    /// Delay before each answer
    #[arg(long, value_name = "DUR", value_parser = duration)]
    delay: Option<Duration>,
    /// Ends after this many answers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Queue group: requests are shared among all who reply in the same group
    #[arg(long, value_name = "GROUP", value_parser = pattern)]
    queue: Option<String>,
    /// Prints a JSON line for each answer
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connect: ConnectTime,
    #[command(flatten)]
    message: MessageArgs,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// What became of the messages.
#[derive(Debug, Default)]
struct Counts {
    /// Answers that were told of, and those of them that went out.
    told: u64,
    answered: u64,
    /// Messages that were taken when there was nothing more to answer.
    unwanted: u64,
}

impl Args {
    /// Answers until the count or a signal.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = context.connect_options(&self.connection, self.connect.time)?;
        check_writable(&connect)?;
        let answerer = self.answerer(context, &connect)?;
        let mut stop = Stop::listen()?;
        let opening = async {
            let failed = |error: &dyn std::fmt::Display| Failure::no_connection(format!("{error}."));
            let connection = Connection::open(&connect)
                .await
                .map_err(|error| failed(&format!("No connection: {error}")))?;
            let subjects = [self.subject.clone()];
            let feed = Feed::open_in_group(connect.clone(), &subjects, self.queue.as_deref()).await?;
            Ok::<_, Failure>((connection, feed))
        };
        let (connection, mut feed) = tokio::select! {
            exit = stop.wait() => return Ok(exit),
            opened = opening => opened?,
        };
        output::note(&format!(
            "Answering on {} at {}.",
            self.subject,
            connect.servers.join(", ")
        ));
        let mut responding = Responding::offered(&connection, self.options(), answerer);
        let mut counts = Counts::default();
        let exit = self
            .answer(&mut feed, &mut responding, &mut stop, &mut counts)
            .await;
        let left = responding.pending();
        if left > 0 {
            output::warning(&format!("Answers not sent: {}.", grouped(left)));
        }
        let skipped = responding.skipped();
        tell_skipped(skipped);
        drop(responding);
        let (_, came) = feed.end().await;
        // What asks for no answer is no request.
        let requests = came - counts.unwanted - skipped.own - skipped.nowhere - skipped.brokers;
        output::lost(requests - counts.answered, requests);
        connection.close().await;
        exit
    }

    /// Answers until the count is reached; after a signal only requests in progress, for a bounded time.
    async fn answer(
        &self,
        feed: &mut Feed,
        responding: &mut Responding,
        stop: &mut Stop,
        counts: &mut Counts,
    ) -> Outcome {
        let mut out = Out::stdout();
        let (mut ended, mut deadline) = (None, None);
        loop {
            let takes = ended.is_none() && responding.has_room();
            let batch = if takes { feed.take() } else { None };
            let busy = batch.is_some();
            for message in batch.into_iter().flatten() {
                if responding.left() == Some(0) {
                    counts.unwanted += 1;
                } else {
                    responding.offer(message);
                }
            }
            let answered = tokio::select! {
                answered = responding.next() => answered,
                waited = feed.wait(), if !busy && ended.is_none() => {
                    waited?;
                    continue;
                }
                signal = stop.wait() => {
                    if let Some(exit) = ended {
                        return Ok(exit);
                    }
                    feed.stop();
                    responding.finish();
                    ended = Some(signal);
                    deadline = Some(Instant::from_std(clock::instant()) + Limits::in_force().flush_time);
                    continue;
                }
                () = until(deadline) => None,
                // More may have come already.
                () = yield_now(), if busy => continue,
            };
            match (answered, ended) {
                (Some(answered), _) => {
                    counts.told += 1;
                    counts.answered += u64::from(answered.error.is_none());
                    self.tell(&answered, counts.told, &mut out)?;
                }
                (None, Some(exit)) => return Ok(exit),
                (None, None) => {
                    feed.satisfy();
                    return Ok(Exit::Done);
                }
            }
        }
    }

    fn options(&self) -> RespondOptions {
        RespondOptions {
            subject: self.subject.clone(),
            group: self.queue.clone(),
            delay: self.delay.unwrap_or_default(),
            count: self.count,
            sender_name: self.message.sender_name().to_owned(),
        }
    }

    fn answerer(&self, context: &Context, connect: &ConnectOptions) -> Result<Arc<dyn Answerer>, Failure> {
        let given = [self.echo, self.command.is_some(), self.message.is_given()];
        if given.iter().filter(|given| **given).count() != 1 {
            return Err(Failure::usage(
                "What should requests be answered with? Give one of --echo, payloads, --draft or \
                 --command.\nFor example: natsbridge reply /chat/echo --echo",
            ));
        }
        let (links, limits) = (&context.settings.links, &connect.limits);
        let options: SendOptions =
            (self.message.links).over(self.message.base(connect), links, limits, None)?;
        let wording = Wording {
            options,
            dialect: self.message.dialect,
        };
        Ok(match &self.command {
            Some(command) => {
                self.message.links.warn();
                let within = self.command_time.unwrap_or(limits.command_time);
                Arc::new(CommandAnswerer::new(
                    command.clone(),
                    within,
                    wording,
                    limits.clone(),
                ))
            }
            None if self.echo => Arc::new(FixedAnswerer::new(Answer::Echo, wording.options, limits.clone())),
            None => {
                let message = self.message.message(None, limits)?;
                // Content that cannot be loaded is refused before the first request.
                message.load(1)?;
                Arc::new(Fixed { message, wording })
            }
        })
    }

    /// A line for each answer.
    fn tell(&self, answered: &Answered, number: u64, out: &mut Out) -> Result<(), Failure> {
        let Answered {
            request,
            asked,
            msg_id,
            purpose,
            bytes,
            flushed,
            error,
        } = answered;
        let of = if asked.msg_id.is_empty() {
            "a request".to_owned()
        } else {
            format!("request {}", asked.msg_id)
        };
        let places = asked.places.join(" and ");
        match error {
            Some(why) => output::warning(&format!("{of} on {} was not answered: {why}", request.subject)),
            None if !self.json => output::note(&format!(
                "Answered {of} on {} to {places}: {} bytes, {}.",
                request.subject,
                grouped(*bytes),
                if *flushed {
                    "flushed"
                } else {
                    "sent, not confirmed"
                }
            )),
            None => {}
        }
        if !self.json {
            return Ok(());
        }
        out.line(&json_line(&json!({
            "seq": number,
            "subject": &*request.subject,
            "to": asked.places,
            "request_msg_id": asked.msg_id,
            "correlation_id": asked.correlation_id,
            "sender_name": asked.sender_name,
            "msg_id": msg_id,
            "msg_purpose": purpose,
            "bytes": bytes,
            "flushed": flushed,
            "error": error.as_ref().map(ToString::to_string),
        })))
    }
}

/// Reports which messages were not answered.
fn tell_skipped(skipped: UnansweredCounts) {
    let reasons = [
        (skipped.own, "our own answers"),
        (skipped.nowhere, "no reply subject"),
        (skipped.brokers, "sent by the broker"),
        (skipped.too_many, "over the limit of answers per second"),
    ];
    for (count, reason) in reasons.iter().filter(|(count, _)| *count > 0) {
        output::note(&format!("Messages not answered ({reason}): {}.", grouped(*count)));
    }
}
