//! A session on a tape instead of a server: fills the store from the file and answers every command that needs a
//! broker with the reason why there is none.

use super::events::{Command, Event};
use super::session::{QUEUE, Session};
use super::wakers::StoreNotifier;
use crate::clock;
use crate::connect::ConnectionState;
use crate::fetch::Fetcher;
use crate::message::{Incoming, StoredMessage};
use crate::store::{Gap, Store};
use crate::tape::{TapeError, TapeReader, TapeRecord, TapeReport};
use crate::wording::counted;
use async_nats::{HeaderMap, HeaderName, HeaderValue};
use natsbridge_wire::{Limits, Severity};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Messages put into the store at a time.
const BATCH: usize = 1024;
/// Payload bytes put into the store at a time.
const BATCH_BYTES: usize = 8 << 20;
/// Time between two words about how far the loading is.
const PROGRESS: Duration = Duration::from_millis(200);

impl Session {
    /// Starts a session that shows a tape, with its arrival times. Saved link bodies go to the fetcher, so that they
    /// need not be fetched. Runs on the current tokio runtime.
    pub fn open_tape(tape: TapeReader, limits: &Limits, fetcher: Fetcher) -> Self {
        let (commands, commands_in) = mpsc::channel(QUEUE);
        let (events_out, events) = mpsc::channel(QUEUE);
        let store = Store::new(Arc::new(limits.clone()));
        tokio::spawn(show(
            tape,
            store.clone(),
            fetcher,
            limits.clone(),
            commands_in,
            events_out,
        ));
        Self {
            store,
            commands,
            events,
        }
    }
}

async fn show(
    tape: TapeReader,
    store: Store,
    fetcher: Fetcher,
    limits: Limits,
    mut commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<Event>,
) {
    let (wake, woken) = StoreNotifier::start(store.clone(), events.clone(), limits.frame_interval);
    let name = tape.name();
    let state = |percent| {
        Event::Connection(ConnectionState::Tape {
            name: name.clone(),
            percent,
        })
    };
    events.send(state(Some(0))).await.ok();
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
    let progress = events.clone();
    let progress_name = name.clone();
    let mut loading = tokio::task::spawn_blocking(move || {
        loader.run(|percent| {
            let state = ConnectionState::Tape {
                name: progress_name.clone(),
                percent: Some(percent),
            };
            // A screen that is behind needs no progress.
            progress.try_send(Event::Connection(state)).ok();
        })
    });
    let mut loaded = false;
    loop {
        tokio::select! {
            result = &mut loading, if !loaded => {
                loaded = true;
                for (severity, text) in told(result) {
                    events.send(Event::Notice(severity, text)).await.ok();
                }
                events.send(state(None)).await.ok();
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
    woken.finish(limits.flush_time).await;
    events.send(Event::Ended).await.ok();
}

/// Notices about loading.
fn told(result: Result<Result<Loaded, TapeError>, tokio::task::JoinError>) -> Vec<(Severity, String)> {
    let loaded = match result {
        Ok(Ok(loaded)) => loaded,
        Ok(Err(error)) => {
            return vec![(
                Severity::Error,
                format!("The tape could only be read in part: {error}."),
            )];
        }
        Err(_) => {
            return vec![(
                Severity::Error,
                "Internal error: the tape could not be read.".into(),
            )];
        }
    };
    let mut told: Vec<_> = loaded
        .report
        .problems()
        .into_iter()
        .map(|text| (Severity::Warning, text))
        .collect();
    if loaded.headers_lost > 0 {
        let text = format!(
            "{} left out: NATS does not allow their names or values.",
            counted(loaded.headers_lost, "header")
        );
        told.push((Severity::Warning, text));
    }
    let notes = loaded.report.notes().into_iter();
    told.extend(notes.map(|text| (Severity::Note, text)));
    if loaded.report.untimed {
        let text = "The dump contains no times; those of its files are used instead.".to_owned();
        told.push((Severity::Note, text));
    }
    told
}

struct Loaded {
    report: TapeReport,
    headers_lost: u64,
}

/// Reads the tape into the store.
struct Loader {
    tape: TapeReader,
    store: Store,
    fetcher: Fetcher,
    wake: StoreNotifier,
    given_up: Arc<AtomicBool>,
    batch: Vec<(StoredMessage, Option<HeaderMap>)>,
    /// Payload bytes in it.
    bytes: usize,
    /// Number and time of the last message.
    last: (u64, i64),
    /// Damaged bytes since.
    damaged: u64,
    headers_lost: u64,
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
        Ok(Loaded {
            report: self.tape.report(),
            headers_lost: self.headers_lost,
        })
    }

    fn take(&mut self, entry: TapeRecord) {
        match entry {
            TapeRecord::Message(message) => {
                self.mark_damage(message.at_us);
                self.last = (message.seq, message.at_us);
                self.bytes += message.payload.len();
                let (headers, lost) = header_map(&message);
                self.headers_lost += lost;
                self.batch.push((message, headers));
            }
            TapeRecord::Gap {
                from_us,
                to_us,
                cause,
                before,
            } => {
                let since = self.last.0.saturating_add(1).saturating_sub(before);
                self.mark((from_us, to_us), cause, since);
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
        self.store
            .append(self.batch.iter().map(|(message, headers)| Incoming {
                at_us: message.at_us,
                subject: &message.subject,
                reply: message.reply.as_deref(),
                headers: headers.as_ref(),
                payload: &message.payload,
            }));
        self.batch.clear();
        self.bytes = 0;
        self.wake.stored();
    }
}

/// The headers of a message, and how many of them are invalid.
fn header_map(message: &StoredMessage) -> (Option<HeaderMap>, u64) {
    if message.headers.is_empty() {
        return (None, 0);
    }
    let (mut map, mut lost) = (HeaderMap::new(), 0);
    for (name, values) in &message.headers {
        let name = name.parse::<HeaderName>();
        for value in values {
            match (&name, value.parse::<HeaderValue>()) {
                (Ok(name), Ok(value)) => map.append(name.clone(), value),
                _ => lost += 1,
            }
        }
    }
    (Some(map), lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_a_line_break_costs_only_itself() {
        let headers = [("A", "v\r\nX: y"), ("B", "w"), ("C\r\nD", "y")];
        let message = StoredMessage {
            seq: 1,
            at_us: 0,
            subject: "a".into(),
            reply: None,
            headers: headers
                .map(|(name, value)| (name.into(), vec![value.into()]))
                .into(),
            payload: "".into(),
        };
        let (map, lost) = header_map(&message);
        let map = map.unwrap();
        assert_eq!((map.len(), lost), (1, 2));
        assert_eq!(map.get("B").map(HeaderValue::as_str), Some("w"));
    }
}
