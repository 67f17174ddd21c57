//! The timeline on screen: keys and arriving messages through the real update and draw, at every size.

use crate::support::screen_stand::{Bench, START_US};
use crate::support::timeline_stand::letter;
use crossterm::event::{MouseButton, MouseEventKind};
use natsbridge_app::{Effect, Pane, TerminalEffect, WorkEffect};
use natsbridge_engine::{Direction, Headers, Incoming, LinkTransfer};
use natsbridge_wire::acts_on_terminal;
use serde_json::Value;
use std::path::Path;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// A conversation of each sort: answered, refused, unanswered, and one message that wants no answer.
fn bench(width: u16, height: u16) -> Bench {
    let mut bench = Bench::new(width, height);
    ask(&mut bench, "aaaaaaaa-1", "q1");
    answer(&mut bench, 12, "aaaaaaaa-1", "r1", "q1", "ACK");
    ask(&mut bench, "bbbbbbbb-2", "q2");
    ask(&mut bench, "cccccccc-3", "q3");
    answer(&mut bench, 40, "cccccccc-3", "r3", "q3", "NACK");
    say(
        &mut bench,
        1,
        "/chat/room1",
        &[
            ("correlation_id", "dddddddd-4"),
            ("msg_id", "s4"),
            ("sender_name", "web-ui"),
        ],
    );
    bench.wait(7_000);
    bench
}

fn say(bench: &mut Bench, millis: i64, subject: &str, fields: &[(&str, &str)]) {
    bench.now_us += millis * 1000;
    bench.store.append([Incoming {
        at_us: bench.now_us,
        subject,
        reply: None,
        headers: Headers::default(),
        payload: letter(fields, "hello").as_bytes(),
    }]);
    while bench.store.digest_pending(64) > 0 {}
    bench.tell(natsbridge_engine::Event::Store);
}

fn ask(bench: &mut Bench, correlation: &str, id: &str) {
    let fields = [
        ("correlation_id", correlation),
        ("msg_id", id),
        ("sender_name", "py-edge"),
        ("reply_to", "/device/resp"),
    ];
    say(bench, 100, "/device/cmd", &fields);
}

fn answer(bench: &mut Bench, millis: i64, correlation: &str, id: &str, request: &str, purpose: &str) {
    let fields = [
        ("correlation_id", correlation),
        ("msg_id", id),
        ("sender_name", "mpy-7"),
        ("reply_to_msg_id", request),
        ("msg_purpose", purpose),
        ("timestamp", "2026-11-22T13:01:02.118Z"),
    ];
    say(bench, millis, "/device/resp", &fields);
}

#[test]
fn the_list_tells_every_conversation_at_every_size() {
    for (width, height) in SIZES {
        let mut bench = bench(width, height);
        bench.keys("4");
        for text in [
            "aaaaaaaa",
            "12.0 ms",
            "answered ✔",
            "bbbbbbbb",
            "unanswered ▲",
            "cccccccc",
            "✖",
            "NACK ✖",
            "mpy-7",
        ] {
            bench.assert_shows(text);
        }
        bench.assert_shows("╭ Timeline ─ 0 conversations open · ▲ 2 · p50 12");
        assert!(!bench.shows("one-way"), "a single message is no conversation");
        // The axis that all share: what took longer is a longer bar.
        let column = |bench: &mut Bench, text: &str, mark: char| {
            let line = bench.screen().into_iter().find(|line| line.contains(text));
            line.and_then(|line| line.chars().position(|c| c == mark))
                .unwrap()
        };
        let (short, long) = (
            column(&mut bench, "aaaaaaaa", '●'),
            column(&mut bench, "cccccccc", '✖'),
        );
        assert!(short < long, "12 ms before 40 ms at {width}×{height}");
        bench.assert_shows(" 1 ms ");
        // What is off by an hour has its badge; what is not has none.
        let line = |bench: &mut Bench, text: &str| {
            bench
                .screen()
                .into_iter()
                .find(|line| line.contains(text))
                .unwrap()
        };
        assert!(line(&mut bench, "aaaaaaaa").contains('◷') && !line(&mut bench, "bbbbbbbb").contains('◷'));
    }
}

#[test]
fn an_open_request_ages_until_it_is_unanswered() {
    let mut bench = Bench::new(120, 40);
    bench.screen();
    assert_eq!(bench.workbench.state.next_tick(), None);
    ask(&mut bench, "c", "q");
    bench.wait(3_200);
    bench.assert_shows("request 3.2 s");
    bench.assert_shows("open ◌");
    bench.assert_shows("1 conversation open");
    assert!(
        bench
            .workbench
            .state
            .next_tick()
            .is_some_and(|wait| wait.as_millis() <= 250)
    );
    bench.wait(2_000);
    bench.assert_shows("unanswered ▲");
    answer(&mut bench, 0, "c", "a", "q", "chat");
    bench.wait(200);
    bench.assert_shows("late ▲");
}

#[test]
fn a_conversation_opens_as_a_sequence_and_leads_to_its_messages() {
    for (width, height) in SIZES {
        let mut bench = bench(width, height);
        bench.keys("4 g Enter");
        for text in [
            "╭ Timeline ─ aaaaaaaa",
            "✔ answered · 2 messages · reply in 12.0 ms",
            "py-edge",
            "mpy-7",
            "request /device/cmd: text text",
            "▶│",
            "│◀┄",
            "text 12.0 ms ",
            "+12.0 ms",
        ] {
            bench.assert_shows(text);
        }
        assert!(
            bench
                .screen()
                .iter()
                .any(|line| line.contains("ACK") && line.contains("▲+")),
            "the hour of difference"
        );
        bench.assert_shows("/device/cmd · text text · 12:01:02.218");
        bench.keys("j").assert_shows("text text · 12:01:02.230");
        bench.keys("Enter");
        assert_eq!(
            (
                bench.workbench.state.focus.pane,
                bench.workbench.state.messages.selected
            ),
            (Pane::Inspector, Some(2))
        );
        bench.keys("4 Esc").assert_shows("bbbbbbbb");
    }
}

#[test]
fn messages_lead_to_their_conversation_and_back() {
    let mut bench = bench(120, 40);
    bench.keys("2 g j v");
    bench.assert_shows("╭ Timeline ─ aaaaaaaa");
    assert_eq!(bench.workbench.state.focus.pane, Pane::Timeline);
    bench.assert_shows("/device/resp · text text · 12:01:02.230");
    bench.keys("F");
    bench.assert_shows("╭ Messages ─ conversation aaaaaaaa  paused");
    assert_eq!(
        (
            bench.workbench.state.messages.list.len(),
            bench.workbench.state.messages.list.hidden()
        ),
        (2, 4)
    );
    // What comes to the conversation comes to the list.
    answer(&mut bench, 5, "aaaaaaaa-1", "r9", "q1", "ACK");
    assert_eq!(bench.workbench.state.messages.list.len(), 3);
    bench.keys("Esc");
    assert_eq!(
        (
            bench.workbench.state.focus.pane,
            bench.workbench.state.messages.list.len()
        ),
        (Pane::Timeline, 7)
    );
    bench.store.append([Incoming {
        at_us: bench.now_us,
        subject: "plain",
        reply: None,
        headers: Headers::default(),
        payload: b"x",
    }]);
    while bench.store.digest_pending(64) > 0 {}
    bench.tell(natsbridge_engine::Event::Store);
    bench.keys("Esc 2 G v").assert_shows("belongs to no conversation");
}

#[test]
fn the_list_is_sorted_filtered_and_searched() {
    let mut bench = bench(120, 40);
    let order = |bench: &mut Bench| -> String {
        let ids = ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"];
        let screen = bench.screen();
        let lines = screen.iter().skip_while(|line| !line.contains("Timeline"));
        lines
            .filter_map(|line| ids.iter().find(|id| line.contains(*id)))
            .map(|id| &id[..1])
            .collect()
    };
    bench.keys("4");
    assert_eq!(order(&mut bench), "abc");
    assert_eq!(
        {
            bench.keys("O");
            order(&mut bench)
        },
        "cab",
        "the slowest first"
    );
    bench.assert_shows("by latency");
    assert_eq!(
        {
            bench.keys("O");
            order(&mut bench)
        },
        "cba",
        "the worst first"
    );
    bench.keys("O");
    assert_eq!(
        {
            bench.keys("a");
            order(&mut bench)
        },
        "bc",
        "problems only"
    );
    assert_eq!(
        {
            bench.keys("a");
            order(&mut bench)
        },
        "abcd",
        "single messages too"
    );
    bench.keys("a f n a c k");
    assert_eq!(order(&mut bench), "c");
    bench.keys("Enter").assert_shows("2 filtered");
    bench.keys("Esc");
    assert_eq!(order(&mut bench), "abc");
    bench.keys("/ b b b Enter");
    let selected = |bench: &mut Bench| {
        bench
            .screen()
            .into_iter()
            .find(|line| line.starts_with("│▌") && line.contains('├'))
            .unwrap()
    };
    assert!(selected(&mut bench).contains("bbbbbbbb"));
    // The selection stays on its conversation.
    ask(&mut bench, "eeeeeeee-5", "q5");
    bench.wait(200);
    assert!(selected(&mut bench).contains("bbbbbbbb"));
    bench.assert_shows("paused · 2 of 4");
    bench.keys("Space");
    assert!(selected(&mut bench).contains("eeeeeeee"));
}

#[test]
fn latencies_are_told_by_subject_and_pair() {
    for (width, height) in SIZES {
        let mut bench = bench(width, height);
        bench.keys("4 p");
        for text in [
            "by subject",
            "by pair",
            "/device/cmd",
            "py-edge → mpy-7",
            "p99",
            "latency to first reply",
        ] {
            bench.assert_shows(text);
        }
        bench.keys("Esc").assert_shows("aaaaaaaa");
    }
}

#[test]
fn the_mouse_selects_opens_and_scrolls() {
    let mut bench = bench(120, 40);
    let row = |bench: &mut Bench, text: &str| {
        bench
            .screen()
            .iter()
            .position(|line| line.contains(text))
            .unwrap() as u16
    };
    let at = row(&mut bench, "bbbbbbbb");
    bench.mouse(MouseEventKind::Down(MouseButton::Left), 20, at);
    assert_eq!(bench.workbench.state.focus.pane, Pane::Timeline);
    bench.assert_shows("paused · 2 of 3");
    bench.mouse(MouseEventKind::ScrollUp, 20, at);
    bench.assert_shows("paused · 1 of 3");
    let at = row(&mut bench, "aaaaaaaa");
    bench.mouse(MouseEventKind::Down(MouseButton::Left), 20, at);
    bench.assert_shows("╭ Timeline ─ aaaaaaaa");
    let at = row(&mut bench, "◀┄");
    bench.mouse(MouseEventKind::Down(MouseButton::Left), 20, at);
    bench.assert_shows("/device/resp · text text · 12:01:02.230");
}

#[test]
fn link_transfers_are_shown_where_they_happened() {
    let mut bench = bench(120, 40);
    let span = |from_us: i64| LinkTransfer {
        direction: Direction::Upload,
        from_us,
        to_us: from_us + 40_000,
        bytes: 2_100_000,
    };
    bench
        .store
        .timeline(|timeline| timeline.transfer("q1", span(START_US)));
    bench.wait(200);
    bench.assert_shows("⇗");
    bench
        .keys("4 g Enter")
        .assert_shows("⇗ upload 2.10 MB in 40.0 ms");
    bench.keys("z").assert_shows("⇗ upload 2.10 MB in 40.0 ms");
}

#[test]
fn a_conversation_outlives_its_messages() {
    let mut bench = Bench::with(
        120,
        40,
        natsbridge_wire::Limits {
            store_messages: 2,
            ..Default::default()
        },
    );
    ask(&mut bench, "aaaaaaaa-1", "q1");
    answer(&mut bench, 12, "aaaaaaaa-1", "r1", "q1", "ACK");
    bench.chat(2);
    bench.wait(200);
    bench.keys("4 a a").assert_shows("aaaaaaaa");
    bench
        .keys("g Enter")
        .assert_shows("its messages are no longer kept");
    bench.keys("Enter").assert_shows("is no longer kept");
    assert_eq!(bench.workbench.state.focus.pane, Pane::Timeline);
}

#[test]
fn empty_panes_say_what_will_come() {
    let mut bench = Bench::new(120, 40);
    bench.assert_shows("Requests and their replies appear here, grouped by correlation");
    say(
        &mut bench,
        1,
        "/chat/room1",
        &[("correlation_id", "x"), ("msg_id", "s")],
    );
    bench.assert_shows("No conversations yet, only 1 message that nobody needs to");
    bench
        .keys("4 p")
        .assert_shows("Latencies appear here once a request has been answered.");
}

#[test]
fn conversations_are_copied_and_written() {
    let mut bench = bench(120, 40);
    bench.store.timeline(|timeline| {
        let span = LinkTransfer {
            direction: Direction::Download,
            from_us: START_US,
            to_us: START_US + 9,
            bytes: 7,
        };
        timeline.transfer("q1", span);
    });
    bench.wait(200);
    bench.keys("4 g y Y");
    let copied: Vec<String> = std::mem::take(&mut bench.left)
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Terminal(TerminalEffect::Copy(text)) => Some(text),
            _ => None,
        })
        .collect();
    let [text, mermaid] = &copied[..] else {
        panic!("two copies: {copied:?}")
    };
    for wanted in [
        "Conversation aaaaaaaa-1 · answered · 2 messages",
        "py-edge → mpy-7",
        "reply on /device/resp",
        "after 12.0 ms",
        "stamp +59 min 59 s",
        "⇗ download 7 B in 9 µs",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    assert_eq!(mermaid.lines().next(), Some("sequenceDiagram"));
    for wanted in [
        "participant P0 as py-edge",
        "P0->>P1: request · /device/cmd",
        "P1-->>P0: ACK · /device/resp",
    ] {
        assert!(mermaid.contains(wanted), "{wanted}\n{mermaid}");
    }

    let json: Value = serde_json::from_slice(&written(&mut bench, "all.json")).unwrap();
    let conversations = json["conversations"].as_array().unwrap();
    assert_eq!(conversations.len(), 3);
    let (first, reply) = (&conversations[0], &conversations[0]["messages"][1]);
    assert_eq!(
        (first["key"].as_str(), first["state"].as_str()),
        (Some("aaaaaaaa-1"), Some("answered"))
    );
    assert_eq!(
        (reply["answers"].as_u64(), reply["latency_us"].as_u64()),
        (Some(1), Some(12_000))
    );
    assert_eq!(reply["at"], "2026-11-22T12:01:02.23Z");
    assert!(conversations[1]["waiting_since"].is_string());

    bench.keys("Enter");
    let trace: Value = serde_json::from_slice(&written(&mut bench, "one.trace.json")).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let of = |phase: &str| {
        events
            .iter()
            .filter(|event| event["ph"] == phase)
            .collect::<Vec<_>>()
    };
    let asked = of("X")
        .into_iter()
        .find(|event| event["cat"] == "request")
        .unwrap();
    assert_eq!(
        (asked["dur"].as_i64(), asked["ts"].as_i64()),
        (Some(12_000), Some(START_US + 100_000))
    );
    assert!(
        of("X")
            .iter()
            .any(|event| event["cat"] == "link" && event["dur"] == 9)
    );
    let names: Vec<&str> = of("M")
        .iter()
        .filter_map(|event| event["args"]["name"].as_str())
        .collect();
    assert_eq!(names, ["aaaaaaaa · answered", "py-edge", "mpy-7", "links"]);
    assert_eq!((of("s").len(), of("f").len()), (1, 1));
    for name in ["one.mmd", "one.txt"] {
        assert!(!written(&mut bench, name).is_empty());
    }
}

#[test]
fn conversations_are_not_written_as_json_under_an_ending_that_says_something_else() {
    let mut bench = bench(120, 40);
    bench.keys("4 w C-u").type_text("conv.xyz").keys("Enter");
    assert!(
        !bench
            .left
            .iter()
            .any(|effect| matches!(effect, Effect::Work(WorkEffect::Save(..)))),
        "nothing is written"
    );
    bench.assert_shows("The file extension sets the format");
    bench.assert_shows("✖ conv.xyz");
    bench.keys("Esc");
    assert!(!written(&mut bench, "conv.json").is_empty());
    assert!(!bench.shows("The file extension sets the format"));
}

#[test]
fn the_inspector_counts_the_replies() {
    let mut bench = bench(120, 40);
    bench.keys("2 g");
    bench.assert_shows("438 B · 1 reply");
}

#[test]
fn where_messages_may_be_missing_a_conversation_says_so() {
    let mut bench = bench(120, 40);
    bench.store.mark_gap(natsbridge_engine::Gap {
        before: 2,
        from_us: START_US + 105_000,
        to_us: START_US + 108_000,
        cause: "the broker closed the connection".into(),
    });
    let below = |bench: &mut Bench| bench.screen().split_off(22).join("\n");
    bench.keys("4 g Enter");
    assert!(below(&mut bench).contains("the broker closed the connection"));
    bench.keys("Esc G k Enter");
    assert!(
        !below(&mut bench).contains("the broker"),
        "that conversation began later"
    );
}

#[test]
fn no_size_is_too_small() {
    for (width, height) in [
        (200, 60),
        (110, 34),
        (80, 24),
        (60, 12),
        (40, 10),
        (39, 9),
        (1, 1),
        (0, 0),
    ] {
        let mut bench = bench(width, height);
        ask(&mut bench, "ünïcøde-👍-日本語", "q9");
        for keys in [
            "4", "Enter", "j", "z", "Esc", "G", "Enter", "p", "z", "Esc", "w", "Esc", "f", "Esc", "a", "a",
            "o", "F",
        ] {
            bench.keys(keys).screen();
        }
    }
}

/// Row 2.
#[test]
fn exported_conversations_hold_nothing_that_acts_on_a_terminal() {
    let evil = "a\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{fff9}\u{e0041}\r\nb";
    let mut bench = Bench::new(120, 40);
    let fields = [
        ("correlation_id", evil),
        ("msg_id", "q"),
        ("sender_name", evil),
        ("msg_purpose", evil),
        ("reply_to", evil),
    ];
    say(&mut bench, 100, "/device/cmd", &fields);
    answer(&mut bench, 12, evil, "r", "q", evil);
    bench.keys("4");
    for name in ["all.json", "all.trace.json", "all.mmd", "all.txt"] {
        let text = String::from_utf8(written(&mut bench, name)).unwrap();
        assert!(text.contains("31m"), "{name}: {text}");
        assert!(
            !text.lines().any(|line| line.contains(acts_on_terminal)),
            "{name}: {text:?}"
        );
    }
}

/// What the key to write leaves in a file of that name.
fn written(bench: &mut Bench, name: &str) -> Vec<u8> {
    bench.keys("w C-u");
    for c in name.chars() {
        bench.keys(&c.to_string());
    }
    bench.keys("Enter");
    match bench.left.pop() {
        Some(Effect::Work(WorkEffect::Save(path, body))) if path == Path::new(name) => {
            body.memory().unwrap().to_vec()
        }
        other => panic!("nothing was written to {name}: {other:?}"),
    }
}

#[test]
fn borders_and_rows_of_the_timeline_cut_no_number_and_no_state() {
    for width in [80, 90, 100, 110, 119, 120, 200] {
        let mut bench = bench(width, 40);
        ask(&mut bench, "eeeeeeee-5", "q5");
        answer(&mut bench, 0, "eeeeeeee-5", "r5", "q5", "ACK");
        answer(&mut bench, 0, "eeeeeeee-5", "r6", "q5", "ACK");
        ask(&mut bench, "ffffffff-6", "q7");
        answer(&mut bench, 0, "ffffffff-6", "r7", "q7", "ACK");
        bench.wait(1_000);
        bench.keys("4").assert_shows("by age");
        bench.assert_shows("answered twice ▲");
        for line in bench.screen() {
            let cut = line.contains("·╮") || line.contains("ms╮") || line.contains("p99 ╮");
            assert!(!cut, "{line}");
        }
        bench.assert_shows("instant");
        assert!(!bench.shows(" 0 µs"), "{}", bench.screen().join("\n"));
        bench.keys("O").assert_shows("by latency");
        bench.keys("O").assert_shows("by state");
        bench.keys("O g Enter z");
        for line in bench.screen() {
            assert!(!line.contains("…│") && !line.contains("…╮"), "{line}");
        }
    }
    let mut narrow = bench(80, 24);
    narrow.keys("4");
    let title = narrow
        .screen()
        .into_iter()
        .find(|line| line.contains("Timeline"))
        .unwrap();
    assert!(
        title.contains("conversations open") && title.contains("▲"),
        "{title}"
    );
}
