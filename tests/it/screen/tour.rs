//! The tour of the demo, taken key by key on a real terminal.

use crate::support::pty::Screen;
use natsbridge_app::TOUR;
use portable_pty::CommandBuilder;

fn demo() -> Screen {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
    command.args(["demo", "--tour"]);
    Screen::spawn(command)
}

/// The number of the step that waits.
fn step(shown: &str) -> Option<usize> {
    let (_, rest) = shown.split_once("Tour ")?;
    rest.split(' ').next()?.parse().ok()
}

#[test]
fn every_step_waits_for_what_it_names() {
    let screen = &mut demo();
    // What the second step filters by has to be there.
    screen.wait_for("/data/pri");
    // The keys of each step, and what a person looks for before typing them.
    let steps = [
        (" ", ""),
        ("f\x15subject=/data/prices\r", ""),
        ("g", ""),
        ("\r", ""),
        ("O", "row 1 of"),
        ("2", ""),
        ("f\x15kind=image\r", ""),
        ("g", ""),
        ("\r", ""),
        ("]", "all │"),
        ("4", ""),
        ("\r", ""),
        ("R", ""),
        ("S", ""),
        ("2", ""),
        ("D", ""),
        ("q", ""),
        ("M\r", ""),
    ];
    assert_eq!(steps.len() + 1, TOUR.len());
    for (at, (keys, seen)) in (1..).zip(steps) {
        screen.wait_until("the next step", |shown| {
            step(shown) >= Some(at) && shown.contains(seen)
        });
        // What is chosen already needs no key.
        if step(&screen.contents()) > Some(at) {
            continue;
        }
        // One after the other, as a person types.
        for key in keys.chars() {
            screen.type_keys(&key.to_string());
        }
    }
    screen.wait_for("That was the tour.");
    // The sheet goes first, then the tour.
    screen.type_keys("\x1b");
    screen.wait_until("the sheet to go", |shown| !shown.contains("rewritten for"));
    screen.type_keys("\x1b");
    screen.wait_for("The tour is over");
    screen.type_keys("\x03");
}
