//! Recording as the workbench knows it, and what cannot be done on a tape.

use crate::model::{Action, Effect, LineEdit, Overlay, Purpose, State, count, size};
use jiff::Timestamp;
use natsbridge_engine::{Command, ConnectionState, RecordingView};
use natsbridge_wire::Severity;

impl State {
    /// Asks for a file to record to, or ends the recording.
    pub(super) fn toggle_recording(&mut self, effects: &mut Vec<Effect>) {
        if self.recording.is_some() {
            effects.push(Effect::Session(Command::StopRecording));
            return;
        }
        let now = Timestamp::from_microsecond(self.now_us).unwrap_or_default();
        let now = now.to_zoned(self.zone.clone());
        let name = now.strftime("natsbridge-%Y%m%d-%H%M%S.jsonl").to_string();
        self.overlay = Overlay::Prompt(Purpose::RecordTo, LineEdit::new(&name));
    }

    /// Takes in how a recording goes; says what came of it when it is over.
    pub(super) fn recorded(&mut self, view: RecordingView) {
        if view.ended {
            let (severity, text) = recording_told(&view);
            self.tell(severity, text);
            self.recording = None;
            return;
        }
        let missed = self.recording.as_ref().map_or(0, |before| before.missed);
        if missed == 0 && view.missed > 0 {
            let text = "The disk does not keep up: some messages are not recorded. The header counts them.";
            self.tell(Severity::Warning, text);
        }
        self.recording = Some(view);
    }

    /// Whether a tape is shown.
    pub fn is_tape(&self) -> bool {
        matches!(self.connection, ConnectionState::Tape { .. })
    }

    /// Says why it cannot be done if that needs a broker and a tape is shown.
    pub(crate) fn refuses_on_tape(&mut self, action: Action) -> bool {
        let needs_broker = matches!(
            action,
            Action::Subscribe
                | Action::PauseSubscription
                | Action::RemoveSubscription
                | Action::ListStreams
                | Action::Contexts
                | Action::Reconnect
                | Action::Record
                | Action::SendMessage
                | Action::ArmResponder
        );
        let refused = needs_broker && self.is_tape();
        if refused {
            self.tell(
                Severity::Note,
                "This is a tape: there is no broker. natsbridge replay sends it to one again.",
            );
        }
        refused
    }
}

/// What came of a recording, and how bad that is.
pub fn recording_told(view: &RecordingView) -> (Severity, String) {
    let place = view.path.display();
    let kept = format!("{} messages ({})", count(view.messages), size(view.bytes));
    match (&view.trouble, view.missed) {
        (Some(why), missed) => {
            let missed = match missed {
                0 => String::new(),
                missed => format!(" {} that had come already are not on it.", count(missed)),
            };
            (
                Severity::Error,
                format!(
                    "Recording to {place} stopped because {why}. {kept} are kept and can be opened.{missed} \
                     Make room, then record to another file."
                ),
            )
        }
        (None, 0) => (Severity::Note, format!("Recorded {kept} to {place}.")),
        (None, missed) => (
            Severity::Warning,
            format!(
                "Recorded {kept} to {place}; {} more came and are not on it, because the disk did not keep up.",
                count(missed)
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(missed: u64, trouble: Option<&str>) -> RecordingView {
        RecordingView {
            path: "t.jsonl".into(),
            messages: 12_431,
            bytes: 4_200_000,
            missed,
            trouble: trouble.map(str::to_owned),
            since_us: 0,
            ended: true,
        }
    }

    #[test]
    fn what_came_of_a_recording_is_said_exactly() {
        let told = |missed, trouble| recording_told(&view(missed, trouble));
        assert_eq!(
            told(0, None),
            (
                Severity::Note,
                "Recorded 12,431 messages (4.20 MB) to t.jsonl.".into()
            )
        );
        let (severity, text) = told(7, None);
        assert!(
            severity == Severity::Warning && text.contains("; 7 more came"),
            "{text}"
        );
        let (severity, text) = told(7, Some("the disk is full"));
        assert_eq!(severity, Severity::Error);
        assert!(
            text.contains("because the disk is full") && text.contains("7 that had come"),
            "{text}"
        );
    }
}
