//! Verbs whose output nobody reads, not even a first byte: a signal ends every one of them within five seconds.
#![cfg(target_os = "linux")]

use crate::support::binary::{Folder, PATIENCE, command};
use crate::support::servers::{RealServer, nats_server};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A pipe that takes no byte more. It is full as long as its reading end is there.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let flags = fcntl_getfl(&writer).unwrap();
    fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
    while writer.write(&[b'.'; 4096]).is_ok() {}
    while writer.write(b".").is_ok() {}
    fcntl_setfl(&writer, flags).unwrap();
    (reader, writer)
}

/// What a verb does once it is running.
enum Runs {
    /// It says so on standard error.
    Says(&'static str),
    /// It listens on a port of this machine.
    Listens(u16),
    /// It waits for its output at once.
    Writes,
    /// The same, and it leaves signals to the system: where they are ignored, as a shell does for what it runs behind, they
    /// end nothing.
    OnlyWrites,
}

struct Case {
    args: Vec<String>,
    runs: Runs,
}

fn case(args: &str, runs: Runs) -> Case {
    Case {
        args: args.split(' ').map(str::to_owned).collect(),
        runs,
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn cases(server: &RealServer, folder: &Folder) -> Vec<Case> {
    let (url, place) = (server.url(), folder.path().display());
    let messages = "{\"msgId\":\"1\"}\n".repeat(20_000);
    folder.file("messages.jsonl", messages.as_bytes());
    let (files, broker) = (free_port(), free_port());
    vec![
        case(&format!("listen flood --json -s {url}"), Runs::Says("Listening")),
        case(&format!("listen flood -s {url}"), Runs::Says("Listening")),
        case(&format!("check --subject flood -s {url}"), Runs::Says("Checking")),
        case(
            &format!("reply flood --echo --json -s {url}"),
            Runs::Says("Answering"),
        ),
        case(
            &format!("record {place}/tape flood -s {url}"),
            Runs::Says("Recording"),
        ),
        case(
            &format!("send other --text m=x --count 100000 --rate 5000/s -s {url}"),
            Runs::Writes,
        ),
        case(&format!("check {place}/messages.jsonl"), Runs::OnlyWrites),
        case(
            &format!("check --mend python {place}/messages.jsonl"),
            Runs::OnlyWrites,
        ),
        case("check --rules", Runs::OnlyWrites),
        case("man", Runs::OnlyWrites),
        case(&format!("serve --listen 127.0.0.1:{files}"), Runs::Listens(files)),
        case(
            &format!("broker --listen 127.0.0.1:{broker}"),
            Runs::Listens(broker),
        ),
        case("demo --headless", Runs::Writes),
    ]
}

/// Starts it with an output that takes nothing, and with messages for those who receive; signals it; how long it takes to end.
fn ends(server: &RealServer, case: &Case, signal: Signal) -> (Option<i32>, Duration) {
    let (_unread, output) = full_pipe();
    let args: Vec<&str> = case.args.iter().map(String::as_str).collect();
    let mut child = command(&args)
        .stdout(output)
        .stderr(Stdio::piped())
        // Many start at once beside other tests.
        .env("NATS_TIMEOUT", "60s")
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    match case.runs {
        Runs::Says(text) => {
            let mut line = String::new();
            while !line.contains(text) {
                line.clear();
                assert!(said.read_line(&mut line).unwrap() > 0, "{args:?} ended too early");
            }
            let mut peer = server.raw();
            for _ in 0..5_000 {
                peer.publish("flood", b"some message");
            }
            peer.settle();
        }
        Runs::Listens(port) => until(|| TcpStream::connect(("127.0.0.1", port)).is_ok()),
        Runs::Writes | Runs::OnlyWrites => until(|| hangs(&child)),
    }
    let started = Instant::now();
    kill_process(Pid::from_child(&child), signal).unwrap();
    let mut status = None;
    until(|| {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    let status = status.unwrap();
    let code = status.code().or(status.signal().map(|signal| 128 + signal));
    (code, started.elapsed())
}

/// Whether these tests, and what they start, were told to ignore a signal.
fn is_ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .unwrap();
    let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
    ignored >> (signal.as_raw() - 1) & 1 == 1
}

/// Whether one of its threads waits for its output: in `write`, `poll`, `ppoll` or `pwritev2`.
fn hangs(child: &Child) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{}/task", child.id())).unwrap();
    threads.flatten().any(|thread| {
        let call = std::fs::read_to_string(thread.path().join("syscall")).unwrap_or_default();
        ["1 ", "7 ", "271 ", "328 "]
            .iter()
            .any(|waits| call.starts_with(waits))
    })
}

fn until(mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "it never came");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Row 57, where nobody reads: all verbs at the same time, after either signal.
#[test]
fn a_signal_ends_every_verb_in_time() {
    let Some(server) = nats_server() else { return };
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let folder = Folder::new();
        let mut cases = cases(&server, &folder);
        cases.retain(|case| !(is_ignored(signal) && matches!(case.runs, Runs::OnlyWrites)));
        std::thread::scope(|scope| {
            for case in &cases {
                let server = &server;
                scope.spawn(move || {
                    let (ended, took) = ends(server, case, signal);
                    let name = case.args.join(" ");
                    eprintln!("{name}: {took:?} after {signal:?}");
                    assert_eq!(ended, Some(code), "{name} after {signal:?}");
                });
            }
        });
    }
}
