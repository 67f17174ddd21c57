//! The Compose pane, driven by keys through the real update and draw.

use crate::support::screen_stand::{Bench, SIZES, envelope};
use crossterm::event::{MouseButton, MouseEventKind};
use natsbridge_app::{Effect, Pane, TerminalEffect};
use natsbridge_engine::{
    Command, ConnectionState, Event, OutboxCommand, RequestOptions, RequestOutcome, ResponderId,
    ResponderView, SendJob, SendMode, SendProgress, SendStage, ServerInfo, Source, UnansweredCounts,
};
use natsbridge_wire::{Dialect, Kind};
use std::time::Duration;

/// The jobs that were asked for.
fn jobs(bench: &mut Bench) -> Vec<SendJob> {
    let mut jobs = Vec::new();
    bench.left.retain(|effect| match effect {
        Effect::Session(Command::Outbox(OutboxCommand::Send(job))) => {
            jobs.push((**job).clone());
            false
        }
        _ => true,
    });
    jobs
}

fn report(job: &SendJob, stage: SendStage) -> Event {
    Event::Job(SendProgress {
        sent: 1,
        over: stage != SendStage::Preparing,
        stage,
        ..SendProgress::new(job)
    })
}

/// A message to a subject with one text, written by keys alone.
fn written(width: u16, height: u16) -> Bench {
    let mut bench = Bench::new(width, height);
    bench.keys("c").type_text("/chat/room1");
    bench.keys("Esc a Enter").type_text("Hello");
    bench.keys("Esc").wait(500);
    bench
}

#[test]
fn every_size_draws_in_every_mode() {
    for (width, height) in SIZES {
        let mut bench = Bench::new(width, height);
        bench.chat(5);
        for keys in [
            "5",
            "Enter",
            "c h",
            "Down",
            "Esc",
            "a",
            "Enter",
            "x",
            "Esc",
            "Space",
            "v",
            "Left Enter",
            "Esc Left Enter",
            "Esc o",
            "Esc d",
            "Esc C-p",
            "Esc L",
            "Esc A",
            "Esc S",
            "J K D x u",
            "n",
            "Esc q",
        ] {
            bench.keys(keys).screen();
            bench.wait(200);
            bench.screen();
        }
    }
}

#[test]
fn a_new_user_writes_and_sends_a_message_with_keys_alone() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut bench = Bench::new(width, height);
        bench.chat(6);
        bench.keys("c").assert_shows("Compose ─ typing");
        bench.type_text("room1").assert_shows("/chat/room1");
        bench.keys("Tab Enter");
        assert_eq!(bench.workbench.state.compose.message.subject, "/chat/room1");
        bench.keys("a").assert_shows("Add a payload");
        bench.keys("Enter").assert_shows("writing message");
        bench.type_text("Hello, quit S x d").keys("Esc").wait(500);
        bench.assert_shows("Hello, quit");
        bench.assert_shows("direct · ");
        bench.assert_shows("received by our 1 subscription");
        bench.keys("S");
        let jobs = jobs(&mut bench);
        assert_eq!(jobs.len(), 1, "at {width}x{height}");
        assert_eq!(
            (jobs[0].mode, jobs[0].count, jobs[0].queue),
            (SendMode::Send, 1, false)
        );
        let row = &jobs[0].composition.payloads[0];
        assert_eq!((row.name.as_str(), row.kind), ("message", Kind::Text));
        assert_eq!(row.source, Source::Text("Hello, quit S x d".into()));
        bench.tell(report(&jobs[0], SendStage::Written));
        bench.assert_shows("written, not confirmed yet");
        assert!(!bench.shows("delivered"));
        bench.tell(report(&jobs[0], SendStage::Flushed));
        bench.assert_shows("flushed to the broker");
        bench.keys("q");
        assert_eq!(
            bench.left.last(),
            Some(&Effect::Terminal(TerminalEffect::Quit)),
            "it is sent: nothing would be lost"
        );
    }
}

#[test]
fn keys_that_are_typed_are_no_commands() {
    let mut bench = Bench::new(80, 24);
    bench.keys("c").type_text("qSxdnLwA?:/1+");
    assert_eq!(bench.workbench.state.compose.message.subject, "qSxdnLwA?:/1+");
    assert_eq!(bench.left, []);
    bench.assert_shows("Esc done");
    bench.keys("C-c");
    assert_eq!(
        bench.left,
        [Effect::Terminal(TerminalEffect::Quit)],
        "Ctrl+C quits from everywhere"
    );
    let mut bench = written(80, 24);
    bench.keys("Enter C-c");
    assert_eq!(
        bench.left,
        [Effect::Terminal(TerminalEffect::Quit)],
        "also from a text that is being written"
    );
}

#[test]
fn what_is_wrong_stands_beside_its_field_and_nothing_is_sent() {
    let mut bench = written(120, 40);
    bench.keys("g Enter").type_text(".>");
    bench.keys("Esc");
    bench.assert_shows("✖");
    bench.keys("G S");
    assert_eq!(jobs(&mut bench), []);
    bench.assert_shows("Not sent: ");
    assert_eq!(
        bench.workbench.state.compose.row(),
        0,
        "the cursor goes to what is wrong"
    );
}

#[test]
fn a_request_waits_for_answers_and_its_outcome_is_told() {
    let mut bench = written(200, 60);
    bench
        .keys("g Down Down Down Down Space")
        .assert_shows("waits for replies");
    bench.keys("S");
    let jobs = jobs(&mut bench);
    let mode = SendMode::Request(RequestOptions {
        timeout: Duration::from_secs(5),
        replies: 1,
    });
    assert_eq!(jobs[0].mode, mode);
    bench.tell(report(
        &jobs[0],
        SendStage::Answered {
            replies: 1,
            first_us: 12_000,
        },
    ));
    bench.assert_shows("1 reply in 12.0 ms");
    bench.tell(report(
        &jobs[0],
        SendStage::Unanswered(RequestOutcome::NoResponders),
    ));
    bench.assert_shows("nobody listens on this subject");
}

#[test]
fn a_message_is_sent_again_and_again_at_a_pace() {
    let mut bench = written(120, 40);
    bench
        .keys("g Down Down Down Down Down Right")
        .assert_shows("▾ more");
    for _ in 0..20 {
        bench.keys("Down");
        if bench.shows("▌count") {
            break;
        }
    }
    bench.keys("Enter").type_text("100");
    bench.keys("Enter Enter").type_text("20/s");
    bench.keys("Esc S");
    let jobs = jobs(&mut bench);
    assert_eq!(
        (jobs[0].count, jobs[0].every),
        (100, Some(Duration::from_millis(50)))
    );
    bench.keys("Esc");
    assert_eq!(
        bench.left,
        [Effect::Session(Command::Outbox(OutboxCommand::Cancel(
            jobs[0].id
        )))],
        "Esc cancels"
    );
}

#[test]
fn without_a_connection_it_is_asked_whether_to_wait() {
    let mut bench = written(120, 40);
    bench.tell(Event::Connection(ConnectionState::Lost {
        address: "a".into(),
        cause: "gone".into(),
    }));
    bench.keys("S").assert_shows("Not connected");
    bench.keys("Enter");
    assert_eq!(jobs(&mut bench), []);
    bench.keys("S Down Enter");
    assert!(jobs(&mut bench)[0].queue);
}

#[test]
fn a_reply_mirrors_the_message_and_asks_before_it_throws_another_away() {
    let mut bench = Bench::new(120, 40);
    let asked = envelope("py-edge", &[("question", "text", b"How warm?")])
        .replace(r#""replyTo":"""#, r#""replyTo":"/answers""#);
    bench.arrive("/ask", asked.as_bytes());
    bench.keys("r").assert_shows("/answers");
    let message = &bench.workbench.state.compose.message;
    assert_eq!(
        (message.receiver_name.as_str(), message.dialect),
        ("py-edge", Dialect::V0_4)
    );
    assert_eq!(message.correlation_id, "7f3a91c2-0000-4000-8000-000000000000");
    assert_eq!(bench.workbench.state.focus.pane, Pane::Compose);
    bench.keys("a Enter").type_text("12 degrees");
    bench.keys("Esc 2 R").assert_shows("has not been sent or saved");
    bench.keys("Enter");
    assert_eq!(
        bench.workbench.state.compose.message.subject, "/answers",
        "it stays"
    );
    bench.keys("R Down Down Enter");
    let message = &bench.workbench.state.compose.message;
    assert_eq!((message.subject.as_str(), message.payloads.len()), ("/ask", 1));
    assert_eq!(message.payloads[0].source, Source::Text("How warm?".into()));
    bench.keys("q");
    assert_eq!(
        bench.left,
        [Effect::Terminal(TerminalEffect::Quit)],
        "nobody wrote anything into it yet"
    );
}

#[test]
fn a_captured_payload_is_added_from_where_it_is_looked_at() {
    let mut bench = Bench::new(120, 40);
    let two = envelope(
        "web-ui",
        &[("a", "text", b"one"), ("b", "binary", &[0, 159, 146])],
    );
    bench.arrive("x", two.as_bytes());
    bench
        .keys("k ] ] +")
        .assert_shows("Added b to the message being written");
    let row = &bench.workbench.state.compose.message.payloads[0];
    assert_eq!((row.name.as_str(), row.kind), ("b", Kind::Binary));
    assert!(matches!(&row.source, Source::Bytes { body, .. } if body.len() == 3));
    bench.keys("5").assert_shows("from no. 1 x");
}

#[test]
fn payload_rows_are_doubled_moved_taken_away_and_put_back() {
    let mut bench = written(80, 24);
    bench.keys("p").assert_shows("message2");
    bench.keys("K x").assert_shows("Removed message2");
    bench.keys("u");
    let names = |bench: &Bench| {
        let rows = bench.workbench.state.compose.message.payloads.iter();
        rows.map(|row| row.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&bench), ["message2", "message"]);
    bench.keys("Left Left Enter C-u").type_text("greeting");
    bench.keys("Enter");
    assert_eq!(names(&bench), ["greeting", "message"]);
    bench.keys("Up Right Enter").assert_shows("Kind of greeting");
    bench.keys("Down Enter").assert_shows("dictionary");
    bench.assert_shows("✖");
}

#[test]
fn quitting_asks_only_if_something_would_be_lost() {
    let mut bench = Bench::new(80, 24);
    bench.keys("q");
    assert_eq!(bench.left, [Effect::Terminal(TerminalEffect::Quit)]);
    let mut bench = written(80, 24);
    bench
        .keys("q")
        .assert_shows("Quitting would discard an unsent, unsaved message.");
    bench.keys("Enter");
    assert_eq!(bench.left, [], "it stays");
    bench.keys("q Down Down Enter");
    assert_eq!(bench.left, [Effect::Terminal(TerminalEffect::Quit)]);
    let mut bench = Bench::new(80, 24);
    bench.tell(Event::Responders(vec![responder()]));
    bench.keys("q").assert_shows("1 armed responder");
    bench.keys("C-c");
    assert_eq!(
        bench.left,
        [Effect::Terminal(TerminalEffect::Quit)],
        "Ctrl+C never asks"
    );
    let mut bench = Bench::new(80, 24);
    bench.tell(Event::Responders(vec![responder()]));
    bench.keys("q Down Enter");
    assert_eq!(
        bench.left,
        [Effect::Terminal(TerminalEffect::Quit)],
        "there is no message to save first"
    );
    let mut bench = written(80, 24);
    bench
        .keys("S q")
        .assert_shows("an unsent, unsaved message and 1 ");
}

fn responder() -> ResponderView {
    ResponderView {
        id: ResponderId(7),
        subject: "orders.*".into(),
        answered: 12,
        left: Some(3),
        listening: true,
        skipped: UnansweredCounts::default(),
        trouble: None,
    }
}

#[test]
fn a_responder_is_armed_seen_everywhere_and_disarmed() {
    let mut bench = written(120, 40);
    bench.keys("A C-u").type_text("orders.* 200ms 5");
    bench.keys("Enter");
    let armed = bench.left.pop();
    let Some(Effect::Session(Command::Outbox(OutboxCommand::Arm(armed)))) = armed else {
        panic!("not armed: {armed:?}")
    };
    assert_eq!(
        (armed.subject.as_str(), armed.delay, armed.count),
        ("orders.*", Duration::from_millis(200), Some(5))
    );
    bench.tell(Event::Responders(vec![responder()]));
    bench.keys("2").assert_shows("● 1 responder");
    bench.keys("5 G").assert_shows("orders.*");
    bench.assert_shows("12 answered · 3 left");
    bench.keys("x");
    assert_eq!(
        bench.left,
        [Effect::Session(Command::Outbox(OutboxCommand::Disarm(
            ResponderId(7)
        )))]
    );
    bench.keys("A C-u").type_text("a..b");
    bench.keys("Enter").assert_shows("a token is empty");
}

#[test]
fn a_text_of_megabytes_is_pasted_and_everything_stays_as_it_is() {
    let paste = "0123456789012345678\r\n".repeat(250_000);
    let mut bench = written(120, 40);
    bench.keys("Enter");
    bench.paste(&paste);
    bench.assert_shows("too large for this editor");
    let size = |bench: &Bench, at: usize| match &bench.workbench.state.compose.message.payloads[at].source {
        Source::Text(text) => text.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(size(&bench, 0), "Hello".len() + 250_000 * 20);
    bench.keys("Enter");
    assert!(
        bench.workbench.state.compose.writing.is_none(),
        "it is not opened in the pane"
    );
    bench.paste(&paste);
    assert_eq!(size(&bench, 1), 250_000 * 20);
    bench.wait(500);
    bench.assert_shows("250,000 lines");
    bench.keys("a Down Down Down Enter").assert_shows("Paste now");
    bench.paste("[{\"id\": 1}]");
    assert_eq!(
        bench.workbench.state.compose.message.payloads[2].kind,
        Kind::JsonTable
    );
}

#[test]
fn the_mouse_moves_opens_and_scrolls() {
    let mut bench = Bench::new(80, 24);
    bench.keys("5").screen();
    let click = MouseEventKind::Down(MouseButton::Left);
    bench.mouse(click, 20, 3);
    assert_eq!(bench.workbench.state.compose.row(), 1);
    assert!(!bench.workbench.state.compose.is_typing());
    bench.mouse(click, 20, 3);
    bench.assert_shows("Compose ─ typing");
    bench.mouse(MouseEventKind::ScrollDown, 20, 3);
    assert_eq!(bench.workbench.state.compose.row(), 2);
    let mut bench = written(80, 24);
    bench.mouse(click, 4, 9);
    bench.mouse(click, 4, 9);
    bench.assert_shows("Compose ─ typing");
}

#[test]
fn the_bytes_of_a_dry_run_are_shown_and_copied() {
    let mut bench = written(120, 40);
    bench.keys("b").assert_shows("/chat/room1");
    bench.assert_shows("Enter copies");
    bench.keys("Enter");
    let Some(Effect::Terminal(TerminalEffect::Copy(text))) = bench.left.pop() else {
        panic!("nothing copied")
    };
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["payloads"][0]["dataname"], "message");
}

#[test]
fn a_dry_run_shows_the_inbox_and_the_broker_that_go_out() {
    let mut bench = written(120, 40);
    bench.tell(Event::Connection(ConnectionState::Connected {
        server: ServerInfo {
            address: "127.0.0.1:33905".into(),
            inbox: "_INBOX.abcdefghijklmnopqrstuv".into(),
            max_payload: 1_000_000,
            ..ServerInfo::default()
        },
        rtt: None,
        silent: false,
    }));
    bench.wait(500);
    let planned = |bench: &Bench| {
        bench
            .workbench
            .state
            .compose
            .planning
            .plan
            .as_ref()
            .unwrap()
            .bytes
    };
    let message = planned(&bench).unwrap();
    bench.keys("g Down Down Down Down Space").wait(500);
    let request = planned(&bench).unwrap();
    assert!(
        request >= message + 29,
        "{request} and {message}: an inbox has 29 bytes"
    );
    bench.keys("b").assert_shows("a new inbox for replies");
    bench.keys("Enter");
    let Some(Effect::Terminal(TerminalEffect::Copy(text))) = bench.left.pop() else {
        panic!("nothing copied")
    };
    assert_eq!(text.len() as u64, request, "the plan counts the same bytes");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["replyTo"], "_INBOX.abcdefghijklmnopqrstuv");
    assert_eq!(json["brokerURL"], "nats://127.0.0.1:33905");
}

#[test]
fn a_saved_draft_says_what_it_does_not_keep() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = written(200, 60);
    bench.keys("g Down Down Down Down Space w C-u");
    bench.type_text(&folder.path().join("d.toml").display().to_string());
    bench.keys("Enter");
    let notices = bench.workbench.state.notices.iter();
    let told: Vec<String> = notices.map(|notice| notice.text.clone()).collect();
    assert!(
        told.iter()
            .any(|text| text.contains("does not keep how it is sent: waits 5s for 1 reply")),
        "{told:?}"
    );
}

#[test]
fn a_tape_refuses_to_send_at_once() {
    let mut bench = written(120, 40);
    bench.tell(Event::Connection(ConnectionState::Tape {
        name: "a.tape".into(),
        percent: None,
    }));
    for keys in ["S", "G Enter", "A"] {
        bench.keys(keys).assert_shows("This is a tape");
        assert!(!bench.shows("Not connected"));
    }
    assert_eq!(jobs(&mut bench), []);
    assert_eq!(bench.workbench.state.compose.jobs.iter().len(), 0);
}

#[test]
fn a_failed_sending_is_read_in_full_and_recedes_behind_the_next() {
    let why = format!(
        "The broker refused it{}, and that is all.",
        ", for a reason".repeat(12)
    );
    let mut bench = written(120, 40);
    bench.keys("S");
    let failed = jobs(&mut bench).remove(0);
    bench.tell(report(&failed, SendStage::Failed(why)));
    bench.wait(10_000);
    bench.keys("G");
    assert!(!bench.shows("that is all."), "it is too long for its row");
    bench.keys("Enter").assert_shows("that is all.");
    bench.assert_shows("/chat/room1");
}

#[test]
fn the_outcome_of_a_sending_stands_once() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut bench = written(width, height);
        bench.keys("g Down Down Down Down Space S");
        let job = jobs(&mut bench).remove(0);
        let stage = SendStage::Answered {
            replies: 1,
            first_us: 12_000,
        };
        bench.tell(report(&job, stage));
        for keys in ["g", "G", "Up Up Up"] {
            bench.keys(keys);
            let screen = bench.screen().join("\n");
            let told = screen.matches("1 reply in").count();
            assert_eq!(told, 1, "at {width}x{height} after {keys}:\n{screen}");
        }
    }
}

#[test]
fn the_hint_below_an_empty_form_is_true_while_its_subject_is_typed() {
    let mut bench = Bench::new(120, 40);
    bench.keys("c").assert_shows("Esc stops");
    assert!(!bench.shows("adds a payload"));
    bench.keys("Esc").assert_shows("a adds a payload");
}

#[test]
fn nothing_is_cut_in_the_middle_in_the_pane_of_a_middling_terminal() {
    let mut bench = written(120, 40);
    bench.assert_shows("dialect, metadata, headers, rate");
    bench.assert_shows("received by our 1 subscription · maybe others");
    bench.keys("g Down Down Down Down Space Down");
    bench.assert_shows("How long to wait: 5s, 500ms, 2m");
    bench.keys("Down Down Right");
    for _ in 0..14 {
        bench.keys("Down");
        let screen = bench.screen();
        let last = screen.iter().rfind(|line| line.contains('╯')).unwrap();
        let pane = last.rfind('╰').map_or("", |at| &last[at..]);
        assert!(!pane.contains('…'), "{pane}");
    }
    bench.keys("Up Up Up").assert_shows("correlation");
}

#[test]
fn offers_stand_in_a_box_and_hide_the_fields_behind() {
    let mut bench = Bench::new(120, 40);
    bench.chat(6);
    bench.keys("5 z").assert_shows("purpose");
    bench.keys("Enter").type_text("r");
    let screen = bench.screen();
    let box_at = screen.iter().position(|line| line.contains("╭ Tab completes"));
    let box_at = box_at.unwrap_or_else(|| panic!("no box:\n{}", screen.join("\n")));
    assert!(
        screen[box_at + 2].contains("│ /chat/room"),
        "{}",
        screen[box_at + 2]
    );
    for line in &screen[box_at..box_at + 4] {
        assert!(!line.contains("purpose") && !line.contains("receiver"), "{line}");
    }
}

#[test]
fn columns_and_their_types_stand_below_each_other() {
    let mut bench = Bench::new(120, 40);
    bench.keys("c").type_text("t");
    bench.keys("Esc a Enter");
    bench.paste("id,a_long_name\n1,x\n2,y\n");
    bench.keys("Esc Left Enter").assert_shows("Kind of message");
    while !bench.shows("▌ table") {
        bench.keys("Down");
    }
    bench.keys("Enter").wait(500);
    bench.keys("T").assert_shows("Columns of message");
    bench.assert_shows("Space or ← → picks another type");
    let screen = bench.screen();
    let at = |text: &str| {
        let before = screen.iter().find_map(|line| line.split_once(text));
        before.unwrap().0.chars().count()
    };
    assert_eq!(at("i64"), at("utf8"), "{}", screen.join("\n"));
}

#[test]
fn a_request_stays_one_where_it_is_copied() {
    let mut bench = written(120, 40);
    bench.keys("g Down Down Down Down Space C Enter");
    bench.assert_shows("natsbridge request");
    bench.assert_shows("--replies 1");
}

#[test]
fn control_characters_of_a_captured_text_do_not_reach_the_terminal() {
    let mut bench = Bench::new(80, 24);
    let evil = envelope("x", &[("evil", "text", "a\u{1b}[31m\u{202e}b".as_bytes())]);
    bench.arrive("x\u{1b}]0;owned\u{7}", evil.as_bytes());
    bench.keys("R");
    for keys in ["g", "G k k", "Enter"] {
        bench.keys(keys);
        let screen = bench.screen().join("\n");
        assert!(!screen.contains('\u{1b}') && !screen.contains('\u{202e}') && !screen.contains('\u{7}'));
    }
    bench.assert_shows("control character");
}
