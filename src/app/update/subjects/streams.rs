//! Streams below the subjects: listing them, loading from one, following one.

use crate::model::{Effect, LineEdit, Overlay, Purpose, State, SubjectCursor};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, civil};
use natsbridge_engine::{Command, ConnectionState, HistoryRequest, Start, StreamFacts, StreamsView};

/// Microseconds after which the streams are listed again.
const LIST_US: i64 = 30_000_000;
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

impl State {
    /// Whether the server has streams.
    pub fn has_streams(&self) -> bool {
        matches!(&self.connection, ConnectionState::Connected { server, .. } if server.jetstream)
    }

    /// The stream under the cursor of Subjects.
    pub fn stream_at_cursor(&self) -> Option<&StreamFacts> {
        match self.cursor? {
            SubjectCursor::Stream(at) => self.streams.streams.get(at),
            _ => None,
        }
    }

    /// Whether a stream is followed live.
    pub fn is_followed(&self, stream: &str) -> bool {
        self.streams.followed.iter().any(|followed| followed == stream)
    }

    /// Requests the list of streams, if there can be any.
    pub(crate) fn list_streams(&mut self, effects: &mut Vec<Effect>) {
        self.streams_us = self.now_us;
        if self.has_streams() {
            effects.push(Effect::Session(Command::ListStreams));
        } else {
            self.streams = StreamsView::default();
        }
    }

    /// Microseconds until the streams are listed again.
    pub(crate) fn streams_due(&self) -> Option<i64> {
        (self.has_streams() && self.subjects_shown).then(|| (self.streams_us + LIST_US - self.now_us).max(0))
    }

    /// Updates the streams; the cursor stays on its stream.
    pub(crate) fn take_streams(&mut self, streams: StreamsView, effects: &mut Vec<Effect>) {
        let name = self.stream_at_cursor().map(|stream| stream.name.clone());
        self.streams = streams;
        if let Some(name) = name {
            let at = self.streams.streams.iter().position(|stream| stream.name == name);
            self.cursor = at.map(SubjectCursor::Stream);
            self.narrow_to_cursor(effects);
        }
    }

    /// Does what was chosen in the menu of a stream.
    pub(crate) fn choose_stream(&mut self, choice: StreamChoice, stream: String, effects: &mut Vec<Effect>) {
        let (start, most) = match choice {
            StreamChoice::Newest => (Start::Newest(NEWEST), Some(NEWEST)),
            StreamChoice::First => (Start::First, None),
            StreamChoice::LastPerSubject => (Start::LastPerSubject, None),
            StreamChoice::Sequence => return self.ask_about(stream, Purpose::FromSequence),
            StreamChoice::Time => return self.ask_about(stream, Purpose::SinceTime),
            StreamChoice::Follow if self.is_followed(&stream) => {
                effects.push(Effect::Session(Command::StopStream(stream)));
                return;
            }
            StreamChoice::Follow => {
                let request = HistoryRequest {
                    stream,
                    start: Start::Newest(0),
                    ..HistoryRequest::default()
                };
                effects.push(Effect::Session(Command::FollowStream(request)));
                return;
            }
        };
        load(stream, start, most, effects);
    }

    /// Loads from the number or time entered; the error is a sentence.
    pub(crate) fn load_from(
        &mut self,
        purpose: Purpose,
        text: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), String> {
        let start =
            if purpose == Purpose::FromSequence {
                let digits = text.replace([',', '_', ' '], "");
                Start::Sequence(digits.parse().map_err(|_| {
                    format!("\"{text}\" is not a sequence number; type a whole number from 1.")
                })?)
            } else {
                let time = point_in_time(text, self.now_us, &self.zone);
                Start::Time(time.ok_or_else(|| {
                    format!("\"{text}\" is not a time; type 15 min, 2 h, 12:30 or 2026-01-31 12:30.")
                })?)
            };
        let stream = self.stream.clone();
        load(stream, start, None, effects);
        Ok(())
    }

    /// Stops following or loading the stream under the cursor; `false` if the cursor is not on one.
    pub(super) fn stop_stream(&mut self, effects: &mut Vec<Effect>) -> bool {
        let name = self.stream_at_cursor().map(|stream| stream.name.clone());
        let on_stream = name.is_some();
        effects.extend(name.map(|name| Effect::Session(Command::StopStream(name))));
        on_stream
    }

    fn ask_about(&mut self, stream: String, purpose: Purpose) {
        self.stream = stream;
        self.overlay = Overlay::Prompt(purpose, LineEdit::default());
    }
}

fn load(stream: String, start: Start, most: Option<u64>, effects: &mut Vec<Effect>) {
    effects.push(Effect::Session(Command::LoadHistory(HistoryRequest {
        stream,
        start,
        subject: None,
        most,
    })));
}

/// Parses a time: an age, a time of the last day, a date, or an exact instant.
fn point_in_time(text: &str, now_us: i64, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let now = Timestamp::from_microsecond(now_us).ok()?.to_zoned(zone.clone());
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    // Otherwise the start of a date would be parsed as a time.
    if let Some(time) = text.parse::<civil::Time>().ok().filter(|_| !text.contains('-')) {
        let today = now.date().to_datetime(time).to_zoned(zone.clone()).ok()?;
        let meant = if today > now {
            today.yesterday().ok()?
        } else {
            today
        };
        return Some(meant.timestamp());
    }
    if let Ok(at) = text.parse::<civil::DateTime>() {
        return Some(at.to_zoned(zone.clone()).ok()?.timestamp());
    }
    let ago: Span = text
        .trim_end_matches("ago")
        .trim()
        .trim_start_matches('-')
        .parse()
        .ok()?;
    Some(now.checked_sub(ago).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_say_times_in_many_ways() {
        let now_us = "2026-01-31T12:00:00Z"
            .parse::<Timestamp>()
            .expect("a time")
            .as_microsecond();
        let cases = [
            ("15 min", Some("2026-01-31T11:45:00Z")),
            ("2h", Some("2026-01-31T10:00:00Z")),
            ("1 day ago", Some("2026-01-30T12:00:00Z")),
            ("11:30", Some("2026-01-31T11:30:00Z")),
            ("12:30", Some("2026-01-30T12:30:00Z")),
            ("2026-01-01 06:00", Some("2026-01-01T06:00:00Z")),
            ("2026-01-01T06:00:00+01:00", Some("2026-01-01T05:00:00Z")),
            ("soon", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|text| text.parse::<Timestamp>().expect("a time"));
            assert_eq!(point_in_time(text, now_us, &TimeZone::UTC), expected, "{text}");
        }
    }
}
