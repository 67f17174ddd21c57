//! What one run of the workbench leaves to the next, in a real terminal.

use crate::support::binary::Folder;
use crate::support::servers::nats_server;
use crate::support::tmux::Tmux;
use serde_json::Value;

#[test]
fn the_next_run_looks_as_the_last_and_is_not_welcomed_again() {
    let folder = Folder::new();
    let state = folder.path().join("state");
    let Some(server) = nats_server() else { return };
    let address = server.url();
    let open = || {
        let url = ["watch", "-s", &address];
        Tmux::open_at((120, 40), folder.path(), &url, &state)
    };
    let Some(first) = open() else { return };
    first.wait_for("Welcome to the NATSBridge Workbench");
    // The first key takes it away, and does what it always does.
    first.press(&["?"]);
    first.wait_until("the help in its place", |screen| {
        screen.contains("Keys") && !screen.contains("Welcome")
    });
    first.press(&["Escape"]);
    // A key that comes with Escape would be taken for one that is pressed with Alt.
    first.wait_until("the help to go", |screen| !screen.contains("Keys"));
    first.press(&[":"]);
    first.text("theme gruvbox");
    first.press(&["Enter"]);
    first.press(&["C-w"]);
    first.wait_for("Make the focused pane wider");
    first.press(&["+"]);
    first.wait_until("the hints to go", |screen| {
        !screen.contains("Make the focused pane wider")
    });
    first.press(&["C-c"]);
    first.wait_for_the_end();

    let file = state.join("natsbridge/memory/default.json");
    let read = || serde_json::from_slice::<Value>(&std::fs::read(&file).unwrap()).unwrap();
    let memory = read();
    assert_eq!(memory["theme"], "gruvbox");
    assert_eq!(memory["answers"]["command"][0], "theme gruvbox");
    assert!(memory["panes"]["lower"].is_u64(), "{memory}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }

    let second = open().unwrap();
    let screen = second.wait_for("natsbridge");
    assert!(!screen.contains("Welcome"), "{screen}");
    second.press(&["t"]);
    second.wait_until("the theme of the last run", |screen| {
        screen
            .lines()
            .any(|line| line.contains("▌") && line.contains("gruvbox"))
    });
    second.press(&["C-c"]);
    second.wait_for_the_end();
    assert_eq!(read(), memory);
}
