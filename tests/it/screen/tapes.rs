//! Recordings and tapes on screen, driven by keys through the real update and draw.

use crate::support::screen_stand::Bench;
use natsbridge_app::{Effect, InspectorMsg, Msg, WorkEffect};
use natsbridge_engine::{Command, ConnectionState, Event, RecordingCommand, RecordingView};

fn recording(messages: u64, missed: u64) -> RecordingView {
    RecordingView {
        path: "tape.jsonl".into(),
        messages,
        bytes: messages * 338,
        missed,
        trouble: None,
        since_us: 0,
        ended: false,
    }
}

#[test]
fn a_key_begins_and_ends_a_recording() {
    let mut bench = Bench::new(120, 40);
    bench.assert_shows("○ rec");
    bench.keys("o").assert_shows("Record to");
    bench.assert_shows("natsbridge-20261122-120102.jsonl");
    bench.keys("Enter");
    let begun = Effect::Session(Command::Recording(RecordingCommand::Start(
        "natsbridge-20261122-120102.jsonl".into(),
    )));
    assert_eq!(bench.left.pop(), Some(begun));
    bench.tell(Event::Recording(recording(12_431, 0)));
    bench.assert_shows("● rec 12,431 · 4.20 MB");
    bench.keys("o");
    assert_eq!(
        bench.left.pop(),
        Some(Effect::Session(Command::Recording(RecordingCommand::Stop)))
    );
    let ended = RecordingView {
        ended: true,
        ..recording(12_500, 0)
    };
    bench.tell(Event::Recording(ended));
    bench.assert_shows("Recorded 12,500 messages (4.22 MB) to tape.jsonl.");
    bench.assert_shows("○ rec");
}

#[test]
fn what_is_missed_and_what_stopped_it_is_seen() {
    let mut bench = Bench::new(120, 40);
    bench.tell(Event::Recording(recording(10, 0)));
    bench.tell(Event::Recording(recording(20, 7)));
    bench.assert_shows("· 7 missed");
    bench.assert_shows("The disk cannot keep up");
    let trouble = Some("the disk is full".into());
    bench.tell(Event::Recording(RecordingView {
        ended: true,
        trouble,
        ..recording(20, 7)
    }));
    bench.assert_shows("stopped: the disk is full");
    bench.assert_shows("○ rec");
    for width in [40, 60, 80, 100] {
        let mut small = Bench::new(width, 24);
        small.tell(Event::Recording(recording(10, 0)));
        small.assert_shows("● rec");
    }
}

#[test]
fn a_link_fetched_while_recording_is_kept_with_it() {
    let mut bench = Bench::new(120, 40);
    bench.told(Msg::Inspector(InspectorMsg::Fetched(
        "http://files/x".into(),
        Ok("Fetched.".into()),
    )));
    assert!(
        !bench
            .left
            .contains(&Effect::Work(WorkEffect::KeepLink("http://files/x".into())))
    );
    bench.tell(Event::Recording(recording(1, 0)));
    bench.told(Msg::Inspector(InspectorMsg::Fetched(
        "http://files/x".into(),
        Ok("Fetched.".into()),
    )));
    assert!(
        bench
            .left
            .contains(&Effect::Work(WorkEffect::KeepLink("http://files/x".into())))
    );
}

#[test]
fn a_tape_has_every_pane_and_asks_no_broker() {
    for (width, height) in [(120, 40), (80, 24), (40, 10)] {
        let mut bench = Bench::new(width, height);
        let tape = |percent| ConnectionState::Tape {
            name: "bug-7.jsonl".into(),
            percent,
        };
        bench.tell(Event::Connection(tape(Some(40))));
        bench.assert_shows("tape bug-7");
        bench.chat(6);
        bench.tell(Event::Connection(tape(None)));
        bench.assert_shows("tape bug-7");
        bench.keys("1 2 3 4 5 2");
        for key in ["s", "o", "P", "C-r", "S"] {
            bench.left.clear();
            bench.keys("Esc").keys(key);
            assert!(!bench.left.iter().any(|effect| matches!(
                effect,
                Effect::Session(_) | Effect::Work(WorkEffect::ListContexts)
            )));
        }
        bench.keys("1 p");
    }
    let mut bench = Bench::new(120, 40);
    bench.tell(Event::Connection(ConnectionState::Tape {
        name: "bug-7.jsonl".into(),
        percent: Some(40),
    }));
    bench.assert_shows("loading 40 %");
    bench
        .keys("s")
        .assert_shows("This is a tape, so there is no broker.");
    assert!(!bench.shows("Subscribe to"));
    assert!(!bench.shows("○ rec"), "nothing can be recorded");
}
