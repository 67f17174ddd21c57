//! Streams below the subjects: listing them, loading from one, following one.

use crate::model::{Effects, LineEdit, Overlay, PromptKind, State, Subjects};
use crate::update::messages::narrow_to_cursor;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use natsbridge_engine::{Command, HistoryRequest, Start, StreamCommand, StreamsView};
use natsbridge_wire::point_in_time;

/// How many messages "newest" means.
const NEWEST: u64 = 100;

/// What can be done with a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamChoice {
    /// Load the newest messages.
    Newest,
    /// Load from the first message on.
    First,
    /// Load from a number on, which is asked for.
    Sequence,
    /// Load from a time on, which is asked for.
    Time,
    /// Load the last message of every subject.
    LastPerSubject,
    /// Follow it live, or stop.
    Follow,
}

impl StreamChoice {
    /// All of them, in the order of the menu.
    pub const ALL: &[Self] = &[
        Self::Newest,
        Self::First,
        Self::Sequence,
        Self::Time,
        Self::LastPerSubject,
        Self::Follow,
    ];

    /// Its line in the menu.
    pub fn label(self, followed: bool) -> &'static str {
        match self {
            Self::Newest => "Newest 100 messages",
            Self::First => "From the first message",
            Self::Sequence => "From a sequence number …",
            Self::Time => "Since a time …",
            Self::LastPerSubject => "Last message of each subject",
            Self::Follow if followed => "Stop following",
            Self::Follow => "Follow live",
        }
    }
}

/// Requests the list of streams, if there can be any.
pub(crate) fn list_streams(state: &mut State, effects: &mut Effects) {
    state.subjects.listed_us = state.now_us;
    if state.connection.has_streams() {
        effects.push(Command::Streams(StreamCommand::List));
    } else {
        state.subjects.streams = StreamsView::default();
    }
}

/// Updates the streams; the cursor stays on its stream.
pub(crate) fn take_streams(state: &mut State, streams: StreamsView, effects: &mut Effects) {
    if state.subjects.take_streams(streams) {
        narrow_to_cursor(state, effects);
    }
}

/// Does what was chosen in the menu of a stream.
pub(crate) fn choose_stream(state: &mut State, choice: StreamChoice, stream: String, effects: &mut Effects) {
    let command = match choice {
        StreamChoice::Newest => {
            let most = Some(NEWEST);
            StreamCommand::Load(HistoryRequest {
                most,
                ..history(stream, Start::Newest(NEWEST))
            })
        }
        StreamChoice::First => StreamCommand::Load(history(stream, Start::First)),
        StreamChoice::LastPerSubject => StreamCommand::Load(history(stream, Start::LastPerSubject)),
        StreamChoice::Follow if state.subjects.is_followed(&stream) => StreamCommand::Stop(stream),
        StreamChoice::Follow => StreamCommand::Follow(history(stream, Start::Newest(0))),
        StreamChoice::Sequence => return ask(state, stream, PromptKind::FromSequence),
        StreamChoice::Time => return ask(state, stream, PromptKind::SinceTime),
    };
    effects.push(Command::Streams(command));
}

fn ask(state: &mut State, stream: String, purpose: PromptKind) {
    state.subjects.asked = stream;
    state.overlay.open = Overlay::Prompt(purpose, LineEdit::default());
}

/// Loads the stream that was asked about from the number or time entered.
pub(crate) fn load_from(stream: &str, start: Start, effects: &mut Effects) {
    let request = history(stream.to_owned(), start);
    effects.push(Command::Streams(StreamCommand::Load(request)));
}

/// The sequence number that was typed.
pub(crate) fn from_sequence(text: &str) -> Result<Start, String> {
    let number = text.replace([',', '_', ' '], "").parse();
    let start = number.map(Start::Sequence);
    start.map_err(|_| format!("\"{text}\" is not a sequence number; type a whole number from 1."))
}

/// The time that was typed.
pub(crate) fn since_time(text: &str, now_us: i64, zone: &TimeZone) -> Result<Start, String> {
    let now = Timestamp::from_microsecond(now_us).unwrap_or_default();
    let time = point_in_time(text, now, zone);
    time.map(Start::Time)
        .ok_or_else(|| format!("\"{text}\" is not a time; type 15 min, 1w, 12:30 or 2026-01-31 12:30."))
}

/// Stops following or loading the stream under the cursor; `false` if the cursor is not on one.
pub(super) fn stop_stream(subjects: &Subjects, effects: &mut Effects) -> bool {
    let Some(stream) = subjects.stream_at_cursor() else {
        return false;
    };
    effects.push(Command::Streams(StreamCommand::Stop(stream.name.clone())));
    true
}

fn history(stream: String, start: Start) -> HistoryRequest {
    HistoryRequest {
        stream,
        start,
        ..HistoryRequest::default()
    }
}
