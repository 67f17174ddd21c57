//! What comes out of the workbench: one enum for each who carries it out, and the list that an update fills.

use super::compose::{ComposeEffect, Content};
use super::inspector::ShownPayload;
use super::messages::{Describe, Numbers, Sift};
use super::overlay::ViewQuestion;
use natsbridge_engine::{Command, ConversationView, StoredMessage, TapeOrigin, TapeSelection};
use natsbridge_wire::{Blob, Kind, Severity, ValuePath};
use std::path::PathBuf;

/// What is to be done, by who does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// By the views on screen.
    View(ViewEffect),
    /// By a worker.
    Work(WorkEffect),
    /// By the loop, which has the terminal.
    Terminal(TerminalEffect),
    /// By the session.
    Session(Command),
}

/// What the views on screen have to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewEffect {
    /// Search in the view on screen.
    Search(String),
    /// Search for what is typed so far.
    SearchTyped(String),
    /// Pass the user's answer to the view on screen.
    Answer(ViewQuestion, String),
    /// Check what has been typed so far.
    Check(ViewQuestion, String),
    /// Show the findings of that message once it is decoded; unless forced, only if a reader cannot read it.
    LookInto(u64, bool),
    /// Close the sheet.
    LiftSheet,
    /// Show the log.
    ShowLog,
}

/// What workers have to do; their results come back as messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkEffect {
    /// Decode that message, the payload of that number before all others; the latest request wins.
    Open(u64, usize),
    /// Filter messages for the list; the latest request wins.
    Sift(Sift),
    /// Find out what the list shows of these rows; the latest request wins.
    Describe(Describe),
    /// Write a new file.
    Save(PathBuf, Blob),
    /// Find a name like this one that no file has.
    FindFreeName(String),
    /// Open a payload in another program beside the workbench: with this command, or the system's default.
    OpenBeside(Box<ShownPayload>, Option<String>),
    /// Look up a link; contact its server only if requested.
    LookUp(String, bool),
    /// Download a link; what exactly stands in [`Links::request`](super::inspector::Links::request).
    Fetch(String),
    /// Stop downloading it.
    CancelFetch(String),
    /// Save the content of a link with the recording.
    KeepLink(String),
    /// Ask which contexts there are.
    ListContexts,
    /// Read a context.
    LoadContext(String),
    /// Something for the message being written.
    Compose(ComposeEffect),
    /// Something that may take long and can be cancelled.
    Long(LongWork),
}

/// Work that may take long: the footer tells of it, and it can be cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LongWork {
    /// Compare two messages, under that title.
    Compare(String, Box<StoredMessage>, Box<StoredMessage>),
    /// Rewrite a message for the reader of that name, and show what differs.
    Mend(Box<StoredMessage>, &'static str),
    /// Look for a text in everything stored.
    Find(String),
    /// Show a payload as another kind.
    ViewAs(Box<ShownPayload>, Kind),
    /// Show what a command makes of a payload.
    Pipe(Box<ShownPayload>, String),
    /// Plot a value over these messages on a subject, the oldest first.
    PlotValue {
        /// The path of the value.
        path: ValuePath,
        /// The subject.
        subject: String,
        /// Messages, also of other subjects.
        seqs: Numbers,
    },
    /// Save messages as a tape.
    SaveTape {
        /// The new file.
        path: PathBuf,
        /// The messages.
        messages: TapeSelection,
        /// Where they came from.
        origin: TapeOrigin,
    },
    /// Save messages or conversations as a page.
    SavePage(PathBuf, PageContent),
}

/// What a page is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageContent {
    /// Messages.
    Messages(TapeSelection),
    /// Conversations, with their messages.
    Conversations(Vec<ConversationView>),
}

/// What the loop has to do, which has the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalEffect {
    /// Put a text on the clipboard.
    Copy(String),
    /// Open a text in the external editor; the file extension tells its type.
    EditOutside(Content, String, &'static str),
    /// Give the terminal to a program that shows a payload; `{{file}}` in its command stands for the file.
    OpenInTerminal(Box<ShownPayload>, String),
    /// Take the mouse or give it back to the terminal.
    Mouse(bool),
    /// Redraw everything.
    Redraw,
    /// Suspend to the shell.
    Suspend,
    /// Quit.
    Quit,
}

impl From<ViewEffect> for Effect {
    fn from(effect: ViewEffect) -> Self {
        Self::View(effect)
    }
}

impl From<WorkEffect> for Effect {
    fn from(effect: WorkEffect) -> Self {
        Self::Work(effect)
    }
}

impl From<LongWork> for Effect {
    fn from(work: LongWork) -> Self {
        Self::Work(WorkEffect::Long(work))
    }
}

impl From<ComposeEffect> for Effect {
    fn from(work: ComposeEffect) -> Self {
        Self::Work(WorkEffect::Compose(work))
    }
}

impl From<TerminalEffect> for Effect {
    fn from(effect: TerminalEffect) -> Self {
        Self::Terminal(effect)
    }
}

impl From<Command> for Effect {
    fn from(command: Command) -> Self {
        Self::Session(command)
    }
}

/// What an update asks for so far, and what it tells the user.
#[derive(Debug, Default)]
pub struct Effects {
    /// What is asked for.
    pub(crate) asked: Vec<Effect>,
    /// What the user is told.
    pub(crate) told: Vec<(Severity, String)>,
}

impl Effects {
    /// Asks for something.
    pub(crate) fn push(&mut self, effect: impl Into<Effect>) {
        self.asked.push(effect.into());
    }

    /// Tells the user something.
    pub(crate) fn tell(&mut self, severity: Severity, text: impl Into<String>) {
        self.told.push((severity, text.into()));
    }

    /// Tells the user something that is no fault.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.tell(Severity::Note, text);
    }
}
