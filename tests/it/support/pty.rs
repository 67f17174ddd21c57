//! A program on a pseudo-terminal: what it writes, what it shows, how it ends.

use crate::support::binary::{FOREIGN, PATIENCE};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

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
    /// Everything that it wrote so far, as text and as it came.
    pub raw: String,
    pub bytes: Vec<u8>,
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
    pub fn spawn_with(command: CommandBuilder, prepare: impl FnOnce(&mut CommandBuilder)) -> Self {
        Self::spawn_sized(command, (100, 30), prepare)
    }

    /// As [`Screen::spawn_with`] on a terminal of so many columns and rows.
    pub fn spawn_sized(
        mut command: CommandBuilder,
        (cols, rows): (u16, u16),
        prepare: impl FnOnce(&mut CommandBuilder),
    ) -> Self {
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("XDG_STATE_HOME", "/dev/null");
        prepare(&mut command);
        // Else it is the home, which need not exist.
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        let size = size_of((cols, rows));
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
            parser: parser((cols, rows)),
            raw: String::new(),
            bytes: Vec::new(),
            termios_before,
        }
    }

    /// Takes the next output in; false at its end.
    fn read(&mut self, what: &str) -> bool {
        match self.read_within(PATIENCE) {
            Ok(()) => true,
            Err(mpsc::RecvTimeoutError::Disconnected) => false,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!(
                    "{what} never came; the screen shows:\n{}",
                    self.parser.screen().contents()
                )
            }
        }
    }

    /// Takes the next output in, if some comes within a time.
    fn read_within(&mut self, patience: Duration) -> Result<(), mpsc::RecvTimeoutError> {
        if let Some(ask) = &self.ask {
            // The thread is gone once the output has ended.
            let _ = ask.send(());
        }
        let chunk = self.chunks.recv_timeout(patience)?;
        self.parser.process(&chunk);
        self.bytes.extend_from_slice(&chunk);
        self.raw.push_str(&String::from_utf8_lossy(&chunk));
        Ok(())
    }

    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contains(text));
    }

    pub fn wait_for_bytes(&mut self, bytes: &str, times: usize) {
        while self.raw.matches(bytes).count() < times {
            let more = self.read(bytes);
            assert!(more, "the program ended before {bytes:?}");
        }
    }

    pub fn type_keys(&mut self, keys: &str) {
        self.type_bytes(keys.as_bytes());
    }

    pub fn type_bytes(&mut self, bytes: &[u8]) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(bytes).unwrap();
        writer.flush().unwrap();
    }

    /// Presses a key again and again, as a person does, until the screen shows a text.
    pub fn press_until(&mut self, key: &str, text: &str) {
        let started = Instant::now();
        while !self.shows(text) {
            assert!(
                started.elapsed() < PATIENCE,
                "{text:?} never came:\n{}",
                self.contents()
            );
            self.type_keys(key);
            let pressed = Instant::now();
            while !self.shows(text) && pressed.elapsed() < Duration::from_secs(1) {
                let ended = self.read_within(Duration::from_millis(200));
                assert_ne!(
                    ended,
                    Err(mpsc::RecvTimeoutError::Disconnected),
                    "ended before {text:?}"
                );
            }
        }
    }

    /// Takes in what output there is.
    pub fn take_in(&mut self) {
        while self.read_within(Duration::from_millis(1)).is_ok() {}
    }

    /// Takes in all output until none comes for a while.
    pub fn settle(&mut self) {
        while self.read_within(Duration::from_millis(300)).is_ok() {}
    }

    pub fn contents(&self) -> String {
        self.parser.screen().contents()
    }

    pub fn shows(&self, text: &str) -> bool {
        self.contents().contains(text)
    }

    /// Makes the terminal another size.
    pub fn resize(&mut self, (cols, rows): (u16, u16)) {
        self.parser = parser((cols, rows));
        self.master
            .as_ref()
            .unwrap()
            .resize(size_of((cols, rows)))
            .unwrap();
    }

    /// Waits until the program does nothing any more: it has worked off what it was given, or hangs.
    pub fn wait_until_idle(&self) {
        let (started, mut last, mut still) = (Instant::now(), None, 0);
        while still < 5 {
            assert!(started.elapsed() < PATIENCE, "the program never rests");
            thread::park_timeout(Duration::from_millis(60));
            let spent = Some(self.cpu_time());
            still = if spent == last { still + 1 } else { 0 };
            last = spent;
        }
    }

    /// The time that the processors have spent on it.
    pub fn cpu_time(&self) -> Duration {
        // Nothing once it has ended.
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks = fields.split_whitespace().skip(11).take(2);
        // A tick is 10 ms wherever Linux runs today.
        Duration::from_millis(ticks.map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum())
    }

    /// The most memory that it has used so far, in MiB.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    /// Waits until the screen shows what is wanted.
    pub fn wait_until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let started = Instant::now();
        while !wanted(&self.parser.screen().contents()) {
            // A screen that goes on moving must not be waited for for ever.
            assert!(
                started.elapsed() < PATIENCE,
                "{what} never came:\n{}",
                self.contents()
            );
            let more = self.read(what);
            assert!(more, "the program ended before {what}:\n{}", self.raw);
        }
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

    /// Takes the terminal away; gives the code that the program ends with once it has noticed, and the time that the processors
    /// have spent on it until then.
    pub fn vanish(&mut self) -> (u32, Duration) {
        let before = self.cpu_time();
        let mut last = before;
        self.ask = None;
        self.writer = None;
        self.master = None;
        let started = Instant::now();
        loop {
            assert!(
                started.elapsed() < PATIENCE,
                "the program never notices that its terminal is gone"
            );
            if let Ok(status) = self.ended.recv_timeout(Duration::from_millis(20)) {
                return (status.exit_code(), last.checked_sub(before).unwrap());
            }
            last = self.cpu_time().max(last);
        }
    }

    /// The exit code of a program whose output nobody reads.
    pub fn ended(&mut self) -> u32 {
        let ended = self.ended.recv_timeout(PATIENCE);
        ended.expect("the program ends").exit_code()
    }
}

fn size_of((cols, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// What a terminal of that size shows; of an immense one, a part, and of a tiny one more than there is.
fn parser((cols, rows): (u16, u16)) -> vt100::Parser {
    vt100::Parser::new(rows.clamp(5, 500), cols.clamp(40, 1000), 0)
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
