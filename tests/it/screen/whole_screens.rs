//! Whole screens, driven by keys and arriving messages through the real update and draw.

use crate::support::screen_stand::{Bench, SIZES, START_US, envelope};
use crossterm::event::{MouseButton, MouseEventKind};
use natsbridge_app::{Effect, Msg, Overlay, OverlayMsg, Pane, TerminalEffect, WorkEffect};
use natsbridge_engine::{
    Command, ConnectionState, Event, Headers, Incoming, SubscriptionCommand, SubscriptionId, SubscriptionView,
};
use natsbridge_wire::{Limits, Severity};

#[test]
fn every_size_draws_with_every_focus_and_overlay() {
    for (width, height) in SIZES {
        let mut bench = Bench::new(width, height);
        bench.chat(20);
        for keys in [
            "1", "2", "3", "z", "z ?", "Esc C-p", "Esc s", "Esc /", "Esc f", "Esc t", "Esc j", "w",
        ] {
            bench.keys(keys).screen();
        }
        bench.tell(Event::Notice(Severity::Warning, "Something to read".into()));
        bench.screen();
    }
}

#[test]
fn the_wide_screen_shows_everything_at_once() {
    let mut bench = Bench::new(120, 40);
    bench.chat(6);
    for text in [
        "● nats://127.0.0.1:4222 · 2.15.1",
        "╭ Subjects",
        "╭ Messages ─ following ↓",
        "╭ Inspector",
        "▾ chat",
        "room1",
        "/chat/room1",
        "web-ui",
        "text",
        "12:01:02.301",
        "received 6  shown 6  filtered 0  evicted 0  dropped 0  undecodable 0",
        "? help",
    ] {
        bench.assert_shows(text);
    }
}

#[test]
fn the_small_screen_stacks_and_the_smallest_shows_one_pane() {
    let mut bench = Bench::new(80, 24);
    bench.chat(6);
    for text in ["Subjects ● >", "chat", "╭ Messages", "╭ Inspector", "received 6"] {
        bench.assert_shows(text);
    }
    bench.keys("1").assert_shows("╭ Subjects");
    let mut tiny = Bench::new(40, 10);
    tiny.chat(6);
    tiny.assert_shows("╭ Messages");
    assert!(!tiny.shows("╭ Inspector"));
    tiny.keys("3").assert_shows("╭ Inspector");
    let mut regret = Bench::new(39, 10);
    regret.assert_shows("39×10 is too small");
}

#[test]
fn keys_on_a_screen_that_is_too_small_do_not_act_unseen() {
    let mut bench = Bench::new(20, 5);
    bench.chat(6);
    bench.assert_shows("20×5 is too small");
    bench.assert_shows("at least 40×10");
    let focus = bench.workbench.state.focus.pane;
    bench.left.clear();
    bench.keys("c S s o q x Enter Esc").screen();
    assert_eq!(bench.left, []);
    assert_eq!(bench.workbench.state.focus.pane, focus);
    assert_eq!(bench.workbench.state.overlay.open, Overlay::None);
    bench.keys("C-z C-c");
    assert_eq!(
        bench.left,
        [
            Effect::Terminal(TerminalEffect::Suspend),
            Effect::Terminal(TerminalEffect::Quit)
        ]
    );
    bench.terminal.backend_mut().resize(40, 10);
    bench.screen();
    bench.keys("s").assert_shows("Subscribe to");
}

#[test]
fn what_a_prompt_was_refused_for_stands_in_it_until_that_is_changed() {
    for (width, height) in [(40, 10), (80, 24), (120, 40)] {
        let mut bench = Bench::new(width, height);
        bench.chat(6);
        bench.keys("s").type_text("a..b").keys("Enter");
        bench.assert_shows("Cannot subscribe");
        bench.assert_shows("✖ a..b");
        bench.keys("Left C-u").type_text("a.");
        assert!(
            !bench.shows("Cannot subscribe"),
            "what was refused is being changed"
        );
        bench.assert_shows("A subject; * matches one token");
        bench.keys("C-u").type_text("a.b").keys("Enter");
        assert!(
            bench.workbench.state.notices.iter().len() == 0,
            "it was settled: {:?}",
            bench.workbench.state.notices
        );
    }
}

#[test]
fn a_toggle_pressed_twice_says_only_how_it_stands_now() {
    let mut bench = Bench::new(120, 40);
    bench
        .keys("C-t")
        .assert_shows("Mouse support is off: the terminal selects text");
    bench.keys("C-t").assert_shows("Mouse support is on again.");
    assert!(!bench.shows("Mouse support is off: the terminal selects text"));
}

#[test]
fn what_works_everywhere_works_in_compose_too() {
    let mut bench = Bench::new(200, 60);
    bench.chat(6);
    bench.keys("5 s").assert_shows("╭ Subscribe to");
    bench.keys("Esc D").assert_shows("╭ Problems");
    bench.keys("Esc n").assert_shows("No search yet");
    bench.keys("? /").type_text("subscribe");
    bench.assert_shows("Subscribe to another pattern");
    // To save is about what is shown: here it is the draft.
    bench.keys("C-u").type_text("save");
    bench.assert_shows("Save the message as a draft file");
    assert!(!bench.shows("Save the payload to a file"));
}

/// The help as people use it: look, search, run.
#[test]
fn the_help_is_searched_and_runs_what_is_chosen() {
    for (width, height) in [(40, 10), (80, 24), (120, 40)] {
        let mut bench = Bench::new(width, height);
        bench.chat(3);
        bench
            .keys("? /")
            .type_text("theme")
            .assert_shows("Choose a theme");
        assert!(!bench.shows("Wrap long lines"));
        bench.keys("Enter").assert_shows("Theme");
        bench.keys("Esc ?").assert_shows("Move");
        bench.keys("/ z z Esc").assert_shows("Move");
        bench.keys("Esc");
        assert_eq!(bench.workbench.state.overlay.open, Overlay::None);
    }
}

#[test]
fn a_letter_in_a_picker_goes_to_the_row_that_begins_with_it() {
    let mut bench = Bench::new(120, 40);
    bench.keys("t p");
    assert_eq!(bench.workbench.state.appearance.theme, "paper");
    bench.keys("d");
    let first = bench.workbench.state.appearance.theme.clone();
    bench.keys("d");
    let second = bench.workbench.state.appearance.theme.clone();
    assert!(first.starts_with('d') && second.starts_with('d') && first != second);
}

#[test]
fn keys_are_shown_to_those_who_watch() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut bench = Bench::new(width, height);
        bench.chat(3);
        bench
            .keys("C-p")
            .type_text("show-keys")
            .keys("Enter k C-d Space Enter");
        bench.assert_shows(" k  Ctrl+D  Space  Enter ");
        bench.keys("C-p").type_text("show-keys").keys("Enter");
        assert!(!bench.shows("Ctrl+D"));
    }
}

/// While a filter is typed at speed, nothing that is read is thrown away, and Esc brings everything back.
#[test]
fn a_half_typed_filter_throws_nothing_away() {
    let mut bench = Bench::new(120, 40);
    bench.chat(9);
    bench.keys("k k k");
    let selected = bench.workbench.state.messages.selected;
    bench.keys("f").type_text("subj");
    assert_eq!(
        bench.workbench.state.messages.list.len(),
        9,
        "it may become the name of a field"
    );
    bench.type_text("ect=device.cmd").assert_shows("3 shown");
    assert_eq!(bench.workbench.state.messages.selected, selected);
    bench.keys("Esc");
    assert_eq!(bench.workbench.state.messages.list.len(), 9);
    assert_eq!(bench.workbench.state.messages.selected, selected);
    // A filter that matches nothing keeps the message in the inspector.
    bench.keys("f").type_text("nothing").keys("Enter");
    assert!(bench.workbench.state.messages.list.is_empty());
    assert_eq!(bench.workbench.state.messages.selected, selected);
}

/// Keys that come while the list is still being filtered count once it is.
#[test]
fn arrow_keys_work_at_once_after_a_filter() {
    let mut bench = Bench::new(120, 40);
    bench.chat(9);
    bench.keys("g");
    bench.slow_filter = true;
    bench.keys("f").type_text("text~hello").keys("Enter j j");
    bench.slow_filter = false;
    for request in std::mem::take(&mut bench.sifts) {
        bench.run(vec![WorkEffect::Sift(request).into()]);
    }
    assert_eq!(bench.workbench.state.messages.selected, Some(3));
}

#[test]
fn a_save_offers_a_free_name_that_typing_replaces() {
    let mut bench = Bench::new(120, 40);
    bench.chat(3);
    bench.keys("3 w").assert_shows("› message.txt");
    bench.told(Msg::Overlay(OverlayMsg::FreeName(
        "message.txt".into(),
        "message-2.txt".into(),
    )));
    bench.assert_shows("› message-2.txt");
    bench.type_text("mine.txt").assert_shows("› mine.txt");
    bench.keys("Enter");
    assert!(bench.left.iter().any(
        |effect| matches!(effect, Effect::Work(WorkEffect::Save(path, _)) if path.as_os_str() == "mine.txt")
    ));
    bench.told(Msg::Overlay(OverlayMsg::Refused(
        "mine.txt".into(),
        "mine.txt already exists and was not changed; choose another name.".into(),
    )));
    bench.assert_shows("✖ mine.txt");
    bench.assert_shows("mine.txt already exists");
    bench.keys("Left Left Left Left 2");
    assert!(!bench.shows("already exists"));
}

#[test]
fn moving_pauses_and_space_follows_again() {
    let mut bench = Bench::new(120, 40);
    bench.chat(10);
    bench.keys("k").assert_shows("paused");
    let selected = bench.workbench.state.messages.selected;
    bench.chat(5);
    bench.assert_shows("paused · 5 new");
    assert_eq!(
        bench.workbench.state.messages.selected, selected,
        "the selection stays"
    );
    bench.keys("Space").assert_shows("following ↓");
    assert_eq!(bench.workbench.state.messages.selected, Some(15));
    bench.keys("g");
    assert_eq!(bench.workbench.state.messages.selected, Some(1));
    bench.keys("G").assert_shows("following ↓");
}

#[test]
fn new_messages_do_not_shift_what_is_being_read() {
    let mut bench = Bench::new(120, 40);
    bench.chat(200);
    bench.keys("PgUp PgUp");
    let before = bench.screen();
    bench.chat(50);
    let after = bench.screen();
    let rows = |screen: &[String]| {
        screen[3..26]
            .iter()
            .map(|line| line.chars().skip(24).take(50).collect())
            .collect::<Vec<String>>()
    };
    assert_eq!(rows(&before), rows(&after));
}

#[test]
fn an_evicted_selection_moves_to_the_oldest_and_says_so() {
    let limits = Limits {
        store_messages: 10,
        store_segment: 1024,
        ..Limits::default()
    };
    let mut bench = Bench::with(120, 40, limits);
    bench.chat(5);
    bench.keys("g");
    bench.chat(60);
    bench.assert_shows("is no longer kept");
    assert_eq!(
        bench.workbench.state.messages.selected,
        Some(bench.store.range().start)
    );
}

#[test]
fn a_filter_is_live_and_escape_clears_it() {
    let mut bench = Bench::new(120, 40);
    bench.chat(9);
    bench.keys("f d e v i");
    bench.assert_shows("3 shown");
    bench.keys("Enter").assert_shows("shown 3  filtered 6");
    bench.chat(3);
    bench.assert_shows("shown 4  filtered 8");
    bench.keys("Esc").assert_shows("shown 12  filtered 0");
    bench
        .keys("f n o n e Enter")
        .assert_shows("None of the 12 messages kept match");
}

#[test]
fn senders_are_filtered_too() {
    let mut bench = Bench::new(120, 40);
    bench.chat(4);
    bench.arrive("a.b", envelope("jl-calc", &[("x", "text", b"1")]).as_bytes());
    bench
        .keys("f j l - c a l c Enter")
        .assert_shows("shown 1  filtered 4");
}

#[test]
fn a_search_from_the_newest_message_goes_around_the_end() {
    let mut bench = Bench::new(120, 40);
    bench.arrive("needle.one", b"x");
    bench.chat(5);
    bench.keys("/ n e e d l e Enter");
    assert_eq!(bench.workbench.state.messages.selected, Some(1));
    bench.keys("N").assert_shows("paused");
    assert_eq!(
        bench.workbench.state.messages.selected,
        Some(1),
        "the only match is found again"
    );
}

#[test]
fn the_tree_narrows_the_list_and_folds() {
    let mut bench = Bench::new(120, 40);
    bench.chat(9);
    bench.keys("1 j").assert_shows("Messages ─ chat");
    bench.assert_shows("shown 6  filtered 3");
    bench.keys("Space").assert_shows("▸ chat");
    bench.keys("Space j").assert_shows("Messages ─ chat ▸ room1");
    bench.keys("Esc Esc").assert_shows("filtered 0");
}

#[test]
fn tabs_are_one_per_payload_and_stay_by_name() {
    let mut bench = Bench::new(200, 60);
    let two = envelope(
        "web-ui",
        &[("message", "text", b"Hello"), ("rows", "dictionary", b"{}")],
    );
    bench.arrive("a", two.as_bytes());
    for text in ["1 message", "2 rows", "envelope", "raw", "findings"] {
        bench.assert_shows(text);
    }
    bench.keys("] ]");
    assert_eq!(bench.workbench.state.inspector.tab, 1);
    bench.now_us += 1_000_000;
    bench.arrive("b", two.as_bytes());
    assert_eq!(
        bench.workbench.state.inspector.tab, 1,
        "the tab stays on the payload of that name"
    );
}

#[test]
fn help_palette_and_prompts_open_and_close() {
    let mut bench = Bench::new(120, 40);
    bench.keys("?").assert_shows("╭ Keys");
    bench.keys("Esc C-p").assert_shows("╭ All actions");
    bench.keys("q u i t").assert_shows("▌ Quit");
    bench.keys("Esc s").assert_shows("╭ Subscribe to");
    bench.keys("o r d e r s . > Enter");
    assert_eq!(
        bench.left,
        [Effect::Session(Command::Subscriptions(SubscriptionCommand::Add(
            "orders.>".into()
        )))]
    );
    bench.keys("t").assert_shows("╭ Theme");
    bench.keys("Down Enter").screen();
    assert_eq!(bench.workbench.state.appearance.theme, "day");
}

#[test]
fn control_c_quits_from_everywhere() {
    for keys in ["", "?", "C-p", "s", "f", "/", "t", "3"] {
        let mut bench = Bench::new(80, 24);
        for name in keys.split(' ').filter(|name| !name.is_empty()) {
            bench.keys(name);
        }
        bench.keys("C-c");
        assert_eq!(
            bench.left,
            [Effect::Terminal(TerminalEffect::Quit)],
            "after {keys:?}"
        );
    }
}

#[test]
fn the_mouse_focuses_selects_scrolls_and_drags() {
    let mut bench = Bench::new(120, 40);
    bench.chat(9);
    bench.mouse(MouseEventKind::Down(MouseButton::Left), 40, 4);
    assert_eq!(bench.workbench.state.messages.selected, Some(2));
    bench.mouse(MouseEventKind::ScrollDown, 40, 10);
    assert_eq!(bench.workbench.state.messages.selected, Some(5));
    bench.mouse(MouseEventKind::Down(MouseButton::Left), 5, 4);
    assert_eq!(bench.workbench.state.focus.pane, Pane::Subjects);
    bench.assert_shows("Messages ─ chat");
    bench.mouse(MouseEventKind::Up(MouseButton::Left), 5, 4);
    let border = bench.screen()[1]
        .chars()
        .position(|c| c == '╮')
        .expect("a border");
    bench.mouse(MouseEventKind::Down(MouseButton::Left), border as u16, 20);
    bench.mouse(MouseEventKind::Drag(MouseButton::Left), 40, 20);
    let line = bench.screen()[1].clone();
    // The border stands where it was dragged to.
    assert_eq!(line.chars().position(|c| c == '╮'), Some(39), "{line}");
}

#[test]
fn before_any_connection_it_says_what_is_tried_and_what_to_do() {
    let mut bench = Bench::new(80, 24);
    bench.workbench.state.connection.was_connected = false;
    bench.tell(Event::Connection(ConnectionState::Connecting {
        address: "nats://10.0.0.1:4222".into(),
        tries: 3,
        last_error: Some("connection refused".into()),
    }));
    for text in [
        "Connecting to nats://10.0.0.1:4222 · attempt 3",
        "connection refused",
        "natsbridge demo",
    ] {
        bench.assert_shows(text);
    }
}

#[test]
fn refused_it_does_not_claim_to_keep_trying() {
    let mut bench = Bench::new(80, 24);
    bench.workbench.state.connection.was_connected = false;
    bench.tell(Event::Connection(ConnectionState::Refused {
        address: "10.0.0.1:4222".into(),
        cause: "10.0.0.1:4222 refused the credentials".into(),
    }));
    bench.assert_shows("Ctrl+R retries now");
    assert!(!bench.shows("keeps trying"));
}

#[test]
fn nothing_foreign_reaches_the_screen_uncleaned() {
    let evil = "a\u{1b}]0;owned\u{7}\u{202e}b\u{9b}31m";
    let mut bench = Bench::new(200, 60);
    let text = envelope(evil, &[(evil, "text", evil.as_bytes())]);
    bench.arrive(&evil.replace(' ', ""), text.as_bytes());
    bench.arrive("plain", evil.as_bytes());
    bench.tell(Event::Notice(Severity::Warning, evil.into()));
    bench.tell(Event::Subscriptions(vec![SubscriptionView {
        id: SubscriptionId(2),
        pattern: evil.into(),
        paused: false,
        denied: Some(evil.into()),
        received: 0,
    }]));
    for keys in ["g", "j", "3", "]", "]", "1", "j", "j"] {
        bench.keys(keys);
        for line in bench.screen() {
            let bad = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!line.contains(bad), "{line:?}");
        }
    }
}

/// Row 3: a letter that looks like one of another script.
#[test]
fn a_subject_of_several_scripts_is_marked() {
    let mut bench = Bench::new(200, 60);
    bench.arrive("payments.in", b"x");
    bench.assert_shows("payments.in");
    assert!(!bench.shows("≈"));
    bench.arrive("p\u{430}yments.in", b"x");
    let marked = bench.keys("2 G").screen();
    let seen: usize = marked
        .iter()
        .map(|line| line.matches("≈ p\u{430}yments").count())
        .sum();
    assert!(seen >= 2, "in the list, and in the inspector: {marked:#?}");
}

#[test]
fn very_many_subjects_stay_usable() {
    let mut bench = Bench::new(120, 40);
    let subjects: Vec<String> = (0..20_000)
        .map(|i| format!("s{}.t{}.u{i}", i % 10, i % 100))
        .collect();
    let batch = subjects.iter().map(|subject| Incoming {
        at_us: START_US,
        subject,
        reply: None,
        headers: Headers::default(),
        payload: b"x",
    });
    bench.store.append(batch);
    bench.tick();
    bench.tell(Event::Store);
    bench.assert_shows("▾ s0");
    bench.keys("1 G k k").screen();
    assert!(bench.workbench.state.messages.list.is_filtered());
}

#[test]
fn search_finds_texts_in_all_that_is_stored_and_walks_through_them() {
    let mut bench = Bench::new(120, 40);
    bench.chat(30);
    for number in [3, 17] {
        let text = format!("the red wine of {number}");
        let body = envelope("py-edge", &[("note", "text", text.as_bytes())]);
        bench.arrive("agent.wine", body.as_bytes());
        bench.chat(2);
    }
    bench.keys("2 g /").type_text("RED WINE").keys("Enter");
    bench.assert_shows("No match for \"RED WINE\" here.");
    bench.keys("/").type_text("red wine").keys("Enter");
    bench.assert_shows("match 1 of 2");
    bench.assert_shows("the red wine of 3");
    bench.keys("n").assert_shows("the red wine of 17");
    bench
        .keys("n")
        .assert_shows("That was the last match; continued from the first.");
    bench.assert_shows("match 1 of 2");
    // What came meanwhile is found as well.
    let late = envelope("py-edge", &[("note", "text", b"more red wine")]);
    bench.arrive("agent.wine", late.as_bytes());
    bench.keys("N").assert_shows("match 3 of 3");
    // What is filtered out is not gone to, and is told.
    bench.keys("f").type_text("sender=web-ui").keys("Enter n");
    bench.assert_shows("3 matches hidden by the filter.");
}
