//! Why a payload was not uploaded, or a link gave none: what upload and download handlers fail with.

use crate::fetch::FetchError;
use crate::wording::Cause;
use std::error::Error;

/// Why a file server did not take a payload, or a link gave none. What upload and download handlers fail with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The file server cannot be used as it is configured; the sentence says what to write instead.
    #[error("{0}")]
    Options(String),
    /// A payload could not be uploaded to a file server of ours.
    #[error(
        "payload '{dataname}' could not be uploaded to the file server {place}: {why}{}; {advice}",
        tried(*.tries)
    )]
    Upload {
        /// The payload's name.
        dataname: String,
        /// The file server, without credentials.
        place: String,
        /// What happened.
        #[source]
        why: Cause,
        /// Attempts.
        tries: u32,
        /// What to try.
        advice: &'static str,
    },
    /// A link was not fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// There is no download handler.
    #[error("there is no download handler: set ReceiveOptions::fetcher")]
    NoHandler,
    /// A handler of your own failed.
    #[error("{0}")]
    Handler(#[source] Cause),
}

impl LinkError {
    /// What a handler of your own failed with: an error, or a sentence.
    ///
    /// ```
    /// use natsbridge_engine::LinkError;
    /// assert_eq!(LinkError::handler("the shelf is empty").to_string(), "the shelf is empty");
    /// ```
    pub fn handler(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Handler(Cause::of(error))
    }
}

fn tried(tries: u32) -> String {
    match tries {
        0 | 1 => String::new(),
        _ => format!(" ({tries} attempts)"),
    }
}
