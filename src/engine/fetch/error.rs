//! Why a link was not fetched: one sentence each, with advice. URLs in it carry no credentials.

use crate::wording::{Cause, grouped};
use natsbridge_wire::Code;
use std::time::Duration;

/// Why a link was not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the error messages describe the fields")]
pub enum FetchError {
    /// It is not an http or https address.
    #[error("{} is not a link that can be fetched: {why}; links are http or https addresses", named(.link))]
    NoLink {
        link: String,
        #[source]
        why: Cause,
    },
    /// It must not be fetched.
    #[error(
        "{url} was not fetched: {why}; if this is intended, set allow_link_local under [links] in the \
         settings"
    )]
    Refused { url: String, why: String },
    /// It was fetched automatically, and redirects to a host that is not allowed.
    #[error("{url} redirects to {host}, which is not an allowed host: fetch it by hand, or allow the host")]
    NotAllowed { url: String, host: String },
    /// A redirect that is not followed.
    #[error("{url} has a redirect that is not followed: {why}; ask the sender for a direct link")]
    BadRedirect {
        url: String,
        #[source]
        why: Cause,
    },
    /// The host has no address.
    #[error(
        "{url} cannot be fetched: no address found for {host} ({why}); check the name, it may be one that \
         only the sender knows"
    )]
    NoAddress {
        url: String,
        host: String,
        #[source]
        why: Cause,
    },
    /// No answer came.
    #[error(
        "{url} cannot be fetched: {why}; check that the file server is running and reachable from this \
         machine"
    )]
    Unreachable {
        url: String,
        #[source]
        why: Cause,
    },
    /// TLS failed.
    #[error(
        "{url} cannot be fetched: the server's certificate is not trusted ({why}); add its authority to \
         this system, or use http inside a trusted network"
    )]
    Untrusted {
        url: String,
        #[source]
        why: Cause,
    },
    /// The response is not HTTP.
    #[error("{url} cannot be fetched: the server's response is not valid HTTP ({why}); check the port")]
    NotHttp {
        url: String,
        #[source]
        why: Cause,
    },
    /// The file is not there.
    #[error("{url} is gone (status {status}): {}; ask the sender to send it again", gone(*.first))]
    Gone {
        url: String,
        status: u16,
        /// Bytes that an earlier try had received.
        first: Option<u64>,
    },
    /// The server refuses.
    #[error("{url} cannot be fetched: the server answered {status}{}", advice(*.status))]
    Status {
        url: String,
        status: u16,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// It exceeds the limit.
    #[error("{url} {}, over the limit of {}: fetch it with a higher limit (listen --fetch-limit, link_bytes under [limits] in the settings)",
        .size.map_or("sends more bytes than allowed".to_owned(), |size| format!("has {} bytes", grouped(size))), grouped(*.most))]
    TooLarge {
        url: String,
        size: Option<u64>,
        most: u64,
    },
    /// It is too slow.
    #[error("{url} is too slow and was given up after {received} bytes: {why}; try again later, or from a \
             machine closer to it", received = grouped(*.received))]
    TooSlow { url: String, received: u64, why: String },
    /// The connection broke in the middle.
    #[error("{url} broke off after {}{} bytes: {why}; try again", grouped(*.received), .announced.map(|all| format!(" of {}", grouped(all))).unwrap_or_default())]
    BrokenOff {
        url: String,
        received: u64,
        announced: Option<u64>,
        #[source]
        why: Cause,
    },
    /// The disk refuses it.
    #[error("{url} cannot be saved in {dir}: {why}; make room there, or point TMPDIR somewhere else")]
    Disk {
        url: String,
        dir: String,
        #[source]
        why: Cause,
    },
    /// This machine cannot.
    #[error("{url} cannot be fetched: {why}")]
    Unable {
        url: String,
        #[source]
        why: Cause,
    },
    /// All attempts failed.
    #[error("{last} ({tries} attempts)")]
    Tried {
        #[source]
        last: Box<Self>,
        tries: u32,
    },
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
    /// Whether another attempt may succeed: failures of the network, and temporary ones of the server.
    pub(super) fn heals(&self) -> bool {
        match self {
            Self::NoAddress { .. } | Self::Unreachable { .. } | Self::BrokenOff { .. } => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }

    /// The finding that reports it.
    pub fn code(&self) -> Code {
        match self {
            Self::NoLink { .. } => Code::LinkNotHttp,
            Self::Refused { .. } | Self::NotAllowed { .. } | Self::BadRedirect { .. } => Code::LinkRefused,
            Self::Gone { .. } => Code::LinkGone,
            Self::TooLarge { .. } => Code::LinkTooLarge,
            Self::Tried { last, .. } => last.code(),
            _ => Code::LinkUnreachable,
        }
    }
}

/// A link that is empty has no text to be named by.
fn named(link: &str) -> &str {
    if link.is_empty() { "an empty text" } else { link }
}
