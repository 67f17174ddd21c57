//! Messages to the Compose pane ([`ComposeMsg`]) and work it requests ([`ComposeEffect`]).

use super::content::{Content, TextEdit};
use super::settings::SendSettings;
use super::spot::Cell;
use natsbridge_engine::{
    Composition, ConnectionState, CopyFormat, Plan, RequestOptions, SendMode, Suggestion,
};
use std::path::PathBuf;

/// An event that concerns the message being written.
#[derive(Debug, Clone)]
pub enum ComposeMsg {
    /// A row of the form was clicked, and which cell of it.
    Click(usize, Option<Cell>),
    /// The form was scrolled by so many rows.
    Scroll(isize),
    /// A text was pasted while nothing was being typed.
    Pasted(String),
    /// A text written in the whole pane is done.
    Written(TextEdit, String),
    /// A text is too large for the editor in the pane and stays as it is; the sentence says which limit it exceeds.
    TooLarge(TextEdit, String, String),
    /// A plan was made, of the change with that number.
    Planned(u64, Box<Plan>),
    /// What a half-typed path could become.
    Paths(String, Vec<String>),
    /// What a file looks like, or why it cannot be read; it is for that payload, or a new one.
    Suggested(Option<usize>, PathBuf, Result<Suggestion, String>),
    /// A draft was read, or could not be (why, as a sentence).
    DraftRead(PathBuf, Result<Box<Composition>, String>),
    /// A draft was written with that change, or could not be.
    DraftWritten(PathBuf, u64, Result<(), String>),
    /// A text to review: its title, and the text or why there is none.
    Text(String, Result<String, String>),
    /// The external editor has finished; `None` if the text was not changed.
    Edited(Content, Result<Option<String>, String>),
}

/// How the message will be sent, as far as this is known beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Address of the broker, as given to other tools.
    pub server: String,
    /// An inbox like the one that a request will get.
    pub inbox: String,
    /// The broker's `max_payload`; `None` if it did not say.
    pub most: Option<usize>,
    /// What to wait for, if it is a request.
    pub wait: Option<RequestOptions>,
}

/// A stand-in for an inbox while there is no connection.
const INBOX: &str = "_INBOX.0000000000000000000000";

impl Way {
    /// How it would be sent now.
    pub(crate) fn new(connection: &ConnectionState, settings: &SendSettings) -> Self {
        let (server, inbox, most) = match connection {
            ConnectionState::Connected { server, .. } => {
                let scheme = if server.tls { "tls" } else { "nats" };
                let address = format!("{scheme}://{}", server.address);
                (address, server.inbox.as_str(), server.max_payload)
            }
            ConnectionState::Connecting { address, .. }
            | ConnectionState::Lost { address, .. }
            | ConnectionState::Refused { address, .. } => (address.clone(), "", 0),
            ConnectionState::Tape { .. } | ConnectionState::Offline => {
                ("nats://127.0.0.1:4222".to_owned(), "", 0)
            }
        };
        let wait = settings.request.then(|| {
            // Invalid values are reported beside their fields.
            match settings.read().map(|times| times.mode) {
                Ok(SendMode::Request(wait)) => wait,
                _ => RequestOptions::default(),
            }
        });
        Self {
            server,
            inbox: if inbox.is_empty() { INBOX } else { inbox }.to_owned(),
            most: Some(most).filter(|most| *most > 0),
            wait,
        }
    }
}

/// Work requested for the message being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComposeEffect {
    /// Plan what would be sent; a later request replaces an earlier one.
    Plan(u64, Box<Composition>, Way),
    /// Complete a half-typed path.
    Paths(String),
    /// Examine a file.
    Suggest(Option<usize>, PathBuf),
    /// Read a draft.
    ReadDraft(PathBuf),
    /// Write a draft.
    WriteDraft {
        /// Where to.
        path: PathBuf,
        /// The message.
        message: Box<Composition>,
        /// The revision it was saved at.
        revision: u64,
        /// Whether an existing draft at that path is this one and may be overwritten.
        own: bool,
    },
    /// Encode the message without sending it.
    DryRun(Box<Composition>, Way),
    /// Convert the message to another format.
    CopyFormat(CopyFormat, Box<Composition>, Way),
}
