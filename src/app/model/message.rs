//! What goes into the workbench: one enum for each room.

use super::actions::{Action, Pane, ViewKind};
use super::compose::ComposeMsg;
use super::inspector::Opened;
use super::messages::{Described, Numbers, Sifted};
use super::notices::Origin;
use super::overlay::ViewQuestion;
use super::timeline::TimelineMsg;
use super::typing::Edit;
use super::works::{Progress, Working};
use natsbridge_engine::{ConnectOptions, Event, FetchError, LinkInfo};
use natsbridge_wire::{FilterError, Severity};
use std::sync::Arc;

/// Something happened.
#[derive(Debug, Clone)]
pub enum Msg {
    /// An event from the session.
    Engine(Event),
    /// A user action.
    Act(Action),
    /// A person types into the open prompt, or a line of the form.
    Edit(Edit),
    /// The next completion was requested.
    Complete,
    /// Time passed; microseconds since the Unix epoch.
    Tick(i64),
    /// The screen was laid out.
    Layout(Sizes),
    /// A pane was clicked.
    Focus(Pane),
    /// The theme in use, where the one chosen could not be loaded.
    Theme(String),
    /// Something about Subjects.
    Subjects(SubjectsMsg),
    /// Something about Messages.
    Messages(MessagesMsg),
    /// Something about the inspector.
    Inspector(InspectorMsg),
    /// Something about the timeline.
    Timeline(TimelineMsg),
    /// Something that concerns the message being written.
    Compose(ComposeMsg),
    /// Something about what lies over the panes.
    Overlay(OverlayMsg),
    /// Something about work done elsewhere.
    Works(WorksMsg),
    /// The names of the contexts.
    Contexts(Vec<String>),
    /// A context was loaded, or could not be (why, as a sentence).
    Context(String, Result<Box<ConnectOptions>, String>),
    /// Something a person should read.
    Notice(Severity, String),
    /// Like a notice, as the result of something the user tried.
    Outcome(Origin, Severity, String),
}

/// How much of the rooms is on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Rows of the message list.
    pub messages: usize,
    /// Whether the tree of subjects is on screen.
    pub subjects: bool,
    /// Rows of the timeline; none when it is not on screen.
    pub timeline: usize,
}

/// Something about Subjects on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectsMsg {
    /// A row was clicked, counted from the first.
    Select(usize),
    /// It was scrolled by so many rows.
    Scroll(isize),
}

/// Something about Messages.
#[derive(Debug, Clone)]
pub enum MessagesMsg {
    /// A message was clicked.
    Select(u64),
    /// The list was scrolled by so many rows.
    Scroll(isize),
    /// These messages are on screen and digested.
    Shown(Vec<u64>),
    /// Only messages that match this filter are to be shown.
    Filter(String),
    /// Messages were filtered for the list.
    Sifted(Sifted),
    /// Rows were looked at for the list.
    Described(Described),
    /// The matches of a search for a text, as of this message count.
    Found(String, Numbers, u64),
}

/// Something about the inspector.
#[derive(Debug, Clone)]
pub enum InspectorMsg {
    /// A message was decoded.
    Opened(Opened),
    /// A requested message is no longer stored, or could not be decoded.
    Gone(u64),
    /// The tab of that number is shown, with such a view.
    Tab(usize, Option<ViewKind>),
    /// The result of a link lookup.
    LinkInfo(String, Box<LinkInfo>),
    /// A link was fetched (what came, as a sentence), or was not.
    Fetched(String, Result<String, FetchError>),
}

/// Something about what lies over the panes.
#[derive(Debug, Clone)]
pub enum OverlayMsg {
    /// A row of the palette, help or picker was clicked or scrolled to.
    Choose(usize),
    /// The sheet of that title is on top, with such a view; or none is.
    Sheet(Option<(String, Option<ViewKind>)>),
    /// A message was mended; the sheet of that title shows it.
    Mended(String, Box<Opened>),
    /// The verdict on the answer typed for a view: valid, or where and why not; and possible completions.
    Checked(Result<(), FilterError>, Vec<String>),
    /// A free name for the file that was proposed.
    FreeName(String, String),
    /// The file of that name, as it was typed, could not be written; why, as a sentence.
    Refused(String, String),
    /// What came of a search for what is typed so far, a few words.
    Searched(String),
    /// A view asks a person for something; the text that the line starts with.
    Ask(ViewQuestion, String),
    /// The first key was pressed: the welcome goes.
    Begun,
    /// An action was done by a key, for the tour.
    Did(Action),
    /// The tour is left.
    TourLeft,
}

/// Something about work done elsewhere.
#[derive(Debug, Clone)]
pub enum WorksMsg {
    /// Some work was begun.
    Began(Working),
    /// The work with that progress has ended.
    Ended(Arc<Progress>),
}
