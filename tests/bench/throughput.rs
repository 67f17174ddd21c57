//! What is kept at which rate, ours and natscli's beside each other: a real nats-server, a publisher that keeps its rate, and one
//! receiver at a time whose output is counted (`cargo bench --bench throughput -- SECONDS RATE…`). For each it prints what was
//! kept, the processor time per message that was published and the peak memory.
//! Needs a nats-server: `NATSBRIDGE_TEST_NATS_SERVER`, else `nats-server` on the path; and natscli: `NATSBRIDGE_TEST_NATS_CLI`, else
//! `nats` on the path, without which only ours is measured.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and ends where it cannot measure"
)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a receiver may go on after the last message was published.
const TAIL: Duration = Duration::from_secs(12);
/// It has ended once nothing came for this long.
const QUIET: Duration = Duration::from_millis(1500);

/// A receiver: its name, its program and arguments, and what each message has once in its output.
struct Receiver {
    name: &'static str,
    program: String,
    arguments: &'static [&'static str],
    mark: &'static [u8],
}

/// What came of one run.
struct Outcome {
    published: u64,
    kept: u64,
    /// Processor time of the receiver.
    cpu: Duration,
    /// Peak memory, MiB.
    memory: u64,
}

fn main() {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let seconds = numbers.first().copied().unwrap_or(10);
    let rates = match numbers.get(1..) {
        Some(rates) if !rates.is_empty() => rates.to_vec(),
        _ => vec![100_000, 200_000, 300_000],
    };
    let port = free_port();
    let server = Running::start(Command::new(server()).args(["-a", "127.0.0.1", "-p", &port.to_string()]));
    wait_for("the server", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    println!("{} bytes a message, {seconds} s each", message(0).len());
    println!("| receiver | rate | published | kept | processor time a message | peak memory |");
    println!("|---|---|---|---|---|---|");
    for rate in rates {
        for receiver in receivers() {
            let outcome = run(&receiver, port, rate, seconds);
            println!(
                "| {} | {rate}/s | {} | {:.2} % | {:.2} µs | {} MiB |",
                receiver.name,
                outcome.published,
                outcome.kept as f64 * 100.0 / outcome.published as f64,
                outcome.cpu.as_secs_f64() * 1e6 / outcome.published as f64,
                outcome.memory
            );
        }
    }
    drop(server);
}

fn receivers() -> Vec<Receiver> {
    let mut receivers = vec![Receiver {
        name: "natsbridge listen --json",
        program: env!("CARGO_BIN_EXE_natsbridge").to_owned(),
        arguments: &["listen", ">", "--json"],
        mark: b"{\"seq\":",
    }];
    let cli = std::env::var("NATSBRIDGE_TEST_NATS_CLI").unwrap_or_else(|_| "nats".to_owned());
    let found = Command::new(&cli).arg("--version").output().is_ok();
    if found {
        receivers.push(Receiver {
            name: "nats sub --raw",
            program: cli.clone(),
            arguments: &["sub", ">", "--raw"],
            mark: b"{\"correlationId\":",
        });
        receivers.push(Receiver {
            name: "nats sub",
            program: cli,
            arguments: &["sub", ">"],
            mark: b"{\"correlationId\":",
        });
    } else {
        println!("left out: natscli is not installed (NATSBRIDGE_TEST_NATS_CLI)");
    }
    receivers
}

fn run(receiver: &Receiver, port: u16, rate: u64, seconds: u64) -> Outcome {
    let mut child = Running::start(
        Command::new(&receiver.program)
            .args(receiver.arguments)
            .args(["-s", &format!("nats://127.0.0.1:{port}")])
            .stdout(Stdio::piped()),
    );
    let output = child.0.stdout.take().expect("an output");
    let counter = count(output, receiver.mark);
    std::thread::sleep(Duration::from_secs(2)); // It says on standard error only that it listens.
    let published = publish(port, seconds, rate);
    let id = child.0.id();
    // It has ended its work once its processor time stands still.
    let (last, mut spent, mut since) = (Instant::now(), cpu(id), Instant::now());
    while last.elapsed() < TAIL && since.elapsed() < QUIET {
        std::thread::sleep(Duration::from_millis(100));
        let now = cpu(id);
        if now > spent + Duration::from_millis(10) {
            (spent, since) = (now, Instant::now());
        }
    }
    let (cpu, memory) = (cpu(id), peak(id));
    drop(child);
    Outcome {
        published,
        kept: counter.join().expect("a count"),
        cpu,
        memory,
    }
}

/// Counts how often `mark` occurs in an output.
fn count(mut output: ChildStdout, mark: &'static [u8]) -> JoinHandle<u64> {
    std::thread::spawn(move || {
        let finder = memchr::memmem::Finder::new(mark);
        let (mut buffer, mut held, mut found) = (vec![0; 1 << 20], 0, 0);
        while let Ok(read @ 1..) = output.read(&mut buffer[held..]) {
            let end = held + read;
            found += finder.find_iter(&buffer[..end]).count() as u64;
            // A mark may be cut in two.
            held = end.min(mark.len() - 1);
            buffer.copy_within(end - held..end, 0);
        }
        found
    })
}

/// Sends `rate` envelopes a second, in portions of ten milliseconds; how many that were once the server has them all.
fn publish(port: u16, seconds: u64, rate: u64) -> u64 {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("the server");
    socket
        .write_all(b"CONNECT {\"verbose\":false}\r\n")
        .expect("connected");
    let portion: Vec<u8> = (0..rate / 100).flat_map(framed).collect();
    let started = Instant::now();
    for turn in 1..=seconds * 100 {
        socket.write_all(&portion).expect("published");
        let due = Duration::from_millis(turn * 10);
        if let Some(early) = due.checked_sub(started.elapsed()) {
            std::thread::sleep(early);
        }
    }
    socket.write_all(b"PING\r\n").expect("asked");
    let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
    while memchr::memmem::find(&answer, b"PONG").is_none() {
        let read = socket.read(&mut buffer).expect("an answer");
        answer.extend_from_slice(&buffer[..read]);
    }
    seconds * 100 * (rate / 100)
}

fn framed(number: u64) -> Vec<u8> {
    let body = message(number);
    let mut frame = format!("PUB load.s{} {}\r\n", number % 16, body.len()).into_bytes();
    frame.extend_from_slice(&body);
    frame.extend_from_slice(b"\r\n");
    frame
}

fn message(number: u64) -> Vec<u8> {
    format!(
        concat!(
            r#"{{"correlationId":"0d67f451-d4e0-4727-9b5b-5d6def3ff8{:02x}","msgId":"6a1f3f1e-9d1b-4f5c-8e2c-0c6b8a7d5e4f","#,
            r#""timestamp":"2026-11-22T10:00:00.123Z","sendTo":"load.s{}","msgPurpose":"chat","senderName":"load","#,
            r#""senderId":"3e2d1c0b-1a2b-4c3d-8e4f-5a6b7c8d9e0f","receiverName":"","receiverId":"","replyTo":"","#,
            r#""replyToMsgId":"","brokerURL":"nats://localhost:4222","metadata":{{}},"payloads":[{{"#,
            r#""id":"b7c6d5e4-f3a2-4b1c-9d8e-7f6a5b4c3d2e","dataname":"config","type":"dictionary","#,
            r#""transport":"direct","encoding":"base64","size":27,"data":"eyJyYXRlIjoxMC41LCJuYW1lIjoiYWRhIn0g","metadata":{{}}}}]}}"#
        ),
        number % 256,
        number % 16,
    )
    .into_bytes()
}

/// Processor time of a process so far.
fn cpu(id: u32) -> Duration {
    /// Ticks of `/proc` a second, on every Linux there is.
    const TICKS: u64 = 100;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<u64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse().ok())
        .collect();
    Duration::from_millis(fields.iter().sum::<u64>() * 1000 / TICKS)
}

/// Peak memory of a process, MiB.
fn peak(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

/// A process that is killed when this goes.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("a process"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn server() -> String {
    std::env::var("NATSBRIDGE_TEST_NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its number").port()
}

fn wait_for(what: &str, ready: impl Fn() -> bool) {
    let started = Instant::now();
    while !ready() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{what} does not come"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}
