//! The workbench on a pseudo-terminal: it starts, and whatever ends it, the terminal is as it was before.

use crate::support::binary::{Folder, own_name};
use crate::support::pty::{ENTER, LEAVE, Screen};
use natsbridge_ui::{PanicPolicy, Screen as _, Terminal, install_panic_hook};
use portable_pty::CommandBuilder;
use rustix::process::Signal;
use std::io::Read;
use std::thread;

/// A workbench without a broker: it has to start and end all the same.
fn watch() -> Screen {
    let mut screen = Screen::start(&["watch", "-s", "nats://127.0.0.1:1"]);
    screen.wait_for_bytes(ENTER, 1);
    screen.wait_for_bytes("\x1b[?25l", 1);
    screen
}

#[test]
fn quit_keys_end_with_0_and_restore() {
    for keys in ["q", "\x03"] {
        let mut screen = watch();
        screen.type_keys(keys);
        assert_eq!(screen.code(), 0, "{keys:?}");
        screen.assert_restored();
    }
}

#[test]
fn signals_end_with_their_code_and_restore() {
    for (signal, code) in [
        (Signal::TERM, 143),
        (Signal::INT, 130),
        (Signal::HUP, 129),
        (Signal::QUIT, 131),
    ] {
        let mut screen = watch();
        screen.signal(signal);
        assert_eq!(screen.code(), code, "{signal:?}");
        screen.assert_restored();
    }
}

#[test]
fn a_second_signal_ends_at_once_and_restores() {
    let mut screen = watch();
    screen.signal(Signal::TERM);
    screen.signal(Signal::INT);
    let code = screen.code();
    assert!(code == 130 || code == 143, "{code}");
    screen.assert_restored();
}

#[test]
fn the_demo_shows_traffic_and_quits() {
    let mut screen = Screen::start(&["demo"]);
    screen.wait_for("Messages");
    screen.wait_for("/chat/");
    screen.type_keys("q");
    assert_eq!(screen.code(), 0);
    screen.assert_restored();
}

#[test]
fn the_demo_ends_by_itself() {
    let mut screen = Screen::start(&["demo", "--seconds", "1"]);
    assert_eq!(screen.code(), 0);
    screen.assert_restored();
}

#[test]
#[cfg(target_os = "linux")]
fn suspending_gives_the_terminal_back_and_continuing_takes_it_again() {
    let mut screen = watch();
    for round in 1..=5 {
        if round % 2 == 1 {
            screen.type_keys("\x1a");
        } else {
            screen.signal(Signal::TSTP);
        }
        screen.wait_for_bytes(LEAVE, round);
        screen.wait_until_stopped();
        screen.assert_line_settings(&format!("round {round}"));
        screen.signal(Signal::CONT);
        screen.wait_for_bytes(ENTER, round + 1);
    }
    screen.type_keys("q");
    assert_eq!(screen.code(), 0);
    assert!(!screen.is_alternate());
}

#[test]
fn a_terminal_that_is_gone_ends_the_program_with_hup_and_without() {
    for session_leader in [true, false] {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
        command.args(["watch", "-s", "nats://127.0.0.1:1"]);
        // Without a controlling terminal no SIGHUP comes: the watchdog alone has to notice.
        command.set_controlling_tty(session_leader);
        let mut screen = Screen::spawn(command);
        screen.wait_for_bytes("\x1b[?25l", 1);
        assert_eq!(screen.vanish(), 129, "session leader: {session_leader}");
    }
}

#[test]
fn a_panic_restores_the_terminal_and_leaves_a_report() {
    // The test is its own child: the panic has to happen in a process with a terminal to lose.
    const CHILD: &str = "NATSBRIDGE_TEST_PANICKING_CHILD";
    if std::env::var_os(CHILD).is_some() {
        panic_on_screen();
    }
    let folder = Folder::new();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    let own = own_name(
        module_path!(),
        "a_panic_restores_the_terminal_and_leaves_a_report",
    );
    command.args([&own, "--exact", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, "1");
    let state = folder.path().to_owned();
    let mut screen = Screen::spawn_with(command, |command| command.env("XDG_STATE_HOME", state));
    screen.wait_for("the worker's panic left the screen alone");
    assert!(screen.is_alternate());
    screen.type_keys("go\n");
    assert_ne!(screen.code(), 0);
    screen.assert_restored();
    let reports: Vec<_> = std::fs::read_dir(folder.path().join("natsbridge"))
        .unwrap()
        .collect();
    assert_eq!(reports.len(), 1, "one report, of the screen's panic only");
    let report = std::fs::read_to_string(reports[0].as_ref().unwrap().path()).unwrap();
    assert!(
        report.contains("nats://…@host") && !report.contains("S3CRET"),
        "{report}"
    );
    assert!(report.contains(file!()), "it says where: {report}");
}

fn panic_on_screen() -> ! {
    install_panic_hook(PanicPolicy::default());
    let mut terminal = Terminal::enter(true).unwrap();
    assert!(thread::spawn(|| panic!("a worker")).join().is_err());
    let text = "the worker's panic left the screen alone";
    terminal
        .draw(&mut |frame| frame.render_widget(text, frame.area()))
        .unwrap();
    // Raw mode: the first byte comes without a line end.
    std::io::stdin().read_exact(&mut [0]).unwrap();
    panic!("the screen, at nats://u:S3CRET@host");
}
