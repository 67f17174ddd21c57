//! The workbench on a terminal that takes all that it writes, and what that shows.

use crate::support::binary::{FOREIGN, NOWHERE};
use crate::traffic::Traffic;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long anything may take before it counts as never.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(5);
const SIZE: PtySize = PtySize {
    rows: 30,
    cols: 100,
    pixel_width: 0,
    pixel_height: 0,
};

/// Rows and columns of the largest terminal: what it shows is kept on a screen of that size, of which it has a part.
pub const LARGEST: (u16, u16) = (120, 300);

/// A workbench on its terminal.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<vt100::Parser>>,
    stop: Arc<AtomicBool>,
    memory: JoinHandle<Vec<u64>>,
}

impl Terminal {
    /// Starts it with its settings and state in a folder.
    pub fn start(args: &[&str], home: &Path) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
        command.args(args);
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("HOME", NOWHERE);
        command.env("XDG_CONFIG_HOME", home);
        command.env("XDG_STATE_HOME", home.join("state"));
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        let pair = native_pty_system().openpty(SIZE).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(LARGEST.0, LARGEST.1, 0)));
        let (mut reader, shown) = (pair.master.try_clone_reader().unwrap(), screen.clone());
        thread::spawn(move || {
            let mut buffer = vec![0; 64 << 10];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                shown.lock().unwrap().process(&buffer[..length]);
            }
        });
        let stop = Arc::new(AtomicBool::new(false));
        Self {
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            memory: watch(child.process_id().unwrap(), stop.clone()),
            child,
            screen,
            stop,
        }
    }

    pub fn contents(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    pub fn press(&mut self, keys: &str) {
        // A program that is stopped may leave no room.
        let _ = self.keys.write_all(keys.as_bytes());
        let _ = self.keys.flush();
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    pub fn wait_until_stopped(&mut self) {
        let stat = format!("/proc/{}/stat", self.pid().as_raw_nonzero());
        self.wait("it stops", |_| {
            std::fs::read_to_string(&stat).unwrap().contains(") T ")
        });
    }

    pub fn resize(&self, rows: u16, cols: u16) {
        self.master.resize(PtySize { rows, cols, ..SIZE }).unwrap();
    }

    pub fn resize_back(&self) {
        self.resize(SIZE.rows, SIZE.cols);
    }

    /// Waits until it shows a message that was published from now on and obeys a key; how long that took.
    pub fn wait_until_back(&mut self, traffic: &Traffic) -> Duration {
        let started = Instant::now();
        let next = traffic.next_number();
        // Whatever was done last, the newest messages are looked at.
        self.press("\x1b\x1b2G");
        self.wait("a new message", |terminal| {
            terminal.newest().is_some_and(|shown| shown >= next)
        });
        self.press("?");
        self.wait("the keys that were asked for", |terminal| {
            terminal.contents().contains("Keys")
        });
        self.press("\x1b");
        self.wait("the keys to be gone", |terminal| {
            !terminal.contents().contains("Keys")
        });
        started.elapsed()
    }

    /// The highest number among the messages on the screen.
    fn newest(&self) -> Option<u64> {
        let contents = self.contents();
        let numbers = contents.split("soak.").skip(1);
        numbers
            .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
            .max()
    }

    fn wait(&mut self, what: &str, mut until: impl FnMut(&Self) -> bool) {
        let started = Instant::now();
        while !until(self) {
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "it ended with {ended:?} before {what}:\n{}",
                self.contents()
            );
            assert!(
                started.elapsed() < PATIENCE,
                "{what}: that never came:\n{}",
                self.contents()
            );
            thread::sleep(LOOK);
        }
    }

    /// Quits, which has to be an end in order; its memory, second by second, in KiB.
    pub fn end(&mut self) -> Vec<u64> {
        self.press("q");
        // The recording is under way.
        self.wait("the question", |terminal| terminal.contents().contains("Quit?"));
        self.press("j\r");
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "it does not quit:\n{}",
                self.contents()
            );
            thread::sleep(LOOK);
        };
        assert_eq!(status.exit_code(), 0, "{}", self.contents());
        // Its last words stand where it was started, once all that it wrote has been taken in.
        while !self.contents().contains("lost ") {
            assert!(
                started.elapsed() < PATIENCE,
                "it does not say what it lost:\n{}",
                self.contents()
            );
            thread::sleep(LOOK);
        }
        println!("{}", self.contents().trim());
        self.stop.store(true, Ordering::Relaxed);
        let memory = std::mem::replace(&mut self.memory, thread::spawn(Vec::new));
        memory.join().unwrap()
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.process_id().unwrap()).unwrap()).unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks at the memory of a process every second.
fn watch(pid: u32, stop: Arc<AtomicBool>) -> JoinHandle<Vec<u64>> {
    thread::spawn(move || {
        let mut all = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            all.extend(line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()));
            thread::sleep(Duration::from_secs(1));
        }
        all
    })
}
