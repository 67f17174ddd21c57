//! `reply`: answers requests on a subject: with their own payloads, with payloads from the command line, or with what a
//! command prints.

use crate::cli::answers::{Commanded, Fixed, Wording};
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{duration, pattern};
use crate::cli::message_args::MessageArgs;
use crate::cli::output;
use crate::cli::output::{Out, json_line};
use crate::cli::stop::Stop;
use natsbridge_engine::{
    Answer, Answered, Answerer, Composed, ConnectOptions, Connection, RespondOptions, Responding,
    SendOptions, Skipped, grouped,
};
use natsbridge_wire::Limits;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Arguments of `reply`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Subject whose requests are answered; wildcards * and > count as whole tokens between dots
    #[arg(value_parser = pattern)]
    subject: String,
    /// Answers with the request's own payloads, exactly as they came
    #[arg(long, conflicts_with = "command")]
    echo: bool,
    /// Answers with what this prints, run by sh -c: it gets the request on its input, as listen --json prints it, and
    /// prints {"dataname","kind","value"|"base64"}, an array of these, or {"payloads":[…],"purpose"}; nothing is no
    /// answer. One that fails or takes too long is answered with purpose NACK
    #[arg(long, value_name = "CMD")]
    command: Option<String>,
    /// Time that the command has for a request
    #[arg(long, value_name = "DUR", value_parser = duration, requires = "command")]
    command_time: Option<Duration>,
    /// Time from request to answer
    #[arg(long, value_name = "DUR", value_parser = duration)]
    delay: Option<Duration>,
    /// Ends after so many answers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Shares the requests with all that reply in the same group
    #[arg(long, value_name = "GROUP", value_parser = pattern)]
    queue: Option<String>,
    /// Prints a JSON line for each answer
    #[arg(long)]
    json: bool,
    /// Time to connect [env: NATS_TIMEOUT] [default: 5s]
    #[arg(long, value_name = "DUR", value_parser = duration, help_heading = "Connection")]
    timeout: Option<Duration>,
    #[command(flatten)]
    message: MessageArgs,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Answers until the count or a signal.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = self.connection.resolve(self.timeout, &context.settings.limits)?;
        let answerer = self.answerer(context, &connect)?;
        let mut stop = Stop::listen()?;
        let opening = async {
            let failed = |error: &dyn std::fmt::Display| Failure::no_connection(format!("{error}."));
            let connection = Connection::open(&connect)
                .await
                .map_err(|error| failed(&format!("No connection: {error}")))?;
            let responding = Responding::start(&connection, self.options(), answerer).await;
            Ok::<_, Failure>((connection, responding.map_err(|error| failed(&error))?))
        };
        let (connection, mut responding) = tokio::select! {
            exit = stop.wait() => return Ok(exit),
            opened = opening => opened?,
        };
        output::note(&format!(
            "Answering on {} at {}.",
            self.subject,
            connect.servers.join(", ")
        ));
        let exit = self.answer(&mut responding, &mut stop).await;
        let left = responding.pending();
        if left > 0 {
            output::warning(&format!("Answers that did not go out: {}.", grouped(left)));
        }
        tell_skipped(responding.skipped());
        drop(responding);
        connection.close().await;
        exit
    }

    /// Answers until the count is reached; after a signal only those that are under way, for a bounded time.
    async fn answer(&self, responding: &mut Responding, stop: &mut Stop) -> Outcome {
        let mut out = Out::stdout();
        let mut number = 0;
        let exit = loop {
            let answered = tokio::select! {
                answered = responding.next() => answered,
                exit = stop.wait() => break exit,
            };
            let Some(answered) = answered else {
                return match responding.left() {
                    Some(0) => Ok(Exit::Done),
                    _ => Err(Failure::no_connection(
                        "The connection ended for good, as it does on a message that cannot be read; start it again.",
                    )),
                };
            };
            number += 1;
            self.tell(&answered, number, &mut out)?;
        };
        responding.finish();
        let rest = async {
            while let Some(answered) = responding.next().await {
                number += 1;
                self.tell(&answered, number, &mut out)?;
            }
            Ok::<_, Failure>(())
        };
        tokio::select! {
            _ = stop.wait() => {}
            rest = timeout(Limits::DEFAULT.flush_time, rest) => if let Ok(rest) = rest { rest? },
        }
        Ok(exit)
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
                "With what are requests to be answered? One of --echo, payloads, --draft or --command.\n\
                 For example: natsbridge reply /chat/echo --echo",
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
                Arc::new(Commanded::new(command.clone(), within, wording, limits.clone()))
            }
            None if self.echo => Arc::new(Composed::new(Answer::Echo, wording.options, limits.clone())),
            None => {
                let message = self.message.message(None, limits)?;
                // What cannot be loaded is refused before anybody asks.
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
            Some(why) => output::warning(&format!("No answer to {of} on {}: {why}", request.subject)),
            None if !self.json => output::note(&format!(
                "Answered {of} on {} at {places}: {} bytes, {}.",
                request.subject,
                grouped(*bytes),
                if *flushed {
                    "flushed"
                } else {
                    "written, not confirmed"
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
            "error": error,
        })))
    }
}

/// Says which messages got no answer.
fn tell_skipped(skipped: Skipped) {
    let reasons = [
        (skipped.own, "were its own answers"),
        (skipped.nowhere, "name nowhere to answer to"),
        (skipped.brokers, "are the broker's own"),
        (
            skipped.too_many,
            "came faster than the limit of answers per second",
        ),
    ];
    for (count, reason) in reasons.iter().filter(|(count, _)| *count > 0) {
        output::note(&format!(
            "Messages without an answer that {reason}: {}.",
            grouped(*count)
        ));
    }
}
