//! A program on a pseudo-terminal: what it writes, what it shows, how it ends.

use crate::support::binary::{FOREIGN, PATIENCE};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

/// What the product writes to leave the screen.
pub const LEAVE: &str = "\x1b[?1049l";
/// And to enter it.
pub const ENTER: &str = "\x1b[?1049h";

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
    /// The product.
    pub fn start(args: &[&str]) -> Self {
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

    pub fn wait_for_bytes(&mut self, bytes: &str, times: usize) {
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

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.pid).unwrap(), signal).unwrap();
    }

    /// Waits until the kernel reports the process as stopped.
    pub fn wait_until_stopped(&self) {
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

    pub fn assert_restored(&self) {
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
        self.assert_line_settings("at the end");
    }

    /// The line settings are those from before the program.
    pub fn assert_line_settings(&self, when: &str) {
        assert_eq!(
            termios(self.master.as_deref().unwrap()),
            self.termios_before,
            "line settings {when}"
        );
    }

    /// Whether the program is on the alternate screen.
    pub fn is_alternate(&self) -> bool {
        self.parser.screen().alternate_screen()
    }

    /// Takes the terminal away and gives the code that the program ends with once it has noticed.
    pub fn vanish(&mut self) -> u32 {
        self.ask = None;
        self.writer = None;
        self.master = None;
        self.ended
            .recv_timeout(PATIENCE)
            .expect("the program notices that its terminal is gone")
            .exit_code()
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
