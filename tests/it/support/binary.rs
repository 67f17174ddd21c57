//! The built binary as the tests run it: a clean environment, a folder of its own, waits that name what they wait for.

use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// How long anything may take before the test says that it never came.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// Variables of the person who runs the tests that would change what the binary does.
pub const FOREIGN: &[&str] = &[
    "NATS_URL",
    "NATS_USER",
    "NATS_PASSWORD",
    "NATS_TOKEN",
    "NATSBRIDGE_FILESERVER_URL",
    "NATSBRIDGE_FILESERVER_TOKEN",
    "NATS_CONTEXT",
    "NATS_CREDS",
    "NATS_NKEY",
    "NATS_CERT",
    "NATS_KEY",
    "NATS_CA",
    "NATS_TIMEOUT",
    "NATSBRIDGE_UPLOAD_TOKEN",
    "NATSBRIDGE_LOG",
    "NATSBRIDGE_LOG_FILE",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "TMUX",
    "NO_COLOR",
    "CLICOLOR_FORCE",
];

/// A home of settings and contexts that holds none: the person's selected context is not the test's.
pub const NOWHERE: &str = "/nowhere/natsbridge-test";

/// What a finished run left.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The binary, not yet started.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_natsbridge"));
    command.args(args).stdin(Stdio::null());
    for name in FOREIGN {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", NOWHERE);
    // Nothing can be remembered there, not even by root.
    command.env("XDG_STATE_HOME", "/dev/null");
    command
}

/// Runs it to its end.
pub fn natsbridge(args: &[&str]) -> Run {
    finish(&mut command(args))
}

/// Runs a command to its end.
pub fn finish(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// What another program writes to its output; it has to end well.
pub fn finish_bytes(program: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(args).output().unwrap();
    assert!(output.status.success(), "{program} {args:?}: {output:?}");
    output.stdout
}

/// The lines of a stream as they come.
pub struct Lines(Receiver<String>);

impl Lines {
    pub fn of(stream: impl Read + Send + 'static) -> Self {
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self(lines)
    }

    /// The next line, `None` at the end.
    pub fn next(&self, what: &str) -> Option<String> {
        match self.0.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(mpsc::RecvTimeoutError::Disconnected) => None,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{what} never came"),
        }
    }

    /// The first line that holds `text`.
    pub fn wait_for(&self, text: &str) -> String {
        let mut seen = Vec::new();
        while let Some(line) = self.next(text) {
            if line.contains(text) {
                return line;
            }
            seen.push(line);
        }
        panic!("{text:?} never came; there was:\n{}", seen.join("\n"));
    }

    /// All further lines.
    pub fn rest(&self, what: &str) -> Vec<String> {
        std::iter::from_fn(|| self.next(what)).collect()
    }
}

/// A process that ends with the test.
pub struct Running(pub Child);

impl Running {
    /// Starts it with its outputs piped and no input.
    pub fn start(command: &mut Command) -> Self {
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }
}

#[cfg(target_os = "linux")]
impl Running {
    /// The most memory that it has had, in KiB.
    pub fn peak_memory(&self) -> u64 {
        self.memory_so_far().unwrap()
    }

    /// The same, until it has ended.
    pub fn peak_until_end(&mut self) -> u64 {
        let (started, mut most) = (Instant::now(), 0);
        while self.0.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < PATIENCE, "it does not end");
            most = self.memory_so_far().unwrap_or(most);
            std::thread::sleep(Duration::from_millis(2));
        }
        most
    }

    /// `None` once it has ended.
    fn memory_so_far(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        peak.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // In order where it can, so that it clears away what it made; it may also have ended by itself.
        #[cfg(unix)]
        end_in_order(&mut self.0);
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks a process to end and gives it some time for it.
#[cfg(unix)]
fn end_in_order(process: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process};
    let asked = i32::try_from(process.id()).ok().and_then(Pid::from_raw);
    if !matches!(process.try_wait(), Ok(None))
        || asked.is_none_or(|pid| kill_process(pid, Signal::TERM).is_err())
    {
        return;
    }
    let start = Instant::now();
    while matches!(process.try_wait(), Ok(None)) && start.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A running program with both its outputs.
pub struct Peer {
    pub process: Running,
    pub out: Lines,
    pub err: Lines,
}

impl Peer {
    pub fn start(command: &mut Command) -> Self {
        Self::of(Running::start(command))
    }

    /// That of a process whose outputs are piped.
    pub fn of(mut process: Running) -> Self {
        Self {
            out: Lines::of(process.0.stdout.take().unwrap()),
            err: Lines::of(process.0.stderr.take().unwrap()),
            process,
        }
    }

    /// Its exit code, once it has closed its output.
    pub fn code(mut self) -> Option<i32> {
        self.out.rest("the end of the output");
        self.process.0.wait().unwrap().code()
    }
}

/// A folder that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("natsbridge-it-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file and returns `@PATH`.
    pub fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        format!("@{}", path.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A leftover folder in the temporary place is no reason to fail.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// In hexadecimal digits.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// The name by which the test binary knows the test `name` of the module whose `module_path!()` is given.
pub fn own_name(module: &str, name: &str) -> String {
    let (_, path) = module.split_once("::").unwrap_or_default();
    format!("{path}::{name}")
}
