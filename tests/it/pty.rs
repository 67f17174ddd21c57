//! The workbench on a pseudo-terminal: it starts, and whatever ends it, the terminal is as it was before.

use crate::binary::{FOREIGN, Folder, PATIENCE};
use natsbridge::ui::{PanicPolicy, Terminal, install_panic_hook};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

/// What the product writes to leave the screen.
const LEAVE: &str = "\x1b[?1049l";
const ENTER: &str = "\x1b[?1049h";

/// A program on a terminal that is 100 × 30.
pub struct Screen {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    pid: i32,
    ended: Receiver<ExitStatus>,
    /// Asks the reading thread for the next chunk; it holds no terminal open between asks once this is dropped.
    ask: Option<Sender<()>>,
    chunks: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// Everything that it wrote so far.
    pub raw: String,
    termios_before: String,
}

impl Screen {
    fn start(args: &[&str]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
        command.args(args);
        Self::spawn(command)
    }

    pub fn spawn(command: CommandBuilder) -> Self {
        Self::spawn_with(command, |_| {})
    }

    /// As [`Screen::spawn`]; `prepare` has the last word on the environment.
    pub fn spawn_with(mut command: CommandBuilder, prepare: impl FnOnce(&mut CommandBuilder)) -> Self {
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("XDG_STATE_HOME", "/dev/null");
        prepare(&mut command);
        // Else it is the home, which need not exist.
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        let size = PtySize {
            rows: 30,
            cols: 100,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let termios_before = termios(pair.master.as_ref());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let pid = i32::try_from(child.process_id().unwrap()).unwrap();
        let (ask, chunks) = reading(pair.master.try_clone_reader().unwrap());
        Self {
            writer: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            pid,
            ended: waiting(child),
            ask: Some(ask),
            chunks,
            parser: vt100::Parser::new(size.rows, size.cols, 0),
            raw: String::new(),
            termios_before,
        }
    }

    /// Takes the next output in; false at its end.
    fn read(&mut self, what: &str) -> bool {
        if let Some(ask) = &self.ask {
            // The thread is gone once the output has ended.
            let _ = ask.send(());
        }
        match self.chunks.recv_timeout(PATIENCE) {
            Ok(chunk) => {
                self.parser.process(&chunk);
                self.raw.push_str(&String::from_utf8_lossy(&chunk));
                true
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => false,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!(
                    "{what} never came; the screen shows:\n{}",
                    self.parser.screen().contents()
                )
            }
        }
    }

    pub fn wait_for(&mut self, text: &str) {
        while !self.parser.screen().contents().contains(text) {
            let more = self.read(text);
            assert!(more, "the program ended before {text:?}:\n{}", self.raw);
        }
    }

    fn wait_for_bytes(&mut self, bytes: &str, times: usize) {
        while self.raw.matches(bytes).count() < times {
            let more = self.read(bytes);
            assert!(more, "the program ended before {bytes:?}");
        }
    }

    pub fn type_keys(&mut self, keys: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.pid).unwrap(), signal).unwrap();
    }

    /// Waits until the kernel reports the process as stopped.
    fn wait_until_stopped(&self) {
        let stat = format!("/proc/{}/stat", self.pid);
        let stopped = || std::fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") T "));
        let started = std::time::Instant::now();
        while !stopped() {
            assert!(started.elapsed() < PATIENCE, "the process never stopped");
            thread::park_timeout(std::time::Duration::from_millis(2));
        }
    }

    /// The exit code, after all output has been taken in.
    pub fn code(&mut self) -> u32 {
        while self.read("the end of the program") {}
        self.ended
            .recv_timeout(PATIENCE)
            .expect("the program ends")
            .exit_code()
    }

    fn assert_restored(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "left on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is on");
        assert_eq!(
            screen.mouse_protocol_mode(),
            vt100::MouseProtocolMode::None,
            "the mouse is taken"
        );
        assert_eq!(
            self.raw.matches(LEAVE).count(),
            self.raw.matches(ENTER).count(),
            "left as often as entered"
        );
        assert_eq!(
            termios(self.master.as_deref().unwrap()),
            self.termios_before,
            "line settings"
        );
    }
}

fn termios(master: &(dyn MasterPty + Send)) -> String {
    format!("{:?}", master.get_termios())
}

/// Reads one chunk per ask, so that the terminal can be closed between two.
fn reading(mut reader: Box<dyn Read + Send>) -> (Sender<()>, Receiver<Vec<u8>>) {
    let (ask, asked) = mpsc::channel();
    let (give, chunks) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while asked.recv().is_ok() {
            match reader.read(&mut buffer) {
                Ok(0) | Err(_) => return,
                Ok(length) => {
                    if give.send(buffer[..length].to_vec()).is_err() {
                        return;
                    }
                }
            }
        }
    });
    (ask, chunks)
}

fn waiting(mut child: Box<dyn Child + Send + Sync>) -> Receiver<ExitStatus> {
    let (ended, receiver) = mpsc::channel();
    thread::spawn(move || {
        if let Ok(status) = child.wait() {
            // The test may have given up.
            let _ = ended.send(status);
        }
    });
    receiver
}

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
        assert_eq!(
            termios(screen.master.as_deref().unwrap()),
            screen.termios_before,
            "round {round}"
        );
        screen.signal(Signal::CONT);
        screen.wait_for_bytes(ENTER, round + 1);
    }
    screen.type_keys("q");
    assert_eq!(screen.code(), 0);
    assert!(!screen.parser.screen().alternate_screen());
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
        screen.ask = None;
        screen.writer = None;
        screen.master = None;
        let status = screen
            .ended
            .recv_timeout(PATIENCE)
            .expect("the program notices that its terminal is gone");
        assert_eq!(status.exit_code(), 129, "session leader: {session_leader}");
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
    command.args([
        "pty::a_panic_restores_the_terminal_and_leaves_a_report",
        "--exact",
        "--nocapture",
        "--test-threads=1",
    ]);
    command.env(CHILD, "1");
    let state = folder.path().to_owned();
    let mut screen = Screen::spawn_with(command, |command| command.env("XDG_STATE_HOME", state));
    screen.wait_for("the worker's panic left the screen alone");
    assert!(screen.parser.screen().alternate_screen());
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
    assert!(report.contains("pty.rs"), "it says where: {report}");
}

fn panic_on_screen() -> ! {
    install_panic_hook(PanicPolicy::default());
    let mut terminal = Terminal::enter(true).unwrap();
    assert!(thread::spawn(|| panic!("a worker")).join().is_err());
    let text = "the worker's panic left the screen alone";
    terminal
        .screen()
        .draw(|frame| frame.render_widget(text, frame.area()))
        .unwrap();
    // Raw mode: the first byte comes without a line end.
    std::io::stdin().read_exact(&mut [0]).unwrap();
    panic!("the screen, at nats://u:S3CRET@host");
}
