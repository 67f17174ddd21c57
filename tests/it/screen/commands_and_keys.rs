//! Comfort on a test screen: commands, sequences of keys, borders moved by keys.

use crate::support::screen_stand::{Bench, envelope};
use natsbridge_app::ImageMode;
use natsbridge_engine::{ConnectionState, Event, ServerInfo};
use std::time::Duration;

fn bench() -> Bench {
    let mut bench = Bench::new(120, 40);
    for (subject, text) in [
        ("/chat/room1", "Hello"),
        ("/chat/room2", "Grüße"),
        ("/data/log", "x"),
    ] {
        bench.arrive(
            subject,
            envelope("web-ui", &[("message", "text", text.as_bytes())]).as_bytes(),
        );
    }
    bench
}

fn text(bench: &mut Bench) -> String {
    bench.screen().join("\n")
}

fn command(bench: &mut Bench, line: &str) -> String {
    bench.keys(":").type_text(line);
    bench.keys("Enter");
    text(bench)
}

#[test]
fn a_command_is_any_action_or_takes_something() {
    let mut bench = bench();
    command(&mut bench, "filter subject~/chat");
    assert_eq!(bench.workbench.state.messages.list.len(), 2);
    assert!(command(&mut bench, "theme day").contains("Messages"));
    assert_eq!(bench.workbench.state.appearance.theme, "day");
    command(&mut bench, "images ascii");
    assert_eq!(bench.workbench.state.appearance.images, ImageMode::Ascii);
    command(&mut bench, "go 2");
    assert_eq!(bench.workbench.state.messages.selected, Some(2));
    assert!(command(&mut bench, "go 3").contains("Cannot go to message 3: it is filtered out"));
    assert!(command(&mut bench, "view-as binary").contains("message.txt as binary"));
    bench.keys("Esc");
    assert!(command(&mut bench, "help").contains("Keys"));
    bench.keys("Esc");
    // Without what it takes it asks.
    assert!(command(&mut bench, "filter").contains("Filter"));
}

#[test]
fn a_wrong_command_says_what_is_wrong_and_stays() {
    let mut bench = bench();
    for (line, told) in [
        ("fly", "unknown command fly"),
        ("theme plaid", "unknown theme plaid"),
        ("images", "images needs an argument"),
        ("go home", "a message number is a whole number"),
        ("help me", "help takes no argument"),
        ("filter size>", "size"),
    ] {
        bench.keys(":").type_text(line);
        let shown = text(&mut bench);
        assert!(shown.contains('✖') && shown.contains(told), "{line}: {shown}");
        bench.keys("Esc");
    }
}

#[test]
fn commands_are_completed_with_what_they_take() {
    let mut bench = bench();
    bench.keys(":").type_text("the");
    bench.keys("Tab").type_text(" so");
    bench.keys("Tab Enter");
    assert_eq!(bench.workbench.state.appearance.theme, "solarized");
    bench.keys(":").type_text("filter ki");
    bench.keys("Tab");
    assert!(text(&mut bench).contains("filter kind"));
    bench.keys("Esc : Up");
    assert!(text(&mut bench).contains("theme solarized"));
}

#[test]
fn a_sequence_says_how_it_can_go_on() {
    let mut bench = bench();
    let before = text(&mut bench);
    bench.keys("C-w");
    let hints = text(&mut bench);
    assert!(
        hints.contains("Next key") && hints.contains(">  Make the focused pane wider"),
        "{hints}"
    );
    bench.keys("Esc");
    assert_eq!(text(&mut bench), before);
    bench.keys("C-w u");
    assert!(text(&mut bench).contains("No action is bound to these keys."));
}

#[test]
fn borders_are_moved_by_keys_and_go_back() {
    let width = |bench: &mut Bench| {
        let top = bench.screen()[1].clone();
        let (start, end) = (top.find("╭ Messages").unwrap(), top.find("╭ Inspector").unwrap());
        top[start..end].chars().count()
    };
    let mut bench = bench();
    let usual = width(&mut bench);
    bench.keys("C-w >");
    assert_eq!(width(&mut bench), usual + 4);
    bench.keys("C-w < C-w <");
    assert_eq!(width(&mut bench), usual - 4);
    bench.keys("C-w =");
    assert_eq!(width(&mut bench), usual);
    let rows = |bench: &mut Bench| {
        bench
            .screen()
            .iter()
            .position(|line| line.contains("╭ Timeline"))
            .unwrap()
    };
    let before = rows(&mut bench);
    bench.keys("C-w +");
    assert!(rows(&mut bench) > before);
    bench.keys("4 C-w +");
    assert!(rows(&mut bench) <= before);
    // Where there is one pane there is nothing to move.
    bench.keys("z C-w >");
    assert!(text(&mut bench).contains("This pane has no border that can move that way."));
}

#[test]
fn somebody_new_is_told_what_this_is_until_the_first_key() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut bench = Bench::new(width, height);
        bench.workbench.state.overlay.welcome = true;
        let shown = text(&mut bench);
        for line in [
            "Welcome to the NATSBridge Workbench",
            "Enter Esc  move in",
            "? Ctrl+P   shows the keys",
        ] {
            assert!(shown.contains(line), "{line}: {shown}");
        }
        bench.keys("j");
        assert!(!text(&mut bench).contains("Welcome"));
    }
}

#[test]
fn the_log_tells_what_was_told() {
    let mut bench = bench();
    bench.keys("* Enter !");
    let shown = text(&mut bench);
    assert!(shown.contains("Log · 2 lines"), "{shown}");
    assert!(
        shown.contains("note     Connected to 127.0.0.1:4222 (version 2.15.1)."),
        "{shown}"
    );
    assert!(shown.contains("Removed 0 highlights."), "{shown}");
}

/// A broker whose round trips varied once filled the log with "Connected to …".
#[test]
fn the_log_tells_of_a_connection_once_and_of_its_silence() {
    let mut bench = bench();
    let connected = |micros, silent| {
        Event::Connection(ConnectionState::Connected {
            server: ServerInfo {
                version: "2.15.1".into(),
                address: "127.0.0.1:4222".into(),
                ..ServerInfo::default()
            },
            rtt: Some(Duration::from_micros(micros)),
            silent,
        })
    };
    for micros in 400..440 {
        bench.tell(connected(micros, false));
    }
    bench.keys("!");
    assert!(text(&mut bench).contains("Log · 1 line"));
    bench.keys("Esc");
    for micros in 400..440 {
        bench.tell(connected(micros, true));
    }
    bench.tell(connected(440, false));
    bench.keys("!");
    let shown = text(&mut bench);
    assert!(
        shown.contains("Log · 2 lines") && shown.contains("(×2, last at this time)"),
        "{shown}"
    );
    assert_eq!(shown.matches("is not responding").count(), 1, "{shown}");
}
