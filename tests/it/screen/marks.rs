//! Marks on messages, jumps between them, and two messages compared.

use crate::support::screen_stand::{Bench, envelope};
use natsbridge_wire::{Limits, table_from_csv};

fn with_pair(width: u16, height: u16) -> Bench {
    let mut bench = Bench::new(width, height);
    bench.chat(3);
    let table = |text: &str| table_from_csv(text.as_bytes()).unwrap().to_stream().unwrap();
    let message = |rate: &str, note: &str, rows: &str| {
        envelope(
            "jl-calc",
            &[
                ("config", "dictionary", rate.as_bytes()),
                ("note", "text", note.as_bytes()),
                ("rows", "arrowtable", &table(rows)),
            ],
        )
    };
    let first = message(
        r#"{"rate": 5, "mode": "fast"}"#,
        "one\nthe red wine\nend",
        "city,temp\nOslo,3\n",
    );
    let second = message(
        r#"{"rate": 7, "mode": "fast", "new": [1]}"#,
        "one\nthe white wine\nend",
        "city,temp\nOslo,4\nLima,19\n",
    );
    bench.arrive("data.daily", first.as_bytes());
    bench.arrive("data.weekly", second.as_bytes());
    bench
}

#[test]
fn a_message_is_marked_and_gone_back_to() {
    let mut bench = with_pair(120, 40);
    bench.keys("2 g m").assert_shows("Mark as");
    bench.assert_shows("No messages are marked yet.");
    bench.keys("a").assert_shows("▌a");
    bench.keys("G m b '").assert_shows("Go to mark");
    bench.assert_shows("data.weekly");
    bench.keys("a").assert_shows("▌a");
    // Twice the same key: back to where one was.
    bench.keys("' '").assert_shows("▌b");
    bench.keys("m b").assert_shows("Removed mark b.");
    bench.keys("' x").assert_shows("There is no mark x.");
    bench.keys("m !").assert_shows("A mark is a letter or a digit.");
}

#[test]
fn two_messages_are_compared_by_what_they_hold() {
    let mut bench = with_pair(120, 60);
    bench
        .keys("2 d")
        .assert_shows("Press m and a letter to mark a message");
    bench.keys("G k m a G d");
    for text in [
        "a · no. 4 data.daily and no. 5 data.weekly",
        "subject",
        "- data.daily",
        "+ data.weekly",
        "config: rate",
        "- 5",
        "+ 7",
        "config: new",
        "+ [1]",
        "note: line 2",
        "- the red wine",
        "+ the white wine",
        "rows: rows",
        "rows: row 1, temp",
        "24 parts identical.",
    ] {
        bench.assert_shows(text);
    }
    assert!(!bench.shows("config: mode"), "what is the same is not listed");
    bench.keys("/").type_text("wine").keys("Enter");
    bench.assert_shows("1 match.");
    bench.keys("Esc");
    assert!(!bench.shows("against"), "Esc lifts the sheet");
    // The same message against itself has nothing to say.
    bench.keys("m b d").assert_shows("config: rate");
    for (width, height) in [(80, 24), (40, 10), (200, 60)] {
        with_pair(width, height).keys("2 G k m a G d q m").screen();
    }
}

#[test]
fn a_marked_message_is_kept_when_the_store_lets_it_go() {
    let limits = Limits {
        store_messages: 8,
        ..Limits::default()
    };
    let mut bench = Bench::with(120, 40, limits);
    bench.chat(2);
    bench.keys("2 g m a");
    bench.chat(20);
    bench
        .keys("G ' a")
        .assert_shows("The marked message is no longer kept");
    bench.keys("d").assert_shows("a · no. 1 /chat/room1 and");
    bench.assert_shows("+ Hello");
}
