//! Saving what was received as a tape, from the keys to the file.

use crate::support::binary::Folder;
use crate::support::pty::Screen;
use crate::support::screen_stand::Bench;
use crate::support::tape_stand::{heard, read};
use natsbridge_app::{Msg, Progress, Working, WorksMsg};
use natsbridge_engine::{ConnectionState, Event, StoredMessage};
use std::path::Path;
use std::sync::Arc;

/// A workbench that has received ten messages, six of one conversation.
fn bench(width: u16, height: u16) -> Bench {
    let mut bench = Bench::new(width, height);
    bench.chat(6);
    for number in 0..4 {
        bench.arrive("plain", format!("number {number}").as_bytes());
    }
    bench.screen();
    bench
}

/// Answers the open prompt with a file in this folder.
fn into_file(bench: &mut Bench, folder: &Folder, name: &str) -> Vec<StoredMessage> {
    let path = folder.path().join(name);
    bench.keys("C-u").type_text(&path.display().to_string());
    bench.keys("Enter");
    on_tape(&path)
}

fn on_tape(path: &Path) -> Vec<StoredMessage> {
    let (entries, report) = read(path);
    assert!(report.ended && report.problems().is_empty());
    heard(entries)
}

fn stored(bench: &Bench, seqs: impl IntoIterator<Item = u64>) -> Vec<StoredMessage> {
    let message = |(at, seq)| StoredMessage {
        seq: at,
        ..bench.store.message(seq).unwrap()
    };
    (1..).zip(seqs).map(message).collect()
}

fn command(bench: &mut Bench, line: &str) {
    bench.keys(":").type_text(line);
    bench.keys("Enter");
}

#[test]
fn everything_is_saved_by_a_key_and_the_choice_says_how_many() {
    for (width, height) in [(120, 40), (80, 24), (40, 10)] {
        let (folder, mut bench) = (Folder::new(), bench(width, height));
        bench.keys("B").assert_shows("Save messages");
        bench.assert_shows("Everything kept");
        assert!(!bench.shows("Marked") && !bench.shows("list shows") && !bench.shows("conversation chosen"));
        bench.keys("Enter").assert_shows("Save everything kept to");
        bench.assert_shows("received-20261122-1201");
        let on_it = into_file(&mut bench, &folder, "all.jsonl");
        assert_eq!(on_it, stored(&bench, 1..=10));
        bench.assert_shows("Saved 10 messages (");
    }
    let mut bench = bench(120, 40);
    bench.keys("B").assert_shows("10 messages");
    bench.keys("Esc");
    assert!(!bench.shows("Save messages"));
}

#[test]
fn what_the_filter_shows_is_chosen_first_while_one_is_in_force() {
    let (folder, mut bench) = (Folder::new(), bench(120, 40));
    bench.keys("f").type_text("subject=plain");
    bench.keys("Enter B").assert_shows("What the list shows now");
    bench.assert_shows("4 messages");
    bench.keys("Enter").assert_shows("Save the messages shown to");
    let on_it = into_file(&mut bench, &folder, "shown.jsonl");
    assert_eq!(on_it, stored(&bench, 7..=10));
    // One above is everything.
    bench.keys("B k Enter");
    assert_eq!(into_file(&mut bench, &folder, "all.jsonl").len(), 10);
}

#[test]
fn marked_messages_are_saved_in_their_order_even_when_the_store_has_let_them_go() {
    let (folder, mut bench) = (Folder::new(), bench(120, 40));
    let expected = stored(&bench, [2, 8]);
    command(&mut bench, "go 8");
    bench.keys("m a");
    command(&mut bench, "go 2");
    bench.keys("m b m c");
    bench.store.clear();
    bench.tell(Event::Store);
    bench.keys("B").assert_shows("Marked messages");
    assert!(!bench.shows("Everything kept"), "there is nothing");
    bench.keys("Enter");
    assert_eq!(into_file(&mut bench, &folder, "marked.jsonl"), expected);
}

#[test]
fn in_the_timeline_the_conversation_is_chosen_first() {
    let (folder, mut bench) = (Folder::new(), bench(120, 40));
    bench.keys("4").screen();
    bench.keys("B").assert_shows("The conversation chosen here");
    bench.keys("Enter").assert_shows("Save the conversation to");
    bench.assert_shows("conversation-20261122-1201");
    let on_it = into_file(&mut bench, &folder, "conversation.jsonl");
    assert_eq!(on_it, stored(&bench, 1..=6));
    // Elsewhere there is none to choose.
    bench.keys("2 B").assert_shows("Everything kept");
    assert!(!bench.shows("The conversation chosen here"));
}

#[test]
fn a_command_names_what_is_saved_and_where() {
    let (folder, mut bench) = (Folder::new(), bench(120, 40));
    let path = |name: &str| folder.path().join(name);
    let file = |name: &str| path(name).display().to_string();
    command(&mut bench, &format!("save-tape {}", file("all.jsonl")));
    assert_eq!(on_tape(&path("all.jsonl")).len(), 10);
    command(&mut bench, "filter subject=plain");
    command(&mut bench, &format!("save-tape shown {}", file("shown.jsonl")));
    assert_eq!(on_tape(&path("shown.jsonl")).len(), 4);
    command(&mut bench, &format!("save-tape all {}", file("again.jsonl")));
    assert_eq!(on_tape(&path("again.jsonl")).len(), 10);
    bench.keys("4").screen();
    command(
        &mut bench,
        &format!("save-tape conversation {}", file("conversation.jsonl")),
    );
    assert_eq!(on_tape(&path("conversation.jsonl")).len(), 6);
    bench.keys("2");
    // What is wrong is said, and the line can be mended.
    command(&mut bench, &format!("save-tape marked {}", file("marked.jsonl")));
    bench.assert_shows("No message is marked");
    bench.assert_shows("Command");
    bench.keys("Esc");
    command(&mut bench, "save-tape shown");
    bench.assert_shows("a file name is missing after shown");
    bench.keys("Esc");
    command(&mut bench, &format!("save-tape {}", file("all.jsonl")));
    bench.assert_shows("already exists and was not changed");
    assert!(!path("marked.jsonl").exists());
    // What was refused stays there to be changed.
    bench.assert_shows("save-tape ");
    bench.keys("Esc");
    // Without a file it asks; half a word is completed.
    command(&mut bench, "save-tape");
    bench.assert_shows("Save messages");
    bench.keys("Esc :").type_text("save-tape con");
    bench.assert_shows("save-tape conversation");
    bench.keys("Esc C-p").type_text("saveastape");
    bench.assert_shows("Save messages as a tape or a page");
}

#[test]
fn a_tape_that_is_shown_can_be_saved_in_part_and_nothing_is_no_tape() {
    let (folder, mut bench) = (Folder::new(), bench(120, 40));
    bench.tell(Event::Connection(ConnectionState::Tape {
        name: "bug-7.jsonl".into(),
        percent: None,
    }));
    bench.keys("f").type_text("subject=plain");
    bench.keys("Enter B Enter");
    assert_eq!(into_file(&mut bench, &folder, "part.jsonl").len(), 4);
    let mut bench = Bench::new(120, 40);
    bench.keys("B").assert_shows("Nothing has been received yet");
    assert!(!bench.shows("Save messages"));
}

#[test]
fn quitting_while_a_tape_is_being_saved_is_asked_about() {
    let mut bench = bench(120, 40);
    let progress = Arc::<Progress>::default();
    bench.told(Msg::Works(WorksMsg::Began(Working {
        doing: "saving 10 messages".into(),
        progress: Arc::clone(&progress),
        since_us: bench.now_us,
        loss: Some("the tape being saved"),
    })));
    progress.set(4, 10);
    bench.wait(200);
    bench.assert_shows("saving 10 messages 40 %");
    bench
        .keys("q")
        .assert_shows("Quitting would discard the tape being saved.");
    bench
        .keys("Esc Esc")
        .assert_shows("Cancelled: saving 10 messages.");
    assert!(progress.is_cancelled());
}

#[test]
fn the_demo_is_saved_on_a_real_terminal() {
    let folder = Folder::new();
    let path = folder.path().join("demo.jsonl");
    let mut screen = Screen::start(&["demo"]);
    screen.wait_for("/chat/");
    screen.type_keys("B");
    screen.wait_for("Everything kept");
    screen.type_keys("\r");
    screen.wait_for("Save everything kept to");
    screen.type_keys(&format!("\x15{}\r", path.display()));
    screen.wait_for("Saved ");
    screen.type_keys("q");
    assert_eq!(screen.code(), 0);
    screen.assert_restored();
    assert!(!on_tape(&path).is_empty());
}
