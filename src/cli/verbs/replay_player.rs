//! Plays a tape: waits until each message is due, sends it, handles keys. Keeps the counts; reports nothing at the
//! end.

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::literals::{Mark, mark};
use crate::cli::output;
use crate::cli::output::{Out, json_line};
use crate::cli::progress_line::{Counted, Measure};
use natsbridge_engine::clock;
use natsbridge_engine::{
    Connection, ConnectionError, Headers, IdRewriter, Outgoing, ReplaySpeed, ReplayTiming, StoredMessage,
    SubjectMapping, TapeError, TapeReader, TapeRecord, TapeReport,
};
use natsbridge_ui::{LineKey, LineKeys};
use natsbridge_wire::{Limits, rfc3339};
use serde_json::json;
use std::borrow::Cow;
use std::time::{Duration, Instant};
use tokio::time::sleep_until;

/// Time between two lines of progress.
const PROGRESS: Duration = Duration::from_millis(200);

/// What is played and how.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags")]
pub(super) struct PlayArgs {
    /// Speed relative to the recording (1, 10, 0.5), or max
    #[arg(long, value_name = "N", default_value = "1", value_parser = ReplaySpeed::parse)]
    pub(super) speed: ReplaySpeed,
    /// Sends messages recorded on OLD to NEW; may be repeated, the first match counts. Subjects, or patterns such as
    /// chat.>=test.>
    #[arg(long = "map", value_name = "OLD=NEW", value_parser = SubjectMapping::parse)]
    pub(super) maps: Vec<SubjectMapping>,
    /// Gives envelopes new message and correlation ids, and updates the ids that replies refer to
    #[arg(long)]
    pub(super) new_ids: bool,
    /// Sends at most this many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) count: Option<u64>,
    /// Starts at this message number or time
    #[arg(long, value_name = "N|TIME", value_parser = mark)]
    pub(super) from: Option<Mark>,
    /// Stops after this message number or time
    #[arg(long, value_name = "N|TIME", value_parser = mark)]
    pub(super) until: Option<Mark>,
    /// Starts again at the end
    #[arg(long = "loop")]
    pub(super) again: bool,
    /// Prints what would be sent, without sending anything
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Prints a JSON line for each message sent
    #[arg(long)]
    pub(super) json: bool,
}

/// How a replay went.
#[derive(Debug, Default)]
pub(super) struct Played {
    pub(super) sent: u64,
    /// Messages that lie between `--from` and `--until`.
    pub(super) wanted: u64,
    /// Payload bytes sent.
    pub(super) bytes: u64,
    /// Messages that cannot be sent, and why the first of them cannot.
    pub(super) refused: Option<(u64, String)>,
    /// Subjects that the broker does not let us publish to.
    pub(super) denied: Vec<String>,
    /// Mappings that matched no message of the tape.
    pub(super) idle_maps: Vec<String>,
    pub(super) took: Duration,
    /// How often the connection was lost.
    pub(super) losses: u64,
    pub(super) flushed: bool,
    pub(super) report: TapeReport,
}

/// Sends the messages of a tape.
pub(super) struct Player<'a> {
    args: &'a PlayArgs,
    /// `None`: nothing is sent.
    connection: Option<&'a Connection>,
    out: Option<Out>,
    keys: Option<LineKeys>,
    progress: bool,
    ids: Option<IdRewriter>,
    limits: Limits,
    pace: ReplayTiming,
    started: Instant,
    shown: Instant,
    last_subject: String,
    /// Which of the mappings were of use.
    used_maps: Vec<bool>,
    played: Played,
}

impl<'a> Player<'a> {
    pub(super) fn new(
        args: &'a PlayArgs,
        connection: Option<&'a Connection>,
        out: Option<Out>,
        keys: Option<LineKeys>,
        progress: bool,
        limits: &Limits,
    ) -> Self {
        let now = clock::instant();
        Self {
            args,
            connection,
            out,
            keys,
            progress: progress && connection.is_some(),
            ids: None,
            limits: limits.clone(),
            pace: ReplayTiming::new(args.speed),
            started: now,
            shown: now,
            last_subject: String::new(),
            used_maps: vec![false; args.maps.len()],
            played: Played::default(),
        }
    }

    /// Sends until the end of the tape, the count, or a key; `again` opens the tape anew for the next round.
    pub(super) async fn play(
        &mut self,
        tape: TapeReader,
        again: impl Fn() -> Result<TapeReader, TapeError>,
    ) -> Outcome {
        let mut tape = tape;
        loop {
            let before = self.played.sent;
            self.ids = self.args.new_ids.then(|| IdRewriter::new(clock::random_uuid()));
            self.pace = ReplayTiming::new(self.args.speed);
            let ended = self.round(&mut tape).await;
            self.played.report = tape.report();
            if let Some(exit) = ended? {
                return Ok(exit);
            }
            // A tape without a message to send would loop forever.
            if !self.args.again || self.played.sent == before {
                return Ok(Exit::Done);
            }
            tape = again()?;
        }
    }

    /// Plays the tape once; returns the exit code if it did not simply reach the end.
    async fn round(&mut self, tape: &mut TapeReader) -> Result<Option<Exit>, Failure> {
        while let Some(entry) = tape.next()? {
            let TapeRecord::Message(message) = entry else {
                continue;
            };
            if beyond(self.args.until.as_ref(), &message) {
                break;
            }
            if !within(self.args, &message) {
                continue;
            }
            self.played.wanted += 1;
            let ended = self.wait(&message, tape.percent()).await;
            if ended.is_some() {
                return Ok(ended);
            }
            self.send(&message).await?;
            if self.args.count == Some(self.played.sent) {
                return Ok(Some(Exit::Done));
            }
        }
        Ok(None)
    }

    /// Waits until a message is due, or is requested by a key; the exit code if a key ends it all.
    async fn wait(&mut self, message: &StoredMessage, percent: u8) -> Option<Exit> {
        self.connection.as_ref()?;
        loop {
            self.show(message, percent);
            let now_us = self.now_us();
            let due = self.pace.due(message.at_us, now_us);
            let pressed = self.keys.as_mut().and_then(LineKeys::pressed);
            let key = match (pressed, due) {
                (Some(key), _) => key,
                (None, Some(due)) if due <= now_us => return None,
                (None, due) => {
                    let wait = due.map_or(Duration::MAX, |due| Duration::from_micros((due - now_us) as u64));
                    let until = clock::instant() + wait.min(PROGRESS);
                    tokio::select! {
                        key = next(&mut self.keys) => key,
                        () = sleep_until(until.into()) => continue,
                    }
                }
            };
            let now_us = self.now_us();
            match key {
                LineKey::Pause => self.pace.pause(!self.pace.is_paused(), now_us),
                LineKey::Step => {
                    self.pace.pause(true, now_us);
                    self.pace.stepped(message.at_us);
                    return None;
                }
                LineKey::End => return Some(Exit::Done),
                LineKey::Interrupt => return Some(Exit::Signal(2)),
            }
        }
    }

    async fn send(&mut self, message: &StoredMessage) -> Result<(), Failure> {
        let mut maps = self.args.maps.iter().zip(&mut self.used_maps);
        let mapped = maps.find_map(|(map, used)| {
            let mapped = map.apply(&message.subject);
            *used |= mapped.is_some();
            mapped
        });
        let subject = mapped.as_deref().unwrap_or(&message.subject);
        let renamed = self.ids.as_ref().and_then(|ids| ids.apply(&message.payload));
        let payload: Cow<'_, [u8]> = renamed.map_or(Cow::Borrowed(&message.payload[..]), Cow::Owned);
        let headers = Headers::of(&message.headers).iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let outgoing = Outgoing {
            subject,
            reply: message.reply.as_deref(),
            headers: &headers,
            payload: &payload,
        };
        let sent = match self.connection {
            None => outgoing.check(&self.limits),
            Some(connection) => connection.publish(outgoing).await,
        };
        let refusal = match sent {
            Ok(()) => None,
            Err(ConnectionError::Down { address }) => {
                return Err(Failure::no_connection(format!(
                    "The connection to {address} was lost; message {} and all later ones were not sent.",
                    message.seq
                )));
            }
            Err(error) => Some(error.to_string()),
        };
        // Counted before it is printed: the reader may be gone.
        if let Some(why) = &refusal {
            let (refused, _) = self.played.refused.get_or_insert_with(|| (0, why.clone()));
            *refused += 1;
        } else {
            self.played.sent += 1;
            self.played.bytes += payload.len() as u64;
            if self.last_subject != subject {
                subject.clone_into(&mut self.last_subject);
            }
        }
        match self.print(message, subject, payload.len(), refusal.as_deref()) {
            // The rest is sent even if the output is no longer read.
            Err(Failure { message: None, .. }) if self.connection.is_some() => self.out = None,
            printed => printed?,
        }
        Ok(())
    }

    /// Says which message was sent, or would be.
    fn print(
        &mut self,
        message: &StoredMessage,
        subject: &str,
        bytes: usize,
        refused: Option<&str>,
    ) -> Result<(), Failure> {
        let Some(out) = &mut self.out else { return Ok(()) };
        if self.args.json {
            return out.line(&json_line(&json!({
                "n": message.seq,
                "at": rfc3339(message.at_us),
                "sent": refused.is_none().then(|| rfc3339(clock::now_us())),
                "subject": subject,
                "recorded_subject": &*message.subject,
                "reply": message.reply,
                "bytes": bytes,
                "error": refused,
            })));
        }
        let why = refused.map_or(String::new(), |why| format!("  not sent: {why}"));
        let line = format!(
            "#{}  {}  {subject}  {bytes} bytes{why}",
            message.seq,
            rfc3339(message.at_us)
        );
        out.line(natsbridge_wire::SafeText::new(&line).as_str())
    }

    /// Shows how far it is, now and then.
    fn show(&mut self, message: &StoredMessage, percent: u8) {
        if self.progress && (self.shown.elapsed() >= PROGRESS || self.pace.is_paused()) {
            self.shown = clock::instant();
            let at = rfc3339(message.at_us);
            let far = Measure {
                of: Counted::Messages,
                done: self.played.sent,
                share: Some(f64::from(percent) / 100.0),
                took: self.started.elapsed(),
            };
            let paused = if self.pace.is_paused() {
                " · paused, Space resumes"
            } else {
                ""
            };
            output::status(&format!(
                "Sent {} · next #{} from {at}{paused}",
                far.text(),
                message.seq
            ));
        }
    }

    /// Waits for the broker's confirmation if needed; restores the keyboard.
    pub(super) async fn end(mut self, confirm: bool) -> Played {
        self.played.took = self.started.elapsed();
        if let Some(connection) = self.connection.filter(|_| confirm) {
            // A refusal of the last subject is among all refusals.
            let flushed = connection.flush(&self.last_subject).await.unwrap_or(true);
            self.played.losses = connection.connects() - 1;
            self.played.flushed = flushed && self.played.losses == 0;
            self.played.denied = connection.denied_subjects();
        }
        if self.progress {
            output::status("");
        }
        if self.played.sent > 0 {
            let maps = self.args.maps.iter().zip(&self.used_maps);
            self.played.idle_maps = maps
                .filter(|(_, used)| !**used)
                .map(|(map, _)| map.to_string())
                .collect();
        }
        self.played
    }

    /// The clock of the replay.
    fn now_us(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX)
    }
}

async fn next(keys: &mut Option<LineKeys>) -> LineKey {
    match keys {
        Some(keys) => keys.next().await,
        None => std::future::pending().await,
    }
}

/// Whether nothing that follows can be selected: numbers ascend, times need not.
fn beyond(until: Option<&Mark>, message: &StoredMessage) -> bool {
    matches!(until, Some(Mark::Number(last)) if message.seq > *last)
}

fn within(args: &PlayArgs, message: &StoredMessage) -> bool {
    let against = |mark: &Mark| match mark {
        Mark::Number(number) => message.seq.cmp(number),
        Mark::Time(time) => message.at_us.cmp(&time.as_microsecond()),
    };
    let (from, until) = (&args.from, &args.until);
    from.as_ref().is_none_or(|from| against(from).is_ge())
        && until.as_ref().is_none_or(|until| against(until).is_le())
}
