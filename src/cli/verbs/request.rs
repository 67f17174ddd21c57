//! `request`: sends payloads as a request, and prints the replies like `listen`.

use super::sent::composed;
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::{Context, check_writable};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{duration, rate, subject};
use crate::cli::message_args::{Message, MessageArgs};
use crate::cli::output;
use crate::cli::output::Out;
use crate::cli::printing::{EndArgs, PrintArgs, Printer};
use crate::cli::progress_line::uploading;
use crate::cli::replies::Replies;
use crate::cli::stop::Stop;
use futures_util::StreamExt;
use natsbridge_engine::{Bridge, Loaded, Request, RequestOptions, RequestOutcome, SendOptions, turns};
use natsbridge_ui::counted;
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

/// Arguments of `request`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Subject to send to; may come from the draft
    #[arg(value_parser = subject, required_unless_present = "draft")]
    subject: Option<String>,
    #[command(flatten)]
    message: MessageArgs,
    /// Replies to wait for; 0 takes all until the timeout
    #[arg(long, value_name = "N", default_value_t = 1)]
    replies: usize,
    /// How long to wait for replies; the exit code is 1 if they did not come. The time to connect is NATS_TIMEOUT, or
    /// --timeout before the verb
    #[arg(long, value_name = "DUR", value_parser = duration, default_value = "5s")]
    timeout: Duration,
    /// Sends this many requests, one after the other, each with its own message id
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// Requests per second at most, such as 10/s
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<Duration>,
    /// Prints the exact envelope, without sending or uploading anything. An empty reply_to is filled with an inbox
    /// when the request is sent
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    print: PrintArgs,
    /// Connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl Args {
    /// Asks, and prints what is answered.
    pub async fn run(self, context: &Context) -> Outcome {
        let connect = context.connect_options(&self.connection, None)?;
        if !self.dry_run {
            check_writable(&connect)?;
        }
        let mut message = self.message.message(self.subject.as_deref(), &connect.limits)?;
        // Waits for a reply, not for a stream's acknowledgement.
        message.composition.jetstream = false;
        let first = message.load(1)?;
        let with_links = |connection| {
            let (options, links) = (self.message.base(&connect), &context.settings.links);
            (self.message.links).over(options, links, &connect.limits, connection)
        };
        let mut out = self.dry_run.then(Out::stdout);
        if composed(&first, &with_links(None)?, out.as_mut())?.is_none() {
            return Ok(Exit::Done);
        }
        let mut printer = Printer::new(
            &self.print,
            EndArgs::default(),
            &context.settings,
            &connect.limits,
        )?;
        let mut stop = Stop::listen()?;
        let bridge = tokio::select! {
            exit = stop.wait() => return Ok(exit),
            bridge = Bridge::connect(&connect) => bridge?,
        };
        let base = with_links(Some(bridge.connection().clone()))?;
        let mut replies = Replies::new(&connect.limits);
        let outcome = tokio::select! {
            exit = stop.wait() => Ok(exit),
            outcome = self.ask(&bridge, (&message, first), &base, (&mut replies, &mut printer)) => outcome,
        };
        if matches!(outcome, Ok(Exit::Signal(_))) {
            replies.stop();
            printer.leave_links();
            let rest = async {
                replies.print(&mut printer).await?;
                printer.written().await
            };
            stop.in_last_time(rest).await;
        }
        match &outcome {
            Err(failure) if failure.is_reader_gone() => output::lost(0, printer.printed()),
            _ => printer.tell_lost(replies.lost()),
        }
        // What was handed over is sent, even if a signal ended the wait.
        bridge.connection().clone().close().await;
        outcome
    }

    /// Sends the requests; the last one without all its replies determines the outcome.
    async fn ask(
        &self,
        bridge: &Bridge,
        (message, first): (&Message, Loaded),
        base: &SendOptions,
        (replies, printer): (&mut Replies, &mut Printer<'_>),
    ) -> Outcome {
        let mut turns = pin!(turns(self.count, self.rate, pending()));
        let mut unanswered = None;
        let mut loaded = first;
        while let Some(number) = turns.next().await {
            if number > 1 && message.composition.varies() {
                loaded = message.loaded(number).await?;
            }
            let options = loaded.composition.options(base);
            let subject = &loaded.composition.subject;
            let wait = RequestOptions {
                timeout: self.timeout,
                replies: self.replies,
            };
            let asking = bridge.request(subject, &loaded.payloads, &options, wait);
            let (sent, request) = uploading(&options.progress, asking).await?;
            output::note(&format!(
                "Sent request {} to {subject}, correlation id {}.",
                sent.envelope.msg_id, sent.envelope.correlation_id
            ));
            printer.sent(&sent.envelope);
            replies.wait_for(request);
            replies.print(printer).await?;
            if let Some(request) = replies.ended() {
                self.conclude(subject, &request, &mut unanswered);
            }
        }
        printer.written().await?;
        match unanswered {
            Some(why) => Err(Failure::new(Exit::No, why)),
            None => printer.done().await,
        }
    }

    /// Reports how a request ended; the last one with missing replies counts.
    fn conclude(&self, subject: &str, request: &Request, unanswered: &mut Option<String>) {
        if let Some(by) = request.acknowledged() {
            output::note(&format!(
                "The stream {} stored the request as #{}; that is not a reply.",
                by.stream, by.sequence
            ));
        }
        match self.lacks(subject, request) {
            None => {
                let first = request.first_reply().unwrap_or_default().as_secs_f64() * 1000.0;
                let came = counted(request.replies(), "reply");
                output::note(&format!("{came}, the first after {first:.1} ms."));
            }
            Some(why) => {
                if let Some(earlier) = unanswered.replace(why) {
                    output::warning(&earlier);
                }
            }
        }
    }

    /// Why a request lacks replies, as a sentence.
    fn lacks(&self, subject: &str, request: &Request) -> Option<String> {
        let came = match (request.replies(), self.replies) {
            (0, _) => "no reply came".to_owned(),
            (some, wanted) => format!("{some} of {} came", counted(wanted, "reply")),
        };
        Some(match request.outcome() {
            RequestOutcome::Replied => return None,
            RequestOutcome::Failed => {
                let why = request.failure().unwrap_or("an answer says that it failed");
                format!("The request to {subject} failed: {why}.")
            }
            RequestOutcome::NoResponders => format!(
                "Nothing listens on {subject}, so {came}. Is the responder connected, and to this broker?"
            ),
            RequestOutcome::TimedOut => format!(
                "Timed out on {subject} after {:?}; {came}. Use --timeout to wait longer.",
                self.timeout
            ),
            RequestOutcome::Cancelled => format!("Stopped waiting for replies on {subject}; {came}."),
            RequestOutcome::ConnectionLost => format!(
                "The connection was lost while waiting for replies on {subject}; {came}, and the request \
                 may be lost too."
            ),
        })
    }
}
