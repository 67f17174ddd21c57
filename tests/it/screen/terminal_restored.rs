//! The workbench on a pseudo-terminal: it starts, and whatever ends it, the terminal is as it was before.

use crate::support::binary::{Folder, own_name};
use crate::support::pty::{ENTER, LEAVE, Screen};
use crate::support::servers::nats_server;
use natsbridge_ui::{PanicPolicy, Screen as _, Terminal, install_panic_hook};
use natsbridge_wire::Limits;
use portable_pty::CommandBuilder;
use rustix::process::Signal;
use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

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

/// Signals, and the codes that they end it with.
const SIGNALS: [(Signal, u32); 4] = [
    (Signal::TERM, 143),
    (Signal::INT, 130),
    (Signal::HUP, 129),
    (Signal::QUIT, 131),
];

/// It ends with that code, soon, and the terminal is as before.
fn ends(screen: &mut Screen, code: u32, what: &str) {
    let started = Instant::now();
    assert_eq!(screen.code(), code, "{what}");
    // Five seconds, and what a busy machine adds to it.
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{what}: {:?}",
        started.elapsed()
    );
    screen.assert_restored();
}

/// Row 53, while nothing happens.
#[test]
fn signals_end_with_their_code_and_restore() {
    for (signal, code) in SIGNALS {
        let mut screen = watch();
        screen.signal(signal);
        ends(&mut screen, code, &format!("{signal:?}"));
    }
}

/// Row 53, while messages come, a prompt is open and keys are typed.
#[test]
fn signals_in_the_midst_of_work_end_with_their_code_and_restore() {
    for (signal, code) in SIGNALS {
        let mut screen = Screen::start(&["demo"]);
        screen.wait_for("/chat/");
        screen.type_keys("f");
        screen.wait_for(" Filter ");
        screen.type_keys(&"x".repeat(2_000));
        screen.signal(signal);
        ends(&mut screen, code, &format!("{signal:?}"));
    }
}

/// Row 53, while the terminal takes no byte: it was left in raw mode then, and with a hidden cursor on another screen.
#[test]
fn signals_restore_a_terminal_that_takes_no_output() {
    for (signal, code) in SIGNALS {
        let mut screen = Screen::start(&["demo"]);
        screen.wait_for("/chat/");
        screen.type_keys(&"?q".repeat(2_000));
        screen.wait_until_idle();
        let started = Instant::now();
        screen.signal(signal);
        assert_eq!(screen.ended(), code, "{signal:?}");
        let took = started.elapsed();
        assert!(took < Duration::from_secs(10), "{signal:?}: {took:?}");
        eprintln!("{signal:?} with a terminal that takes no output: ended after {took:?}");
        screen.assert_line_settings("after the signal");
        screen.settle();
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

/// Row 52.
#[test]
#[cfg(target_os = "linux")]
fn suspending_gives_the_terminal_back_and_continuing_takes_it_again() {
    let Some(server) = nats_server() else { return };
    let mut screen = Screen::start(&["watch", "-s", &server.url()]);
    screen.wait_for("● nats://");
    let mut publisher = server.raw();
    for round in 1..=20 {
        if round % 2 == 1 {
            screen.type_keys("\x1a");
        } else {
            screen.signal(Signal::TSTP);
        }
        screen.wait_for_bytes(LEAVE, round);
        screen.wait_until_stopped();
        screen.assert_line_settings(&format!("round {round}"));
        // What comes meanwhile waits, and is there afterwards.
        publisher.publish("while.stopped", b"x");
        screen.signal(Signal::CONT);
        screen.wait_for_bytes(ENTER, round + 1);
        screen.wait_for(&format!("received {round} "));
    }
    screen.type_keys("q");
    assert_eq!(screen.code(), 0);
    assert!(!screen.is_alternate());
}

/// Row 55.
#[test]
fn a_terminal_that_is_gone_ends_the_program_with_hup_and_without() {
    for session_leader in [true, false] {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
        command.args(["watch", "-s", "nats://127.0.0.1:1"]);
        // Without a controlling terminal no SIGHUP comes: the watchdog alone has to notice.
        command.set_controlling_tty(session_leader);
        let mut screen = Screen::spawn(command);
        screen.wait_for_bytes("\x1b[?25l", 1);
        let started = Instant::now();
        let (code, spent) = screen.vanish();
        let took = started.elapsed();
        assert_eq!(code, 129, "session leader: {session_leader}");
        eprintln!("gone: ended after {took:?}, having spent {spent:?}");
        // Two seconds at most on an idle machine, and 5 % of them.
        assert!(took < Duration::from_secs(6), "{took:?}");
        assert!(spent < Duration::from_millis(500), "{spent:?}");
    }
}

/// When the screen panics.
const MOMENTS: [&str; 5] = [
    "before the first frame",
    "between two frames",
    "while it draws",
    "after a text was copied",
    "while another program has the terminal",
];

/// Row 54: of workers and of decoders five each, and then one of the screen, at five moments.
#[test]
fn a_panic_restores_the_terminal_and_leaves_a_report() {
    // The test is its own child: the panic has to happen in a process with a terminal to lose.
    const CHILD: &str = "NATSBRIDGE_TEST_PANICKING_CHILD";
    if let Ok(moment) = std::env::var(CHILD) {
        panic_on_screen(&moment);
    }
    let own = own_name(
        module_path!(),
        "a_panic_restores_the_terminal_and_leaves_a_report",
    );
    let panics = |moment: &str| {
        let folder = Folder::new();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args([&own, "--exact", "--nocapture", "--test-threads=1"]);
        command.env(CHILD, moment);
        let state = folder.path().to_owned();
        let mut screen = Screen::spawn_with(command, |command| command.env("XDG_STATE_HOME", state));
        screen.wait_for_bytes("\x1b[?25l", 1);
        if moment != MOMENTS[0] {
            screen.wait_for_bytes(LEFT_ALONE, 1);
        }
        if moment == MOMENTS[4] {
            screen.wait_for_bytes(LEAVE, 1);
        } else {
            assert!(screen.is_alternate(), "{moment}");
        }
        folder.file(GO, b"");
        assert_ne!(screen.code(), 0, "{moment}");
        screen.assert_restored();
        let reports: Vec<_> = std::fs::read_dir(folder.path().join("natsbridge"))
            .unwrap()
            .collect();
        assert_eq!(
            reports.len(),
            1,
            "{moment}: one report, of the screen's panic only"
        );
        let report = std::fs::read_to_string(reports[0].as_ref().unwrap().path()).unwrap();
        assert!(
            report.contains("nats://…@host") && !report.contains("S3CRET"),
            "{moment}: {report}"
        );
        assert!(report.contains(file!()), "it says where: {report}");
    };
    thread::scope(|scope| {
        for moment in MOMENTS {
            let panics = &panics;
            scope.spawn(move || panics(moment));
        }
    });
}

/// The file that the screen's panic waits for: keys are taken by the thread that reads them.
const GO: &str = "go";

/// In one piece, as a terminal gets it.
const LEFT_ALONE: &str = "left-alone";

thread_local! {
    /// Whether a panic is one of a decoder, which becomes a finding.
    static DECODES: Cell<bool> = const { Cell::new(false) };
}

fn panic_on_screen(moment: &str) -> ! {
    install_panic_hook(PanicPolicy {
        expected: || DECODES.get(),
        ..PanicPolicy::default()
    });
    let mut terminal = Terminal::enter(true, &Limits::default()).unwrap();
    for _ in 0..5 {
        assert!(thread::spawn(|| panic!("a worker")).join().is_err());
        DECODES.set(true);
        assert!(std::panic::catch_unwind(|| panic!("a decoder")).is_err());
        DECODES.set(false);
    }
    let fails = || -> ! { panic!("the screen, at nats://u:S3CRET@host") };
    let go = std::path::PathBuf::from(std::env::var_os("XDG_STATE_HOME").unwrap()).join(GO);
    let wait = || {
        while !go.exists() {
            thread::park_timeout(Duration::from_millis(10));
        }
    };
    if moment == MOMENTS[0] {
        wait();
        fails();
    }
    terminal
        .draw(&mut |frame| frame.render_widget(LEFT_ALONE, frame.area()))
        .unwrap();
    match MOMENTS.iter().position(|known| *known == moment) {
        Some(2) => {
            wait();
            terminal.draw(&mut |_| fails()).unwrap();
        }
        Some(3) => terminal.copy("some text").unwrap(),
        Some(4) => terminal.lend().unwrap(),
        _ => {}
    }
    wait();
    fails()
}
