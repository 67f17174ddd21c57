//! The workbench under load: a real nats-server, 638-byte envelopes at a steady rate, a real pseudo-terminal, keys
//! pressed all the while (`cargo bench --bench live -- SECONDS RATE`). Prints what `watch --stats` reports.
//! Needs a nats-server: `NATSBRIDGE_TEST_NATS_SERVER`, else `nats-server` on the path.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and ends where it cannot measure"
)]

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const SIZE: usize = 638;

fn main() {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let seconds = numbers.first().copied().unwrap_or(60);
    let rate = numbers.get(1).copied().unwrap_or(100_000);
    let port = free_port();
    let _server = Server::start(port);
    let stats = std::env::temp_dir().join(format!("natsbridge-live-{}.json", std::process::id()));

    let pty = native_pty_system()
        .openpty(PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        })
        .expect("a pseudo-terminal");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
    command.args([
        "watch",
        ">",
        "--server",
        &format!("nats://127.0.0.1:{port}"),
        "--stats",
    ]);
    command.arg(&stats);
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    let started = Instant::now();
    let mut workbench = pty.slave.spawn_command(command).expect("the workbench");
    drop(pty.slave);
    let mut keys = pty.master.take_writer().expect("a keyboard");
    let drawn = Arc::new(AtomicU64::new(0));
    let screen = watch_screen(pty.master.try_clone_reader().expect("a screen"), &drawn);

    wait_for("the first frame", || drawn.load(Ordering::Relaxed) > 0);
    println!(
        "first bytes on screen after {:.1} ms",
        started.elapsed().as_secs_f64() * 1e3
    );
    wait_for("the subscription", || subscribed(port));
    std::thread::sleep(Duration::from_millis(500)); // Lets the start-up frames pass, so that idleness can be seen.
    let before = drawn.load(Ordering::Relaxed);
    std::thread::sleep(Duration::from_secs(3));
    println!(
        "bytes drawn in 3 idle seconds: {}",
        drawn.load(Ordering::Relaxed) - before
    );

    let publisher = std::thread::spawn(move || publish(port, seconds, rate));
    for turn in 0.. {
        if publisher.is_finished() {
            break;
        }
        let key: &[u8] = [b"j", b"k", b"G", b"\t", b"j"][turn % 5];
        keys.write_all(key).expect("a key pressed");
        std::thread::sleep(Duration::from_millis(97));
    }
    let (sent, spent) = publisher.join().expect("the publisher");
    println!(
        "published {sent} messages of {SIZE} bytes in {spent:.1} s: {:.0} a second",
        sent as f64 / spent
    );
    std::thread::sleep(Duration::from_secs(2)); // The tail of the stream has to arrive before it is counted.
    keys.write_all(b"\x03").expect("a key pressed");
    workbench.wait().expect("the workbench's end");
    drop(keys);
    drop(pty.master);
    let _ = screen.join();
    println!(
        "{}",
        std::fs::read_to_string(&stats).expect("the report of --stats")
    );
    let _ = std::fs::remove_file(&stats);
}

fn watch_screen(mut reader: Box<dyn Read + Send>, drawn: &Arc<AtomicU64>) -> std::thread::JoinHandle<()> {
    let drawn = Arc::clone(drawn);
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = reader.read(&mut buffer) {
            drawn.fetch_add(read as u64, Ordering::Relaxed);
        }
    })
}

/// Sends `rate` envelopes a second for `seconds`, in portions of ten milliseconds.
fn publish(port: u16, seconds: u64, rate: u64) -> (u64, f64) {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("the server");
    socket
        .write_all(b"CONNECT {\"verbose\":false}\r\n")
        .expect("connected");
    let portion: Vec<u8> = (0..rate / 100).flat_map(message).collect();
    let started = Instant::now();
    let mut sent = 0;
    for turn in 1..=seconds * 100 {
        socket.write_all(&portion).expect("published");
        sent += rate / 100;
        let due = Duration::from_millis(turn * 10);
        if let Some(early) = due.checked_sub(started.elapsed()) {
            std::thread::sleep(early);
        }
    }
    (sent, started.elapsed().as_secs_f64())
}

fn message(number: u64) -> Vec<u8> {
    let head = format!(
        concat!(
            r#"{{"correlationId":"0d67f451-d4e0-4727-9b5b-5d6def3ff8{:02x}","msgId":"6a1f3f1e-9d1b-4f5c-8e2c-0c6b8a7d5e4f","#,
            r#""timestamp":"2026-11-22T10:00:00.123Z","sendTo":"/load/s{}","msgPurpose":"chat","senderName":"load","#,
            r#""senderId":"3e2d1c0b-1a2b-4c3d-8e4f-5a6b7c8d9e0f","receiverName":"","receiverId":"","replyTo":"","#,
            r#""replyToMsgId":"","brokerURL":"nats://localhost:4222","metadata":{{}},"payloads":[{{"id":"b7c6d5e4-f3a2-4b1c","#,
            r#""dataname":"message","type":"text","transport":"direct","encoding":"base64","size":0,"data":""#
        ),
        number % 256,
        number % 16,
    );
    let tail = r#"","metadata":{}}]}"#;
    let data = "QUFB".repeat((SIZE - head.len() - tail.len()) / 4);
    let body = format!("{head}{data}{tail}");
    let body = format!("{body}{}", " ".repeat(SIZE - body.len()));
    format!("PUB /load/s{} {SIZE}\r\n{body}\r\n", number % 16).into_bytes()
}

/// Whether some client subscribed, asked through the server's own answer to a request-less publish: its monitoring
/// port is not open, so a subscription is seen by a message that comes back to the one who asks.
fn subscribed(port: u16) -> bool {
    let Ok(mut socket) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let _ = socket.set_read_timeout(Some(Duration::from_millis(300)));
    let hello = b"CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\n\
        SUB inbox 1\r\nPUB warm.up inbox 0\r\n\r\nPING\r\n";
    if socket.write_all(hello).is_err() {
        return false;
    }
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while !answer.windows(6).any(|part| part == b"PONG\r\n") {
        match socket.read(&mut buffer) {
            Ok(read @ 1..) => answer.extend_from_slice(&buffer[..read]),
            _ => return false,
        }
    }
    // Without a subscriber the server answers "no responders" (503) on the inbox.
    !answer.windows(3).any(|part| part == b"503")
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < deadline, "waited 20 s for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
        .port()
}

struct Server(Child);

impl Server {
    fn start(port: u16) -> Self {
        let program = std::env::var("NATSBRIDGE_TEST_NATS_SERVER").unwrap_or_else(|_| "nats-server".into());
        let child = Command::new(&program)
            .args(["-a", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a nats-server to run against");
        wait_for("the nats-server", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
