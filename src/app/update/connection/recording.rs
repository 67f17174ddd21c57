//! Recording, as the workbench sees it.

use crate::model::{Effects, PromptKind, State, count, size};
use crate::update::prompt::{propose, refuse_file};
use jiff::Timestamp;
use natsbridge_engine::{Command, RecordingCommand, RecordingView, counted};
use natsbridge_wire::Severity;

/// Asks for a file to record to, or stops the recording.
pub(crate) fn toggle_recording(state: &mut State, effects: &mut Effects) {
    if state.connection.recording.is_some() {
        effects.push(Command::Recording(RecordingCommand::Stop));
        return;
    }
    let now = Timestamp::from_microsecond(state.now_us).unwrap_or_default();
    let now = now.to_zoned(state.zone.clone());
    let name = now.strftime("natsbridge-%Y%m%d-%H%M%S.jsonl").to_string();
    propose(state, PromptKind::RecordTo, &name, effects);
}

/// Updates the state of the recording; reports the result when it is over.
pub(crate) fn recorded(state: &mut State, view: RecordingView, effects: &mut Effects) {
    if view.ended {
        state.connection.recording = None;
        let (severity, text) = recording_told(&view);
        match &view.trouble {
            // Nothing was written: another file is asked for where this one was.
            Some(why) if view.bytes == 0 && view.messages == 0 => {
                let file = view.path.display().to_string();
                refuse_file(state, &file, &format!("Cannot record to {file}: {why}"), effects);
            }
            _ => effects.tell(severity, text),
        }
        return;
    }
    let connection = &mut state.connection;
    let missed = connection.recording.as_ref().map_or(0, |before| before.missed);
    if missed == 0 && view.missed > 0 {
        let text = "The disk cannot keep up: some messages are not recorded. The header counts them.";
        effects.tell(Severity::Warning, text);
    }
    connection.recording = Some(view);
}

/// The result of a recording, and its severity.
pub fn recording_told(view: &RecordingView) -> (Severity, String) {
    let (place, missed) = (view.path.display(), count(view.missed));
    let messages = counted(view.messages as usize, "message");
    let kept = format!("{messages} ({})", size(view.bytes));
    match (&view.trouble, view.missed) {
        (Some(why), more) => {
            let lost = format!(" {missed} more that arrived were not written.");
            let lost = if more > 0 { &lost } else { "" };
            let remedy = if view.bytes > 0 {
                "Make room, then record"
            } else {
                "Record"
            };
            let text = format!(
                "Recording to {place} stopped: {why}. {kept} saved and readable.{lost} {remedy} to another file."
            );
            (Severity::Error, text)
        }
        (None, 0) => (Severity::Note, format!("Recorded {kept} to {place}.")),
        (None, _) => {
            let text = format!(
                "Recorded {kept} to {place}; {missed} more arrived but were not written, because the disk \
                 could not keep up."
            );
            (Severity::Warning, text)
        }
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
            severity == Severity::Warning && text.contains("; 7 more arrived"),
            "{text}"
        );
        let (severity, text) = told(7, Some("the disk is full"));
        assert_eq!(severity, Severity::Error);
        assert!(
            text.contains("stopped: the disk is full")
                && text.contains("7 more that arrived were not written"),
            "{text}"
        );
    }
}
