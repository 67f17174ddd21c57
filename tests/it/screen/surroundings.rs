//! The workbench among other programs of the machine: no broker, a clipboard, people who watch.

use crate::support::binary::Folder;
use crate::support::pty::Screen;
use portable_pty::CommandBuilder;

#[test]
fn without_a_broker_the_first_screen_says_why_and_what_needs_none() {
    let mut screen = Screen::start(&["watch", "-s", "nats://127.0.0.1:1"]);
    screen.wait_for("natsbridge demo brings its own server");
    let shown = screen.contents();
    assert!(
        shown.contains("127.0.0.1:1") && shown.contains("nothing is listening"),
        "{shown}"
    );
    assert!(
        !shown.contains("Welcome"),
        "the welcome waits for a broker:\n{shown}"
    );
    screen.type_keys("\x03");
}

#[test]
fn keys_are_shown_to_those_who_watch() {
    let mut screen = Screen::start(&["demo", "--show-keys"]);
    screen.wait_for("received");
    screen.type_keys("\x0c");
    screen.wait_for("Ctrl+L");
    screen.type_keys("\x03");
}

/// With a program of the desktop that takes the text, and without one.
#[cfg(unix)]
#[test]
fn a_copy_is_told_as_what_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let (program, taken) = (folder.path().join("xclip"), folder.path().join("taken"));
    std::fs::write(&program, format!("#!/bin/sh\ncat > {}\n", taken.display())).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    for (display, told) in [(":9", "with xclip"), ("", "terminal's clipboard (OSC 52)")] {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
        command.args(["demo"]);
        let mut screen = Screen::spawn_with(command, |command| {
            let path = format!("{}:/usr/bin:/bin", folder.path().display());
            command.env("PATH", path);
            command.env("DISPLAY", display);
            for name in ["WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY", "TMUX"] {
                command.env_remove(name);
            }
        });
        screen.wait_for("╭ Inspector ─ no.");
        screen.type_keys(" Y");
        screen.wait_for(told);
        assert!(
            screen.raw.contains("\x1b]52;c;"),
            "the terminal is asked all the same"
        );
        screen.type_keys("\x03");
    }
    assert!(std::fs::metadata(&taken).unwrap().len() > 0);
}
