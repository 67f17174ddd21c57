//! The Compose pane with files: completion, tables, drafts, the person's own editor.

use crate::support::binary::Folder;
#[cfg(unix)]
use crate::support::pty::Screen;
use crate::support::screen_stand::Bench;
use natsbridge_engine::Source;
use natsbridge_wire::{ColumnType, Kind};
#[cfg(unix)]
use portable_pty::CommandBuilder;

fn bench_with(name: &str, content: &[u8]) -> (Bench, Folder) {
    let folder = Folder::new();
    std::fs::write(folder.path().join(name), content).unwrap();
    (Bench::new(120, 40), folder)
}

#[test]
fn a_file_is_found_by_completion_and_its_kind_is_suggested() {
    let (mut bench, folder) = bench_with("daily.csv", b"id,name\n1,Ada\n2,Bob\n");
    bench.keys("5 a Down Enter").assert_shows("Payload file");
    bench.type_text(&format!("{}/da", folder.path().display()));
    bench.assert_shows("daily.csv");
    bench.keys("Tab Enter");
    let row = &bench.workbench.state.compose.message.payloads[0];
    assert_eq!((row.name.as_str(), row.kind), ("daily", Kind::Table));
    assert_eq!(row.source, Source::File(folder.path().join("daily.csv")));
    bench.keys("Enter").assert_shows("Payload file");
    bench.type_text("x").keys("Enter");
    bench.assert_shows("Cannot read ");
    bench.assert_shows("Payload file");
}

#[test]
fn columns_of_rows_are_shown_and_their_types_chosen() {
    let (mut bench, folder) = bench_with("rows.csv", b"id,name\n1,Ada\n2,Bob\n");
    bench
        .keys("5 a Down Enter")
        .type_text(&folder.path().join("rows.csv").display().to_string());
    bench.keys("Enter").wait(500);
    bench.assert_shows("2 rows");
    bench.keys("T").assert_shows("Columns of rows");
    bench.assert_shows("1  2");
    bench.keys("Down Right");
    let types = |bench: &Bench| bench.workbench.state.compose.message.payloads[0].types.clone();
    assert_eq!(types(&bench), [("name".to_owned(), ColumnType::Text)]);
    bench.keys("Right").wait(500);
    assert_eq!(types(&bench), [("name".to_owned(), ColumnType::Integer)]);
    bench.assert_shows("Ada");
}

#[test]
fn rows_that_are_not_utf8_are_read_in_the_encoding_that_is_chosen() {
    let (mut bench, folder) = bench_with("rows.csv", b"name,n\nM\xfcller,1,\n");
    bench
        .keys("5 a Down Enter")
        .type_text(&folder.path().join("rows.csv").display().to_string());
    bench.keys("Enter").wait(500);
    bench.keys("T").assert_shows("byte 0xfc in line 2 is not UTF-8");
    bench.keys("Right").wait(500);
    bench.keys("Right").wait(500);
    bench.assert_shows("latin-1");
    bench.assert_shows("Müller");
    bench.assert_shows("every value is a whole number: 1");
    bench.assert_shows("1 row ends in a separator with nothing behind it");
}

#[test]
fn a_draft_is_saved_before_another_message_takes_its_place_and_loaded_again() {
    let (mut bench, folder) = bench_with("unused", b"");
    let path = folder.path().join("hello.toml").display().to_string();
    bench.keys("c").type_text("/chat/room1");
    bench.keys("Esc a Enter").type_text("Hello {{count}}");
    bench.keys("Esc X").assert_shows("has not been sent or saved");
    bench.keys("Down Enter C-u").assert_shows("Save draft as");
    bench
        .type_text(&path)
        .keys("Enter")
        .assert_shows("Saved the draft to");
    assert!(
        bench.workbench.state.compose.is_blank(),
        "then the empty message took its place"
    );
    bench.keys("L").type_text(&path);
    bench.keys("Enter").assert_shows("hello.toml");
    let composer = &bench.workbench.state.compose;
    assert_eq!(composer.message.subject, "/chat/room1");
    assert_eq!(
        composer.message.payloads[0].source,
        Source::Text("Hello {{count}}".into())
    );
    assert!(!composer.is_edited());
    bench.keys("G k k k Enter").type_text(" again");
    bench.keys("Esc w Enter").assert_shows("Saved the draft to");
    assert!(
        !bench.workbench.state.compose.is_edited(),
        "the draft that it came from makes room"
    );
    bench.keys("X a Enter").type_text("another message");
    bench.keys("Esc w C-u").type_text(&path);
    bench
        .keys("Enter")
        .assert_shows("already exists and was not changed");
    bench.assert_shows("Save draft as");
    bench
        .keys("Esc X Down Down Enter L")
        .type_text("/does/not/exist.toml");
    bench.keys("Enter").assert_shows("cannot be read");
}

/// The demo on a terminal, with these variables.
#[cfg(unix)]
fn demo(variables: &[(&str, &str)]) -> Screen {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
    command.args(["demo"]);
    let mut screen = Screen::spawn_with(command, |command| {
        for (name, value) in variables {
            command.env(name, value);
        }
    });
    screen.wait_for("Messages");
    screen
}

#[test]
#[cfg(unix)]
fn the_own_editor_has_the_terminal_and_its_text_becomes_the_payload() {
    let folder = Folder::new();
    let script = folder.path().join("editor.sh");
    // It asks for a key, so that it is seen who reads the terminal.
    std::fs::write(
        &script,
        "echo in the editor; read answer; echo \"{\\\"said\\\": \\\"$answer\\\"}\" > \"$1\"\n",
    )
    .unwrap();
    let editor = format!("sh {}", script.display());
    let mut screen = demo(&[("VISUAL", &editor)]);
    screen.type_keys("5");
    screen.wait_for("+ add");
    screen.type_keys("a");
    screen.wait_for("Text from an external editor");
    screen.type_keys("jj\r");
    screen.wait_for("in the editor");
    screen.type_keys("quit\n");
    screen.wait_for("{\"said\": \"quit\"}");
    screen.wait_for("dictionary");
    screen.type_keys("\x03");
    assert_eq!(screen.code(), 0);
}

#[test]
#[cfg(unix)]
fn a_message_written_in_the_demo_goes_out_and_comes_back() {
    let mut screen = demo(&[]);
    screen.type_keys("c");
    screen.wait_for("typing");
    screen.type_keys("my.own.subject\r");
    screen.wait_for("S send");
    screen.type_keys("a\r");
    screen.wait_for("writing message");
    screen.type_keys("Hello from the form");
    screen.type_keys("\x1b");
    screen.wait_for("direct");
    screen.type_keys("S");
    screen.wait_for("flushed to the broker");
    screen.type_keys("2f");
    screen.wait_for("Filter");
    screen.type_keys("my.own\r");
    screen.wait_for("my.own.subject");
    screen.type_keys("q");
    assert_eq!(screen.code(), 0, "it is sent: nothing would be lost");
}
