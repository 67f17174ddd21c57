//! The list of exit codes, and failures of verbs.

use natsbridge_engine::sentence;

/// How the process ended. The numbers are a contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It is done.
    Done,
    /// It was asked and the answer is no: no reply came, or the count was not reached in time.
    No,
    /// Wrong usage, a bad value or unreadable input.
    Usage,
    /// No connection, or not permitted.
    NoConnection,
    /// A file server failed.
    FileServer,
    /// An internal fault.
    Fault,
    /// Ended by the signal of that number.
    Signal(u8),
}

/// Every code with its meaning, as help and manual print them.
pub const EXITS: &[(u8, &str)] = &[
    (Exit::Done.code(), "done"),
    (
        Exit::No.code(),
        "the answer is no (findings, no reply, count not reached in time)",
    ),
    (Exit::Usage.code(), "wrong usage or unreadable input"),
    (Exit::NoConnection.code(), "no connection, or not permitted"),
    (Exit::FileServer.code(), "a file server failed"),
    (
        Exit::Fault.code(),
        "interrupted by an internal fault; the message says where the report is",
    ),
    (Exit::Signal(2).code(), "interrupted (SIGINT)"),
    (Exit::Signal(15).code(), "terminated (SIGTERM)"),
];

impl Exit {
    /// The process's exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::NoConnection => 3,
            Self::FileServer => 4,
            Self::Fault => 5,
            Self::Signal(number) => 128 + number,
        }
    }
}

/// A verb that could not do its work: the exit and what to tell the person, if anything.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// How the process ends.
    pub exit: Exit,
    /// What failed, on what, why, what to try; `None` where there is nobody left to tell.
    pub message: Option<String>,
}

/// What a verb returns.
pub type Outcome = Result<Exit, Failure>;

impl Failure {
    /// A failure that says why.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: Some(message.into()),
        }
    }

    /// Wrong usage or unreadable input.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// No connection, or not permitted.
    pub fn no_connection(message: impl Into<String>) -> Self {
        Self::new(Exit::NoConnection, message)
    }

    /// No connection to `address`, one or several; most causes name it themselves.
    pub fn unreachable(address: &str, cause: &str) -> Self {
        let named = address.split(", ").any(|one| cause.contains(one));
        Self::no_connection(if named {
            sentence(&cause)
        } else {
            format!("No connection to {address}: {}.", cause.trim_end_matches('.'))
        })
    }

    /// Whether it is that of [`Failure::reader_gone`].
    pub fn is_reader_gone(&self) -> bool {
        self.exit == Exit::Done
    }

    /// The reader of our output is gone: it has what it wanted.
    pub fn reader_gone() -> Self {
        Self {
            exit: Exit::Done,
            message: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_the_cause_names_is_not_said_twice() {
        let text = |cause| {
            Failure::unreachable("nats://a:1, nats://b:2", cause)
                .message
                .unwrap()
        };
        assert_eq!(
            text("nothing is listening on nats://b:2: start a broker"),
            "Nothing is listening on nats://b:2: start a broker."
        );
        assert_eq!(
            text("there is no answer"),
            "No connection to nats://a:1, nats://b:2: there is no answer."
        );
    }
}
