//! A message of several payloads as one page: seen, moved over, searched, copied; a payload opened from it and left again.

use crate::support::screen_stand::{Bench, envelope};
use natsbridge_app::{Effect, TerminalEffect};

const TEXT: &[u8] = b"Dear all,\nthe grape harvest began.";
const SETTINGS: &[u8] = br#"{"pump": 7, "grape": "red"}"#;

fn bench(width: u16, height: u16) -> Bench {
    let mut bench = Bench::new(width, height);
    let two = [("message", "text", TEXT), ("settings", "dictionary", SETTINGS)];
    bench.arrive("/chat/room1", envelope("web-ui", &two).as_bytes());
    bench.keys("3").screen();
    bench
}

fn tab(bench: &Bench) -> usize {
    bench.workbench.state.inspector.tab
}

#[test]
fn all_payloads_stand_below_each_other_each_under_its_facts() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut bench = bench(width, height);
        let screen = bench.screen().join("\n");
        for text in ["1 message", "Dear all,", "2 settings", "pump: 7"] {
            assert!(screen.contains(text), "{text} is missing:\n{screen}");
        }
        assert!(screen.contains("all │ 1 message"), "{screen}");
    }
}

#[test]
fn the_cursor_goes_over_all_of_it_and_its_payload_is_what_keys_are_about() {
    let mut bench = bench(120, 40);
    assert_eq!(tab(&bench), 0);
    bench.keys("G").screen();
    assert_eq!(tab(&bench), 1);
    bench.assert_shows("payload 2 of 2 · grape");
    bench.keys("y").screen();
    assert!(
        bench
            .left
            .contains(&Effect::Terminal(TerminalEffect::Copy("red".into())))
    );
    bench.keys("w").assert_shows("settings.json");
    bench.keys("Esc g").screen();
    assert_eq!(tab(&bench), 0);
    bench.keys("j y").screen();
    let text = String::from_utf8_lossy(TEXT).into_owned();
    assert!(bench.left.contains(&Effect::Terminal(TerminalEffect::Copy(text))));
}

#[test]
fn enter_opens_a_payload_in_its_own_tab_and_escape_comes_back() {
    let mut bench = bench(120, 40);
    bench.keys("G Enter").screen();
    assert!(!bench.shows("Dear all,"), "the payload has its own tab");
    bench.assert_shows("pump: 7");
    bench.keys("Esc").assert_shows("Dear all,");
    bench.assert_shows("payload 2 of 2");
    // The tabs are as they were: the page is the first.
    bench.keys("]").screen();
    assert!(!bench.shows("pump: 7"));
    bench.keys("[").assert_shows("pump: 7");
}

#[test]
fn a_search_goes_through_all_payloads() {
    let mut bench = bench(120, 40);
    bench.keys("/").type_text("grape").keys("Enter");
    bench.assert_shows("2 matches");
    assert_eq!(tab(&bench), 0);
    bench.keys("n").assert_shows("payload 2 of 2 · grape");
    bench.keys("n").screen();
    assert_eq!(tab(&bench), 0);
    bench.keys("N").assert_shows("payload 2 of 2 · grape");
}

#[test]
fn a_payload_alone_has_a_page_only_where_there_is_room() {
    let mut bench = Bench::new(120, 40);
    bench.arrive(
        "/chat/room1",
        envelope("web-ui", &[("message", "text", TEXT)]).as_bytes(),
    );
    bench.keys("3").screen();
    assert!(!bench.shows("all │"));
    bench.keys("z").assert_shows("all │ message");
    bench.keys("[").assert_shows("payload 1 of 1");
}

#[test]
fn any_size_and_any_key_is_fine() {
    for (width, height) in [(40, 10), (80, 24), (300, 100)] {
        let mut bench = bench(width, height);
        for keys in [
            "PgDn", "G", "j", "Space", "l", "h", "z", "Enter", "Esc", "C-d", "PgUp", "k", "W", "n",
        ] {
            bench.keys(keys).screen();
        }
    }
}
