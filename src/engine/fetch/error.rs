//! Why a link was not fetched: one sentence each, with what to try. URLs in it carry no credentials.

use crate::bridge::BridgeError;
use crate::wording::grouped;
use natsbridge_wire::Code;
use std::time::Duration;

/// Why a link was not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say what the fields hold")]
pub enum FetchError {
    /// It is no http or https address.
    #[error("{} is no link that can be fetched: {why}; links are http or https addresses", named(.link))]
    NoLink { link: String, why: String },
    /// Nobody may fetch it.
    #[error(
        "{url} is not fetched: {why}; if it is meant, set allow_link_local under [links] in the settings"
    )]
    Refused { url: String, why: String },
    /// It was not asked for, and leads to a host that is not allowed.
    #[error(
        "{url} leads on to {host}, which is not among the allowed hosts: fetch it by hand, or allow the host"
    )]
    NotAllowed { url: String, host: String },
    /// A redirect that is not followed.
    #[error("{url} is redirected in a way that is not followed: {why}; ask its sender for a direct link")]
    BadRedirect { url: String, why: String },
    /// The host has no address.
    #[error(
        "{url} cannot be fetched: no address is found for {host} ({why}); check the name, its sender may use one that only it knows"
    )]
    NoAddress { url: String, host: String, why: String },
    /// No answer came.
    #[error(
        "{url} cannot be fetched: {why}; check that the file server runs and that this machine can reach it"
    )]
    Unreachable { url: String, why: String },
    /// TLS does not hold.
    #[error(
        "{url} cannot be fetched: the server's certificate is not accepted ({why}); add its authority to this system's, or use http inside a trusted network"
    )]
    Untrusted { url: String, why: String },
    /// What came is no HTTP.
    #[error("{url} cannot be fetched: the server does not speak HTTP as it should ({why}); check the port")]
    NotHttp { url: String, why: String },
    /// The file is not there.
    #[error("{url} is gone (status {status}): {}", .first.map_or("a one-shot link that another receiver has fetched, or one that has expired; ask its sender to send again".to_owned(), |bytes| format!("the first try had received {} bytes when it broke off, and that consumed the one-shot link; ask its sender to send again", grouped(bytes))))]
    Gone {
        url: String,
        status: u16,
        /// Bytes that an earlier try had received.
        first: Option<u64>,
    },
    /// The server says no.
    #[error("{url} cannot be fetched: the server answers {status}{}", advice(*.status))]
    Status {
        url: String,
        status: u16,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// There is more than may be taken.
    #[error("{url} {}, over the limit of {}: fetch it with a higher limit (listen --fetch-limit, link_bytes under [limits] in the settings)",
        .size.map_or("sends more bytes than may be taken".to_owned(), |size| format!("has {} bytes", grouped(size))), grouped(*.most))]
    TooLarge {
        url: String,
        size: Option<u64>,
        most: u64,
    },
    /// It comes too slowly.
    #[error("{url} comes too slowly and was given up after {received} bytes: {why}; try again later, or from nearer by", received = grouped(*.received))]
    TooSlow { url: String, received: u64, why: String },
    /// The connection broke in the middle.
    #[error("{url} broke off after {}{} bytes: {why}; try again", grouped(*.received), .announced.map(|all| format!(" of {}", grouped(all))).unwrap_or_default())]
    BrokenOff {
        url: String,
        received: u64,
        announced: Option<u64>,
        why: String,
    },
    /// The disk does not take it.
    #[error("{url} cannot be kept in {dir}: {why}; make room there, or point TMPDIR to another place")]
    Disk { url: String, dir: String, why: String },
    /// This machine cannot.
    #[error("{url} cannot be fetched: {why}")]
    Unable { url: String, why: String },
    /// It was tried often enough.
    #[error("{last} (tried {tries} times)")]
    Tried { last: Box<Self>, tries: u32 },
}

fn advice(status: u16) -> &'static str {
    match status {
        401 | 403 => "; it asks for credentials, which links do not carry: ask its sender for an open link",
        429 => ", too many requests; try again later",
        500.. => ", a failure of its own; try again later, or look at its log",
        _ => "; ask its sender for another link",
    }
}

impl FetchError {
    /// Whether another try may go better: failures of the network, and of the server that it may get over.
    pub(super) fn heals(&self) -> bool {
        match self {
            Self::NoAddress { .. } | Self::Unreachable { .. } | Self::BrokenOff { .. } => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }

    /// The finding that tells of it.
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

impl From<FetchError> for BridgeError {
    fn from(error: FetchError) -> Self {
        Self::Link(error.to_string())
    }
}

/// A link that is empty has no text to be named by.
fn named(link: &str) -> &str {
    if link.is_empty() { "an empty text" } else { link }
}
