//! What reaches the Compose pane ([`ComposeNews`]) and what is to be done for it elsewhere ([`ComposeWork`]).

use super::content::{Content, Writing};
use super::spot::Cell;
use natsbridge_engine::{Composition, CopyAs, Plan, RequestOptions, Suggestion};
use std::path::PathBuf;

/// Something that concerns the message being written.
#[derive(Debug, Clone)]
pub enum ComposeNews {
    /// A row of the form was clicked, and which cell of it.
    Click(usize, Option<Cell>),
    /// The form was scrolled by so many rows.
    Scroll(isize),
    /// The next completion is wanted.
    Complete,
    /// A text was pasted while nothing was being typed.
    Pasted(String),
    /// A text written in the whole pane is done.
    Written(Writing, String),
    /// A text is too large for the editor in the pane and stays as it is; for which of its limits, as a sentence.
    TooLarge(Writing, String, String),
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
    /// A text to be looked at: its title, and the text or why there is none.
    Text(String, Result<String, String>),
    /// The person's own editor is done with a text; `None` if it was left as it was.
    Edited(Content, Result<Option<String>, String>),
}

/// Which way the message goes, as far as that is known before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Address of the broker, as other tools are given it.
    pub server: String,
    /// An inbox like the one that a request will get.
    pub inbox: String,
    /// Bytes of the largest message that the broker takes; `None` where it did not say.
    pub most: Option<usize>,
    /// What is waited for, if it is a request.
    pub wait: Option<RequestOptions>,
}

/// Something to be done elsewhere for the message being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComposeWork {
    /// Find out what would go out; a later wish takes the place of an earlier one.
    Plan(u64, Box<Composition>, Way),
    /// Complete a half-typed path.
    Paths(String),
    /// Look at a file.
    Suggest(Option<usize>, PathBuf),
    /// Read a draft.
    ReadDraft(PathBuf),
    /// Write a draft.
    WriteDraft {
        /// Where to.
        path: PathBuf,
        /// The message.
        message: Box<Composition>,
        /// The change that it is of.
        revision: u64,
        /// Whether the draft that is there is this one, and makes room for it.
        own: bool,
    },
    /// Write out what would go, without sending it.
    DryRun(Box<Composition>, Way),
    /// Write the same send in another form.
    CopyAs(CopyAs, Box<Composition>, Way),
    /// Write a text to a new file.
    SaveText(PathBuf, String),
}
