//! What goes into the workbench ([`Msg`]) and what comes out of it ([`Effect`]).

use super::actions::{Action, Pane, ViewKind};
use super::compose::{ComposeNews, ComposeWork, Content};
use super::inspector::ShownPayload;
use super::notices::Origin;
use super::overlay::ViewQuestion;
use super::timeline::TimelineMsg;
use super::typing::Edit;
use super::works::{Progress, Working};
use natsbridge_engine::{Command, ConnectOptions, Event, FetchError, LinkFacts, StoredMessage};
use natsbridge_wire::{Blob, DecodedMessage, FilterFault, Kind, Severity, ValuePath};
use std::path::PathBuf;
use std::sync::Arc;

/// A message opened in the inspector.
#[derive(Debug, Clone)]
pub struct Opened {
    /// As it came.
    pub stored: StoredMessage,
    /// Decoded.
    pub decoded: Arc<DecodedMessage>,
}

/// Something happened.
#[derive(Debug, Clone)]
pub enum Msg {
    /// An event from the session.
    Engine(Event),
    /// A user action.
    Act(Action),
    /// A person types into the open prompt.
    Edit(Edit),
    /// Time passed; microseconds since the Unix epoch.
    Tick(i64),
    /// A message was decoded.
    Opened(Opened),
    /// A requested message is no longer stored.
    Gone(u64),
    /// The number of rows available for messages, and whether Subjects is shown.
    Layout {
        /// Rows of the message list.
        page: usize,
        /// Whether the tree of subjects is on screen.
        subjects: bool,
    },
    /// A pane was clicked.
    Focus(Pane),
    /// A message was clicked.
    Select(u64),
    /// The message list was scrolled by so many rows.
    Scroll(isize),
    /// A row of Subjects was clicked, counted from its first.
    SelectSubject(usize),
    /// Subjects was scrolled by so many rows.
    ScrollSubjects(isize),
    /// A row of the palette, help or picker was clicked or scrolled to.
    Choose(usize),
    /// Something about the timeline on screen.
    Timeline(TimelineMsg),
    /// The inspector shows its tab of that number, with such a view.
    Tab(usize, Option<ViewKind>),
    /// A sheet of that title lies over the panes, with such a view.
    Laid(String, Option<ViewKind>),
    /// A message was mended; the sheet of that title shows it.
    Mended(String, Box<Opened>),
    /// The verdict on the answer typed for a view: valid, or where and why not; and possible completions.
    Checked(Result<(), FilterFault>, Vec<String>),
    /// A view asks a person for something; the text that the line starts with.
    Ask(ViewQuestion, String),
    /// The matches of a search, as of this message count.
    Found(Vec<u64>, u64),
    /// Some work was begun elsewhere.
    Began(Working),
    /// The work with that progress has ended.
    Ended(Arc<Progress>),
    /// The result of a link lookup.
    LinkFacts(String, Box<LinkFacts>),
    /// A link was fetched (what came, as a sentence), or was not.
    Fetched(String, Result<String, FetchError>),
    /// The names of the contexts.
    Contexts(Vec<String>),
    /// A context was loaded, or could not be (why, as a sentence).
    Context(String, Result<Box<ConnectOptions>, String>),
    /// Something that concerns the message being written.
    Compose(ComposeNews),
    /// Something a person should read.
    Notice(Severity, String),
    /// Like a notice, as the result of something the user tried.
    Outcome(Origin, Severity, String),
}

/// What the event loop has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Decode that message elsewhere; the latest request wins.
    Open(u64),
    /// Hand a command to the session.
    Session(Command),
    /// Put a text on the clipboard.
    Copy(String),
    /// Write a new file.
    Save(PathBuf, Blob),
    /// Show a payload as another kind.
    ViewAs(Box<ShownPayload>, Kind),
    /// Open a payload in another program: with this command, or the system's default.
    OpenOutside {
        /// The payload.
        shown: Box<ShownPayload>,
        /// The command, with `{{file}}` in it.
        command: Option<String>,
        /// Whether it takes the terminal.
        in_terminal: bool,
    },
    /// Show what a command makes of a payload.
    Pipe(Box<ShownPayload>, String),
    /// Plot a value over these messages on a subject, the oldest first.
    PlotValue {
        /// The path of the value.
        path: ValuePath,
        /// The subject.
        subject: String,
        /// Messages, also of other subjects.
        seqs: Vec<u64>,
    },
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
    /// Search in the view on screen.
    Search(String),
    /// Compare two messages, under that title.
    Compare(String, Box<StoredMessage>, Box<StoredMessage>),
    /// Rewrite a message for the reader of that name, and show what differs.
    Mend(Box<StoredMessage>, &'static str),
    /// Look for a text in everything stored.
    Find(String),
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
    /// Something to be done elsewhere for the message being written.
    Compose(ComposeWork),
    /// Open a text in the external editor; the file extension tells its type.
    EditOutside(Content, String, &'static str),
    /// Take the mouse or give it back to the terminal.
    Mouse(bool),
    /// Redraw everything.
    Redraw,
    /// Suspend to the shell.
    Suspend,
    /// Quit.
    Quit,
}
