//! Contexts, streams and gaps on screen, driven by keys.

use crate::support::screen_stand::{Bench, START_US};
use crossterm::event::{MouseButton, MouseEventKind};
use natsbridge_app::{Effect, Msg, WorkEffect};
use natsbridge_engine::{
    Command, ConnectOptions, ConnectionCommand, ConnectionState, Event, Gap, HistoryRequest, ServerInfo,
    Start, StreamCommand, StreamInfo, StreamsView,
};

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (200, 60), (40, 10)];

fn connected(jetstream: bool) -> Event {
    Event::Connection(ConnectionState::Connected {
        server: ServerInfo {
            version: "2.15.1".into(),
            address: "127.0.0.1:4222".into(),
            jetstream,
            ..ServerInfo::default()
        },
        rtt: None,
        silent: false,
    })
}

fn stream(name: &str, messages: u64, consuming: bool) -> StreamInfo {
    StreamInfo {
        name: name.into(),
        subjects: vec![format!("{}.>", name.to_lowercase())],
        messages,
        bytes: messages * 100,
        sequences: (1, messages),
        consuming,
    }
}

fn view(followed: &[&str]) -> Event {
    Event::Streams(StreamsView {
        streams: vec![stream("CHAT", 12_431, false), stream("JOBS", 18, true)],
        followed: followed.iter().map(|name| (*name).to_owned()).collect(),
        trouble: None,
    })
}

fn with_streams(width: u16, height: u16) -> Bench {
    let mut bench = Bench::new(width, height);
    bench.tell(connected(true));
    bench.tell(view(&[]));
    bench
}

fn commands(bench: &Bench) -> Vec<&Command> {
    bench
        .left
        .iter()
        .filter_map(|effect| match effect {
            Effect::Session(command) => Some(command),
            _ => None,
        })
        .collect()
}

fn lists(bench: &Bench) -> usize {
    commands(bench)
        .iter()
        .filter(|command| ***command == Command::Streams(StreamCommand::List))
        .count()
}

#[test]
fn streams_are_listed_where_there_is_jetstream_and_again_after_a_while() {
    let mut bench = Bench::new(120, 40);
    assert_eq!(lists(&bench), 0, "a server without JetStream is not asked");
    bench.tell(connected(true));
    assert_eq!(lists(&bench), 1);
    bench.tell(connected(true));
    assert_eq!(lists(&bench), 1, "the same server is not met anew");
    bench.screen();
    bench.wait(31_000);
    assert_eq!(lists(&bench), 2);
    bench.keys("1 S");
    assert_eq!(lists(&bench), 3);
}

#[test]
fn streams_stand_beside_subjects_at_every_size() {
    for (width, height) in SIZES {
        let mut bench = with_streams(width, height);
        bench.chat(3);
        bench.keys("1");
        for text in ["Streams", "≡ CHAT", "12,431", "JOBS"] {
            bench.assert_shows(text);
        }
        bench.tell(view(&["CHAT"]));
        bench.assert_shows("● CHAT");
        for keys in ["j", "Enter", "G", "Esc", "j", "Enter", "Esc"] {
            bench.keys(keys).screen();
        }
    }
}

#[test]
fn a_stream_is_loaded_from_where_a_person_wants() {
    let request = |start, most| HistoryRequest {
        stream: "CHAT".into(),
        start,
        subject: None,
        most,
    };
    let hour_ago = jiff::Timestamp::from_microsecond(START_US - 3_600_000_000).expect("a time");
    let cases = [
        ("Enter", request(Start::Newest(100), Some(100))),
        ("j Enter", request(Start::First, None)),
        ("j j Enter 1 , 2 0 0 Enter", request(Start::Sequence(1200), None)),
        (
            "j j j Enter 1 Space h Enter",
            request(Start::Time(hour_ago), None),
        ),
        ("j j j j Enter", request(Start::LastPerSubject, None)),
    ];
    for (keys, request) in cases {
        let mut bench = with_streams(120, 40);
        bench.keys("1 j Enter").assert_shows("╭ CHAT");
        bench.keys(keys);
        assert_eq!(
            commands(&bench).last(),
            Some(&&Command::Streams(StreamCommand::Load(request))),
            "{keys}"
        );
    }
}

#[test]
fn what_is_no_number_and_no_time_is_asked_for_again() {
    let mut bench = with_streams(120, 40);
    bench
        .keys("1 j Enter j j Enter x Enter")
        .assert_shows("is not a sequence number");
    bench.assert_shows("Load stream from number");
    bench
        .keys("Esc Enter j j j Enter s o o n Enter")
        .assert_shows("is not a time");
    assert!(
        !commands(&bench)
            .iter()
            .any(|command| matches!(command, Command::Streams(StreamCommand::Load(_))))
    );
}

#[test]
fn a_stream_is_followed_and_let_go() {
    let mut bench = with_streams(120, 40);
    bench.keys("1 j Enter G").assert_shows("▌ Follow live");
    bench.keys("Enter");
    assert!(
        matches!(commands(&bench).last(), Some(Command::Streams(StreamCommand::Follow(request))) if request.stream == "CHAT")
    );
    bench.tell(view(&["CHAT"]));
    bench.keys("Enter G").assert_shows("▌ Stop following");
    bench.keys("Esc x");
    assert_eq!(
        commands(&bench).last(),
        Some(&&Command::Streams(StreamCommand::Stop("CHAT".into())))
    );
}

#[test]
fn a_stream_narrows_the_list_to_its_subjects_and_the_cursor_stays_on_it() {
    let mut bench = with_streams(120, 40);
    bench.arrive("chat.room1", b"one");
    bench.arrive("other", b"two");
    bench.keys("1 j").assert_shows("shown 1  filtered 1");
    bench.tell(Event::Streams(StreamsView {
        streams: vec![stream("AUDIT", 1, false), stream("CHAT", 12_432, false)],
        ..StreamsView::default()
    }));
    bench.assert_shows("Messages ─ CHAT");
    assert_eq!(
        bench
            .workbench
            .state
            .subjects
            .stream_at_cursor()
            .map(|stream| stream.name.as_str()),
        Some("CHAT")
    );
    bench.tell(Event::Streams(StreamsView::default()));
    bench.assert_shows("shown 2  filtered 0");
}

#[test]
fn a_work_queue_is_marked_and_says_that_it_is_only_looked_at() {
    let mut bench = with_streams(200, 60);
    bench.assert_shows("JOBS queue");
    bench
        .keys("1 j j Enter")
        .assert_shows("The workbench only reads: nothing is consumed.");
}

#[test]
fn why_streams_cannot_be_listed_is_said() {
    let mut bench = with_streams(200, 60);
    bench.tell(Event::Streams(StreamsView {
        trouble: Some("no permission to ask".into()),
        ..StreamsView::default()
    }));
    bench.assert_shows("no permission to ask");
}

#[test]
fn a_context_is_picked_read_and_switched_to() {
    for (width, height) in SIZES {
        let mut bench = Bench::new(width, height);
        bench.workbench.state.connection.context = Some("local".into());
        bench.keys("P");
        assert_eq!(bench.left, [Effect::Work(WorkEffect::ListContexts)]);
        bench.told(Msg::Contexts(vec!["cloud".into(), "local".into()]));
        bench.assert_shows("╭ Context");
        bench.assert_shows("▌ local");
        bench.keys("k Enter");
        assert_eq!(
            bench.left.last(),
            Some(&Effect::Work(WorkEffect::LoadContext("cloud".into())))
        );
        let options = Box::new(ConnectOptions::from_urls("nats://cloud.example:4222").expect("an address"));
        bench.told(Msg::Context("cloud".into(), Ok(options.clone())));
        assert_eq!(
            commands(&bench),
            [&Command::Connection(ConnectionCommand::Switch(options))]
        );
        if width >= 80 {
            bench.assert_shows("ctx cloud");
        }
    }
}

#[test]
fn a_context_that_cannot_be_read_says_why_and_leaves_things_as_they_are() {
    let mut bench = Bench::new(120, 40);
    bench.workbench.state.connection.context = Some("local".into());
    bench.told(Msg::Contexts(vec!["cloud".into(), "local".into()]));
    bench.keys("k Enter").assert_shows("ctx cloud …");
    bench.told(Msg::Context(
        "cloud".into(),
        Err("cloud.json: op is not installed".into()),
    ));
    bench.assert_shows("op is not installed");
    bench.assert_shows("ctx local");
    assert_eq!(commands(&bench), Vec::<&Command>::new());
    bench.told(Msg::Contexts(vec![]));
    bench.assert_shows("There are no contexts yet");
}

#[test]
fn a_context_that_takes_long_is_told_in_the_footer_and_can_be_given_up() {
    for (width, height) in SIZES {
        let mut bench = Bench::new(width, height);
        bench.workbench.state.connection.context = Some("local".into());
        bench.told(Msg::Contexts(vec!["cloud".into(), "local".into()]));
        bench.keys("k Enter");
        if width >= 80 {
            bench.assert_shows("loading context cloud … Esc cancels");
        }
        bench.keys("Esc").assert_shows("Stopped loading");
        let options = Box::new(ConnectOptions::from_urls("nats://cloud.example:4222").expect("an address"));
        bench.told(Msg::Context("cloud".into(), Ok(options)));
        assert_eq!(commands(&bench), Vec::<&Command>::new(), "it came too late");
        assert_eq!(bench.workbench.state.connection.context.as_deref(), Some("local"));
    }
}

#[test]
fn many_contexts_say_where_in_the_list_one_is() {
    let mut bench = Bench::new(80, 24);
    let long = format!("{}-end", "long".repeat(12));
    let names = (0..30).map(|i| format!("prod-{i:02}")).chain([long.clone()]);
    bench.told(Msg::Contexts(names.collect()));
    bench.assert_shows(" 1 of 31 ");
    bench.keys("G").assert_shows(" 31 of 31 ");
    bench.assert_shows(&format!("▌ {long}"));
}

#[test]
fn the_footer_says_what_enter_and_space_do_here() {
    let mut bench = with_streams(120, 40);
    bench.assert_shows("Space pause");
    bench.keys("Space").assert_shows("Space follow");
    bench.keys("1 G").assert_shows("Enter load");
}

fn gap(before: u64, from_us: i64, cause: &str) -> Gap {
    Gap {
        before,
        from_us,
        to_us: from_us + 3_000_000,
        cause: cause.into(),
    }
}

#[test]
fn gaps_are_marked_between_rows_at_every_size() {
    for (width, height) in SIZES {
        let mut bench = Bench::new(width, height);
        bench.chat(2);
        bench
            .store
            .mark_gap(gap(3, START_US, "the broker closed the connection"));
        bench.chat(2);
        bench.assert_shows("── 12:01:02 – 12:01:05");
        if width >= 80 {
            bench.assert_shows(": the broker closed the con");
        }
        let screen = bench.screen();
        let line = |text: &str| screen.iter().position(|line| line.contains(text));
        if width >= 120 {
            let (second, mark) = (line("12:01:02.484"), line("── 12:01:02 – "));
            assert!(second < mark && mark < line("12:01:02.667"), "{screen:#?}");
        }
    }
}

#[test]
fn marks_are_no_rows_for_keys_mouse_and_filter() {
    let mut bench = Bench::new(120, 40);
    bench.chat(3);
    bench.store.mark_gap(gap(4, START_US, "first"));
    bench.store.mark_gap(gap(4, START_US + 1, "it happened again"));
    bench.chat(3);
    bench.keys("g j j");
    assert_eq!(bench.workbench.state.messages.selected, Some(3));
    bench.keys("j");
    assert_eq!(
        bench.workbench.state.messages.selected,
        Some(4),
        "the mark is passed over"
    );
    // Heading at 2, rows 1 to 3 at 3 to 5, one mark for both gaps at 6.
    bench.assert_shows("it happened again");
    bench.mouse(MouseEventKind::Down(MouseButton::Left), 40, 6);
    assert_eq!(
        bench.workbench.state.messages.selected,
        Some(4),
        "a click on the mark selects nothing"
    );
    bench.mouse(MouseEventKind::Down(MouseButton::Left), 40, 8);
    assert_eq!(bench.workbench.state.messages.selected, Some(5));
    bench.keys("f r o o m 2 Enter");
    bench.assert_shows("shown 2  filtered 4");
    bench.assert_shows("gap: it happened again");
}

#[test]
fn the_selected_row_is_seen_however_many_marks_there_are() {
    for height in [10, 24, 40] {
        let mut bench = Bench::new(120, height);
        for i in 0..60 {
            bench.chat(1);
            bench.store.mark_gap(gap(i + 2, START_US + i as i64, "lost"));
        }
        bench.tell(Event::Store);
        let selected = |bench: &mut Bench| bench.screen().iter().any(|line| line.contains("│▌ 12:"));
        bench.keys("2 z");
        assert!(selected(&mut bench), "the newest");
        assert!(
            bench
                .screen()
                .iter()
                .rev()
                .nth(2)
                .is_some_and(|line| line.contains("lost")),
            "what was lost since is seen below it: {:#?}",
            bench.screen()
        );
        for keys in ["k", "k", "PgUp", "k", "g", "j", "j", "PgUp", "G"] {
            bench.keys(keys);
            assert!(selected(&mut bench), "after {keys} at {height}");
        }
    }
}

#[test]
fn a_lost_connection_says_since_when_and_why() {
    for (width, height) in SIZES {
        let mut bench = Bench::new(width, height);
        bench.chat(1);
        bench.tell(Event::Connection(ConnectionState::Lost {
            address: "127.0.0.1:4222".into(),
            cause: "the broker closed the connection".into(),
        }));
        bench.assert_shows("lost");
        if width >= 80 {
            bench.assert_shows("since 12:01:02");
            bench.assert_shows("the broker closed");
        }
        bench.tell(Event::Connection(ConnectionState::Refused {
            address: "127.0.0.1:4222".into(),
            cause: "the password is wrong".into(),
        }));
        bench.assert_shows("password is");
        bench.tell(connected(false));
        assert!(!bench.shows("password is"));
    }
}

#[test]
fn no_name_and_no_cause_reaches_the_screen_uncleaned() {
    let evil = "a\u{1b}]0;owned\u{7}\u{202e}b\u{9b}31m";
    let mut bench = with_streams(200, 60);
    bench.chat(1);
    bench.store.mark_gap(gap(2, START_US, evil));
    bench.workbench.state.connection.context = Some(evil.into());
    let clean = |bench: &mut Bench| {
        for line in bench.screen() {
            let bad = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!line.contains(bad), "{line:?}");
        }
    };
    bench.tell(Event::Streams(StreamsView {
        streams: vec![StreamInfo {
            subjects: vec![evil.into()],
            ..stream(evil, 1, true)
        }],
        followed: vec![],
        trouble: Some(evil.into()),
    }));
    clean(&mut bench);
    bench.keys("1 j");
    clean(&mut bench);
    bench.keys("Enter");
    clean(&mut bench);
    bench.keys("Esc");
    bench.told(Msg::Contexts(vec![evil.into()]));
    clean(&mut bench);
    bench.keys("Enter");
    bench.told(Msg::Context(evil.into(), Err(evil.into())));
    clean(&mut bench);
    bench.tell(Event::Connection(ConnectionState::Lost {
        address: evil.into(),
        cause: evil.into(),
    }));
    clean(&mut bench);
}
