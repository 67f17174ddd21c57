//! Why a link was not fetched: one sentence each, with advice. URLs in it carry no credentials.

use crate::wording::{Cause, counted, grouped};
use natsbridge_wire::Code;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why a link was not fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchError {
    /// The link, without credentials.
    pub url: String,
    /// What happened.
    pub kind: FetchErrorKind,
    /// Attempts that all failed; 0 where another attempt would not have helped.
    pub tries: u32,
}

/// What happened when a link was to be fetched; completes the sentence `URL …`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the error messages describe the fields")]
pub enum FetchErrorKind {
    /// It is not an http or https address.
    #[error("is not a link that can be fetched: {0}; links are http or https addresses")]
    NoLink(#[source] Cause),
    /// It must not be fetched.
    #[error("was not fetched: {0}; if this is intended, set allow_link_local under [links] in the settings")]
    Refused(String),
    /// It was fetched automatically, and redirects to a host that is not allowed.
    #[error("redirects to {host}, which is not an allowed host: fetch it by hand, or allow the host")]
    NotAllowed { host: String },
    /// A redirect that is not followed.
    #[error("has a redirect that is not followed: {0}; ask the sender for a direct link")]
    BadRedirect(#[source] Cause),
    /// The host has no address.
    #[error(
        "cannot be fetched: no address found for {host} ({why}); check the name, it may be one that only \
         the sender knows"
    )]
    NoAddress {
        host: String,
        #[source]
        why: Cause,
    },
    /// No answer came.
    #[error("cannot be fetched: {0}; check that the file server is running and reachable from this machine")]
    Unreachable(#[source] Cause),
    /// TLS failed.
    #[error(
        "cannot be fetched: the server's certificate is not trusted ({0}); add its authority to this \
         system, or use http inside a trusted network"
    )]
    Untrusted(#[source] Cause),
    /// The response is not HTTP.
    #[error("cannot be fetched: the server's response is not valid HTTP ({0}); check the port")]
    NotHttp(#[source] Cause),
    /// The file is not there.
    #[error("is gone (status {status}): {}; ask the sender to send it again", gone(*.first))]
    Gone {
        status: u16,
        /// Bytes that an earlier try had received.
        first: Option<u64>,
    },
    /// The server refuses.
    #[error("cannot be fetched: the server answered {status}{}", advice(*.status))]
    Status {
        status: u16,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// It exceeds the limit.
    #[error("{}, over the limit of {}: fetch it with a higher limit (listen --fetch-limit, link_bytes under [links] in the settings)",
        .size.map_or("sends more bytes than allowed".to_owned(), |size| format!("has {} bytes", grouped(size))), grouped(*.most))]
    TooLarge { size: Option<u64>, most: u64 },
    /// It is too slow.
    #[error("is too slow and was given up after {received} bytes: {why}; try again later, or from a \
             machine closer to it", received = grouped(*.received))]
    TooSlow { received: u64, why: String },
    /// The connection broke in the middle.
    #[error("broke off after {}{} bytes: {why}; try again", grouped(*.received), .announced.map(|all| format!(" of {}", grouped(all))).unwrap_or_default())]
    BrokenOff {
        received: u64,
        announced: Option<u64>,
        #[source]
        why: Cause,
    },
    /// The disk refuses it.
    #[error("cannot be saved in {dir}: {why}; make room there, or point TMPDIR somewhere else")]
    Disk {
        dir: String,
        #[source]
        why: Cause,
    },
    /// This machine cannot.
    #[error("cannot be fetched: {0}")]
    Unable(#[source] Cause),
}

fn gone(first: Option<u64>) -> String {
    match first.map(grouped) {
        None => "it was a one-shot link that someone else fetched, or it has expired".to_owned(),
        Some(bytes) => {
            format!("the first attempt broke off after {bytes} bytes, which used up the one-shot link")
        }
    }
}

fn advice(status: u16) -> &'static str {
    match status {
        401 | 403 => "; it requires credentials, which links do not carry: ask the sender for a public link",
        429 => ", too many requests; try again later",
        500.. => ", a server error; try again later, or check its log",
        _ => "; ask the sender for another link",
    }
}

impl FetchError {
    /// What happened to a link that was not tried again.
    pub fn new(url: impl Into<String>, kind: FetchErrorKind) -> Self {
        Self {
            url: url.into(),
            kind,
            tries: 0,
        }
    }

    /// Whether another attempt may succeed: failures of the network, and temporary ones of the server.
    pub(super) fn heals(&self) -> bool {
        use FetchErrorKind as Kind;
        match self.kind {
            Kind::NoAddress { .. } | Kind::Unreachable(_) | Kind::BrokenOff { .. } => true,
            Kind::Status { status, .. } => status == 429 || status >= 500,
            _ => false,
        }
    }

    /// The finding that reports it.
    pub fn code(&self) -> Code {
        use FetchErrorKind as Kind;
        match self.kind {
            Kind::NoLink(_) => Code::LinkNotHttp,
            Kind::Refused(_) | Kind::NotAllowed { .. } | Kind::BadRedirect(_) => Code::LinkRefused,
            Kind::Gone { .. } => Code::LinkGone,
            Kind::TooLarge { .. } => Code::LinkTooLarge,
            _ => Code::LinkUnreachable,
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A link that is empty has no text to be named by.
        let url = if self.url.is_empty() {
            "an empty text"
        } else {
            &self.url
        };
        write!(f, "{url} {}", self.kind)?;
        match self.tries {
            0 => Ok(()),
            tries => write!(f, " ({})", counted(tries, "attempt")),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.kind.source()
    }
}
