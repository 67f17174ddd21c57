//! Keys on a pseudo-terminal: however many come at once and whatever comes before them, they work, and Ctrl+C always does.

use crate::support::pty::{ENTER, Screen};
use portable_pty::CommandBuilder;
use std::time::{Duration, Instant};

/// A workbench without a broker.
fn watch() -> Screen {
    watch_with(|_| {})
}

fn watch_with(prepare: impl FnOnce(&mut CommandBuilder)) -> Screen {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
    command.args(["watch", "-s", "nats://127.0.0.1:1"]);
    let mut screen = Screen::spawn_with(command, prepare);
    screen.wait_for_bytes(ENTER, 1);
    screen.wait_for("Messages");
    screen
}

/// What terminals send that is no key, and what is left of it when a connection is cut.
const STRANGE: &[&[u8]] = &[
    b"\x1b[?2026;2$y",
    b"\x1b[?62;1;",
    b"\x1b[<0;1;",
    b"\x1b[200~",
    b"\x1b[200~some text",
    b"\x1b]0;a title",
    b"\x1bP+r",
    b"\x1b_Gi=1;",
    b"\x1b[M",
    b"\x1bO",
    b"\x1b[",
    b"\x1b",
    b"\xf0\x9f",
    b"\xff\xfe\x9b",
    b"\x1b[>0;276;0c\x1b[?1;2c",
];

#[test]
fn twenty_thousand_keys_at_once_keep_no_ctrl_c_waiting() {
    let line = "x".repeat(20_000);
    for (keys, what) in [
        ("j".repeat(20_000), "a list"),
        (format!("f{line}"), "a prompt"),
        (format!("{line}\x1b[200~{line}\x1b[201~"), "a paste"),
    ] {
        let mut screen = watch();
        let started = Instant::now();
        screen.type_keys(&keys);
        screen.type_keys("\x03");
        assert_eq!(screen.code(), 0, "{what}");
        let took = started.elapsed();
        eprintln!("20,000 keys into {what}, then Ctrl+C: {took:?}");
        // A second at most on an idle machine.
        assert!(took < Duration::from_secs(10), "{what}: {took:?}");
        screen.assert_restored();
    }
}

#[test]
fn of_a_burst_of_keys_none_is_lost() {
    let mut screen = watch();
    screen.type_keys(&"j".repeat(3_000));
    screen.type_keys("?");
    screen.wait_for("╭ Keys ─");
    screen.type_keys("q");
    screen.type_keys(&format!("f{}", "x".repeat(3_000)));
    screen.type_keys("the end");
    screen.wait_for("…xxx");
    screen.wait_for("xthe end");
    screen.type_keys("\x03");
    assert_eq!(screen.code(), 0);
}

#[test]
fn whatever_came_before_keys_work() {
    let mut screen = watch();
    let title = [&b"\x1b]0;"[..], &vec![b'x'; 200_000]].concat();
    for strange in STRANGE.iter().copied().chain([&title[..]]) {
        screen.type_bytes(strange);
        screen.press_until("f", " Filter ");
        screen.type_keys("\x15\r");
        while screen.shows(" Filter ") {
            screen.settle();
        }
    }
    screen.type_keys("\x03");
    assert_eq!(screen.code(), 0);
    screen.assert_restored();
}

#[test]
fn whatever_came_before_ctrl_c_ends_it() {
    for strange in STRANGE {
        let mut screen = watch();
        screen.type_bytes(&[strange, &b"\x03"[..]].concat());
        assert_eq!(screen.code(), 0, "{strange:?}");
        screen.assert_restored();
    }
}

/// The answer comes late, in parts, or among keys.
#[test]
fn the_terminals_answer_is_no_key() {
    for answer in [
        &[&b"\x1b[?62;4;22c"[..]][..],
        &[b"\x1b[?6", b"2;4c"],
        &[b"j\x1b[?62ck"],
    ] {
        let mut screen = watch_with(|command| command.env("TERM", "foreign-terminal"));
        for part in answer {
            screen.type_bytes(part);
        }
        screen.press_until("f", " Filter ");
        screen.type_keys("\x03");
        assert_eq!(screen.code(), 0);
    }
}

#[test]
fn a_paste_too_large_is_cut_and_said() {
    let mut screen = watch();
    screen.type_keys("f");
    screen.wait_for(" Filter ");
    screen.type_keys(&format!("\x1b[200~{}\x1b[201~", "y".repeat(200_000)));
    screen.wait_for("Only the first 65.5 kB of what was pasted were taken.");
    screen.type_keys("\x03");
    assert_eq!(screen.code(), 0);
}
