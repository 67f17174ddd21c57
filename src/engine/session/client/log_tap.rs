//! Reads what the client only writes to its log: why it lost its connection, and how many bytes it has read. A
//! subscriber on the client's thread picks out these two records and passes all others on to the process's own
//! subscriber.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, NoSubscriber};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Receives nothing. While tracing knows only a single subscriber, it asks only the first thread that reaches a
/// record whether it is of interest, and caches the answer for all threads; with a second one it asks every
/// subscriber. The session has clients on other threads that may lose their connections first, and then ours would
/// receive nothing.
static BYSTANDER: OnceLock<Dispatch> = OnceLock::new();

/// Why a connection ended, according to its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    /// A clause: `the broker closed the connection`.
    pub(crate) cause: String,
    /// Whether the client could not read what came.
    pub(crate) unreadable: bool,
}

impl Ending {
    /// One that is not for what came.
    pub(crate) fn of(cause: impl Into<String>) -> Self {
        Self {
            cause: cause.into(),
            unreadable: false,
        }
    }
}

/// What was heard of one client; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogTap(Arc<Heard>);

#[derive(Debug, Default)]
struct Heard {
    ending: Mutex<Option<Ending>>,
    read: AtomicU64,
}

impl LogTap {
    /// How it ended, if the client said so.
    pub(crate) fn ending(&self) -> Option<Ending> {
        self.0.ending().clone()
    }

    /// Bytes that the client has read from its socket.
    pub(crate) fn read(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }

    /// Reports the end on behalf of the client.
    pub(crate) fn say(&self, cause: String) {
        *self.0.ending() = Some(Ending::of(cause));
    }

    /// A listener for the client's thread.
    pub(crate) fn listener(&self) -> Dispatch {
        BYSTANDER.get_or_init(|| Dispatch::new(NoSubscriber::default()));
        Dispatch::new(Listener {
            heard: self.0.clone(),
            others: tracing::dispatcher::get_default(Clone::clone),
        })
    }
}

impl Heard {
    fn ending(&self) -> MutexGuard<'_, Option<Ending>> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Listener {
    heard: Arc<Heard>,
    others: Dispatch,
}

/// Whether this is the record of a lost connection.
fn tells_end(metadata: &Metadata<'_>) -> bool {
    metadata.is_event()
        && metadata.target() == "async_nats"
        && *metadata.level() == Level::DEBUG
        && metadata.fields().field("error").is_some()
}

/// Whether this is the record of bytes read: one per read of the socket.
fn tells_read(metadata: &Metadata<'_>) -> bool {
    metadata.is_event()
        && metadata.target() == "async_nats::connection"
        && metadata.fields().field("bytes").is_some()
}

/// Whether it is one of ours. All others stay as cheap as they were.
fn tells_us(metadata: &Metadata<'_>) -> bool {
    tells_end(metadata) || tells_read(metadata)
}

impl Subscriber for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if tells_us(metadata) {
            Interest::always()
        } else {
            self.others.register_callsite(metadata)
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        tells_us(metadata) || self.others.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.others.new_span(span)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.others.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.others.record_follows_from(span, follows);
    }

    fn event(&self, event: &Event<'_>) {
        if tells_read(event.metadata()) {
            let mut count = Count(0);
            event.record(&mut count);
            self.heard.read.fetch_add(count.0, Ordering::Relaxed);
        } else if tells_end(event.metadata()) {
            let mut said = Said::default();
            event.record(&mut said);
            if said.message == "disconnected" {
                *self.heard.ending() = Some(ending(&said.error));
            }
        }
        if self.others.enabled(event.metadata()) {
            self.others.event(event);
        }
    }

    fn enter(&self, span: &Id) {
        self.others.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.others.exit(span);
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.others.clone_span(id)
    }

    fn try_close(&self, id: Id) -> bool {
        self.others.try_close(id)
    }
}

#[derive(Default)]
struct Said {
    message: String,
    error: String,
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "error" => self.error = format!("{value:?}"),
            _ => {}
        }
    }
}

/// The number in the field `bytes`, which comes as text; read without allocating.
struct Count(u64);

impl Visit for Count {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "bytes" {
            // Writing to ourselves does not fail.
            let _ = write!(self, "{value:?}");
        }
    }
}

impl Write for Count {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for digit in text.bytes().filter(u8::is_ascii_digit) {
            self.0 = self.0.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        }
        Ok(())
    }
}

/// Reads the debug form of an optional [`std::io::Error`], which is all that is said.
fn ending(error: &str) -> Ending {
    let unreadable = ["kind: InvalidInput", "kind: InvalidData", "kind: Other"]
        .iter()
        .any(|kind| error.contains(kind));
    let words = if error.contains("Utf8Error") {
        "it is not UTF-8"
    } else if error.contains("ParseIntError") {
        "a length or number is invalid"
    } else {
        let quoted = error.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
        quoted.map_or("", |(words, _)| words)
    };
    let cause = match (error, unreadable, words) {
        ("None", ..) => "the broker closed the connection".to_owned(),
        (_, true, words) => format!("the client cannot parse what the broker sent: {words}"),
        (_, false, "") => "the connection was interrupted".to_owned(),
        (_, false, words) => format!("the connection was interrupted: {words}"),
    };
    Ending { cause, unreadable }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Error, ErrorKind};

    #[test]
    fn the_debug_form_of_an_error_becomes_a_clause() {
        let not_a_number = "x".parse::<u64>().unwrap_err();
        for (error, cause, unreadable) in [
            (None, "the broker closed the connection", false),
            (
                Some(ErrorKind::ConnectionReset.into()),
                "the connection was interrupted",
                false,
            ),
            (
                Some(Error::new(ErrorKind::InvalidInput, "header isn't valid utf-8")),
                "the client cannot parse what the broker sent: header isn't valid utf-8",
                true,
            ),
            (
                Some(Error::new(ErrorKind::InvalidInput, not_a_number)),
                "the client cannot parse what the broker sent: a length or number is invalid",
                true,
            ),
            (
                Some(Error::other("could not parse status parameter")),
                "the client cannot parse what the broker sent: could not parse status parameter",
                true,
            ),
        ] {
            let cause = cause.to_owned();
            assert_eq!(ending(&format!("{error:?}")), Ending { cause, unreadable });
        }
        let reset = ending(&format!("{:?}", Some(Error::from_raw_os_error(104))));
        assert!(
            reset.cause.starts_with("the connection was interrupted"),
            "{reset:?}"
        );
        assert!(!reset.unreadable);
    }

    #[test]
    fn two_records_of_the_client_are_heard_and_no_others() {
        let heard = LogTap::default();
        tracing::dispatcher::with_default(&heard.listener(), || {
            tracing::debug!(target: "async_nats", error = "x", "something else");
            tracing::debug!(target: "elsewhere", error = "x", "disconnected");
            tracing::trace!(target: "elsewhere", bytes = 1, "read");
        });
        assert_eq!((heard.ending(), heard.read()), (None, 0));
        tracing::dispatcher::with_default(&heard.listener(), || {
            tracing::trace!(target: "async_nats::connection", bytes = %1_024_usize, "read");
            tracing::trace!(target: "async_nats::connection", bytes = %6_usize, "read");
            tracing::debug!(target: "async_nats", error = ?None::<Error>, "disconnected");
        });
        assert_eq!(
            heard.ending().map(|ending| ending.cause),
            Some("the broker closed the connection".into())
        );
        assert_eq!(heard.read(), 1030);
    }
    #[test]
    fn a_record_that_another_thread_came_upon_first_is_heard() {
        fn lose() {
            tracing::debug!(target: "async_nats", error = ?None::<Error>, "disconnected");
        }
        let heard = LogTap::default();
        let listener = heard.listener();
        std::thread::spawn(lose).join().unwrap();
        assert_eq!(heard.ending(), None);
        tracing::dispatcher::with_default(&listener, lose);
        assert!(heard.ending().is_some());
    }
}
