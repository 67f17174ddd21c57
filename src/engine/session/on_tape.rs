//! A session on a tape instead of a server: fills the store from the file and answers every command that needs a
//! broker with the reason why there is none.

use super::events::{Command, Event};
use super::wakers::StoreNotifier;
use crate::clock;
use crate::connect::ConnectionState;
use crate::fetch::Fetcher;
use crate::message::{Gap, Headers, Incoming, StoredMessage, may_be_header};
use crate::store::Store;
use crate::tape::{TapeError, TapeReader, TapeRecord, TapeReport};
use crate::wording::counted;
use natsbridge_wire::Severity;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinError;

/// Messages put into the store at a time.
const BATCH: usize = 1024;
/// Payload bytes put into the store at a time.
const BATCH_BYTES: usize = 8 << 20;
/// Time between two words about how far the loading is.
const PROGRESS: Duration = Duration::from_millis(200);

/// Fills the store from a tape, then answers commands until there are no more.
pub(super) async fn show(
    tape: TapeReader,
    store: Store,
    fetcher: Fetcher,
    mut commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<Event>,
) {
    let (frame, flush) = (store.limits().frame_interval, store.limits().flush_time);
    let (wake, woken) = StoreNotifier::start(store.clone(), events.clone(), frame);
    let name = tape.name();
    let state = |name: &String, percent| {
        Event::Connection(ConnectionState::Tape {
            name: name.clone(),
            percent,
        })
    };
    events.send(state(&name, Some(0))).await.ok();
    let given_up = Arc::new(AtomicBool::new(false));
    let loader = Loader {
        tape,
        store,
        fetcher,
        // This task keeps one too: what was loaded is still examined after the loading.
        wake: wake.clone(),
        given_up: Arc::clone(&given_up),
        batch: Vec::new(),
        bytes: 0,
        last: (0, 0),
        damaged: 0,
        headers_lost: 0,
    };
    let (progress, of) = (events.clone(), name.clone());
    let mut loading = tokio::task::spawn_blocking(move || {
        // A screen that is behind needs no progress.
        loader.run(|percent| drop(progress.try_send(state(&of, Some(percent)))))
    });
    let mut loaded = false;
    loop {
        tokio::select! {
            result = &mut loading, if !loaded => {
                loaded = true;
                for (severity, text) in told(result) {
                    events.send(Event::Notice(severity, text)).await.ok();
                }
                events.send(state(&name, None)).await.ok();
                events.send(Event::Store).await.ok();
            }
            command = commands.recv() => match command {
                None | Some(Command::Quit) => break,
                Some(_) => {
                    let text = format!("{name} is a tape, so there is no broker. Use natsbridge replay to \
                                        send it.");
                    events.try_send(Event::Notice(Severity::Note, text)).ok();
                }
            },
        }
    }
    given_up.store(true, Ordering::Relaxed);
    if !loaded {
        // It notices cancellation within a batch.
        loading.await.ok();
    }
    drop(wake);
    woken.finish(flush).await;
    events.send(Event::Ended).await.ok();
}

/// Notices about loading.
fn told(result: Result<Result<Loaded, TapeError>, JoinError>) -> Vec<(Severity, String)> {
    let (report, headers_lost) = match result {
        Ok(Ok(loaded)) => loaded,
        Ok(Err(error)) => {
            let text = format!("The tape could only be read in part: {error}.");
            return vec![(Severity::Error, text)];
        }
        Err(_) => {
            let text = "Internal error: the tape could not be read.";
            return vec![(Severity::Error, text.into())];
        }
    };
    let (mut warnings, mut notes) = (report.problems(), report.notes());
    if headers_lost > 0 {
        warnings.push(format!(
            "{} left out: NATS does not allow their names or values.",
            counted(headers_lost, "header")
        ));
    }
    if report.untimed {
        notes.push("The dump contains no times; those of its files are used instead.".into());
    }
    let warnings = warnings.into_iter().map(|text| (Severity::Warning, text));
    let notes = notes.into_iter().map(|text| (Severity::Note, text));
    warnings.chain(notes).collect()
}

/// How the reading went, and how many headers were left out.
type Loaded = (TapeReport, usize);

/// Reads the tape into the store.
struct Loader {
    tape: TapeReader,
    store: Store,
    fetcher: Fetcher,
    wake: StoreNotifier,
    given_up: Arc<AtomicBool>,
    batch: Vec<StoredMessage>,
    /// Payload bytes in it.
    bytes: usize,
    /// Number and time of the last message.
    last: (u64, i64),
    /// Damaged bytes since.
    damaged: u64,
    headers_lost: usize,
}

impl Loader {
    fn run(mut self, mut progress: impl FnMut(u8)) -> Result<Loaded, TapeError> {
        let mut told = clock::instant();
        while !self.given_up.load(Ordering::Relaxed)
            && let Some(entry) = self.tape.next()?
        {
            self.take(entry);
            if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES {
                self.store();
                if told.elapsed() >= PROGRESS {
                    told = clock::instant();
                    progress(self.tape.percent());
                }
            }
        }
        self.store();
        self.mark_damage(self.last.1);
        Ok((self.tape.report(), self.headers_lost))
    }

    fn take(&mut self, entry: TapeRecord) {
        match entry {
            TapeRecord::Message(mut message) => {
                self.mark_damage(message.at_us);
                self.last = (message.seq, message.at_us);
                self.bytes += message.payload.len();
                self.headers_lost += drop_invalid(&mut message.headers);
                self.batch.push(message);
            }
            TapeRecord::Gap(gap) => {
                let since = self.last.0.saturating_add(1).saturating_sub(gap.before);
                self.mark((gap.from_us, gap.to_us), gap.cause, since);
            }
            TapeRecord::Missed { messages, .. } => {
                let cause = format!(
                    "{} not recorded: the disk could not keep up",
                    counted(messages, "message")
                );
                self.mark((self.last.1, self.last.1), cause, 0);
            }
            TapeRecord::Damaged(bytes) => self.damaged += bytes,
            TapeRecord::Link { url, body } => {
                // A link that cannot be kept is fetched like any other.
                self.fetcher.keep(&url, body).ok();
            }
            TapeRecord::Start(_)
            | TapeRecord::End { .. }
            | TapeRecord::Unknown
            | TapeRecord::Unreadable(_) => {}
        }
    }

    /// Marks where the tape is damaged, between the last message and the one at that time.
    fn mark_damage(&mut self, at_us: i64) {
        let bytes = std::mem::take(&mut self.damaged);
        if bytes > 0 {
            let cause = format!("{} of damaged tape", counted(bytes, "byte"));
            let from_us = if self.last.0 == 0 { at_us } else { self.last.1 };
            self.mark((from_us, at_us), cause, 0);
        }
    }

    /// Marks a gap before the last `since` messages.
    fn mark(&mut self, times: (i64, i64), cause: String, since: u64) {
        self.store();
        self.store.mark_gap(Gap {
            before: self.store.range().end.saturating_sub(since),
            from_us: times.0,
            to_us: times.1,
            cause,
        });
        self.wake.changed();
    }

    fn store(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        self.store.append(self.batch.iter().map(|message| Incoming {
            at_us: message.at_us,
            subject: &message.subject,
            reply: message.reply.as_deref(),
            headers: Headers::of(&message.headers),
            payload: &message.payload,
        }));
        self.batch.clear();
        self.bytes = 0;
        self.wake.stored();
    }
}

/// Leaves out the values of headers that NATS does not allow; how many they were.
fn drop_invalid(headers: &mut [(String, Vec<String>)]) -> usize {
    let mut lost = 0;
    for (name, values) in headers {
        let before = values.len();
        values.retain(|value| may_be_header(name, value));
        lost += before - values.len();
    }
    lost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_a_line_break_costs_only_itself() {
        let headers = [("A", "v\r\nX: y"), ("B", "w"), ("C\r\nD", "y")];
        let mut headers = headers.map(|(name, value)| (name.to_owned(), vec![value.to_owned()]));
        assert_eq!(drop_invalid(&mut headers), 2);
        let kept: Vec<_> = Headers::of(&headers).iter().collect();
        assert_eq!(kept, [("B", "w")]);
    }
}
