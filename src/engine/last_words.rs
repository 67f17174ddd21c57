//! What the client says when it loses its connection. It says it nowhere but in its log: a listener that is in force on
//! the client's thread alone picks that one record out and passes all others on to whoever listens in this process.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Why a connection ended, as its client saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    /// A clause: `the broker closed the connection`.
    pub(super) cause: String,
    /// Whether the client could not read what came.
    pub(super) unreadable: bool,
}

/// The last words of one client; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct LastWords(Arc<Mutex<Option<Ending>>>);

impl LastWords {
    /// What was said, if anything was.
    pub(super) fn heard(&self) -> Option<Ending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says for the client that what came was not readable.
    pub(super) fn say_unreadable(&self, cause: String) {
        self.say(Ending {
            cause,
            unreadable: true,
        });
    }

    /// A listener for the client's thread.
    pub(super) fn listener(&self) -> Dispatch {
        Dispatch::new(Listener {
            words: self.clone(),
            others: tracing::dispatcher::get_default(Clone::clone),
        })
    }

    fn say(&self, ending: Ending) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ending);
    }
}

struct Listener {
    words: LastWords,
    others: Dispatch,
}

/// Whether this is the record of a lost connection. All others stay as cheap as they were.
fn tells_end(metadata: &Metadata<'_>) -> bool {
    metadata.is_event()
        && metadata.target() == "async_nats"
        && *metadata.level() == Level::DEBUG
        && metadata.fields().field("error").is_some()
}

impl Subscriber for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if tells_end(metadata) {
            Interest::always()
        } else {
            self.others.register_callsite(metadata)
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        tells_end(metadata) || self.others.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
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
        if tells_end(event.metadata()) {
            let mut said = Said::default();
            event.record(&mut said);
            if said.message == "disconnected" {
                self.words.say(ending(&said.error));
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

/// Reads the debug form of an optional [`std::io::Error`], which is all that is said.
fn ending(error: &str) -> Ending {
    let unreadable = ["kind: InvalidInput", "kind: InvalidData", "kind: Other"]
        .iter()
        .any(|kind| error.contains(kind));
    let words = if error.contains("Utf8Error") {
        "it is not UTF-8"
    } else if error.contains("ParseIntError") {
        "a length or number is none"
    } else {
        let quoted = error.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
        quoted.map_or("", |(words, _)| words)
    };
    let cause = match (error, unreadable, words) {
        ("None", ..) => "the broker closed the connection".to_owned(),
        (_, true, words) => format!("the client cannot read what the broker sent: {words}"),
        (_, false, "") => "the connection broke off".to_owned(),
        (_, false, words) => format!("the connection broke off: {words}"),
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
                "the connection broke off",
                false,
            ),
            (
                Some(Error::new(ErrorKind::InvalidInput, "header isn't valid utf-8")),
                "the client cannot read what the broker sent: header isn't valid utf-8",
                true,
            ),
            (
                Some(Error::new(ErrorKind::InvalidInput, not_a_number)),
                "the client cannot read what the broker sent: a length or number is none",
                true,
            ),
            (
                Some(Error::other("could not parse status parameter")),
                "the client cannot read what the broker sent: could not parse status parameter",
                true,
            ),
        ] {
            let cause = cause.to_owned();
            assert_eq!(ending(&format!("{error:?}")), Ending { cause, unreadable });
        }
        let reset = ending(&format!("{:?}", Some(Error::from_raw_os_error(104))));
        assert!(reset.cause.starts_with("the connection broke off"), "{reset:?}");
        assert!(!reset.unreadable);
    }

    #[test]
    fn only_the_clients_last_record_is_heard_and_all_others_are_passed_on() {
        let words = LastWords::default();
        tracing::dispatcher::with_default(&words.listener(), || {
            tracing::debug!(target: "async_nats", error = "x", "something else");
            tracing::debug!(target: "elsewhere", error = "x", "disconnected");
        });
        assert_eq!(words.heard(), None);
        tracing::dispatcher::with_default(&words.listener(), || {
            tracing::debug!(target: "async_nats", error = ?None::<Error>, "disconnected");
        });
        assert_eq!(
            words.heard().map(|ending| ending.cause),
            Some("the broker closed the connection".into())
        );
    }
}
