//! What receiving costs by itself: messages of 638 bytes as fast as a loopback socket gives them, read, split into frames and
//! stored by a session; beside it the same bytes read from the socket into a buffer and nothing else.
//! `cargo bench --bench tap [messages]`
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement speaks to a person and fails by panicking"
)]

mod load;

use load::{SIZE, envelope};
use natsbridge_engine::{Command, ConnectOptions, Event, SendOptions, Session, SessionOptions, Store};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Messages in one writing.
const BATCH: u64 = 1_000;
const INFO: &[u8] =
    b"INFO {\"server_id\":\"T\",\"version\":\"2.15.0\",\"headers\":true,\"max_payload\":1048576}\r\n";

#[tokio::main]
async fn main() {
    let asked = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let messages: u64 = asked.unwrap_or(4_000_000) / BATCH * BATCH;
    let bytes = messages * batch().len() as u64 / BATCH;
    println!(
        "{messages} messages of {SIZE} bytes, {} MB on the wire",
        bytes / 1_000_000
    );
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let read = read_only(messages, bytes);
        println!("read only:  {}", told(messages, &read));
        let stored = stored(messages).await;
        println!("received:   {}", told(messages, &stored));
        ratios.push(stored.elapsed.as_secs_f64() / read.elapsed.as_secs_f64());
        println!(
            "            {:.2} times as long, {:.2} times the processor time",
            stored.elapsed.as_secs_f64() / read.elapsed.as_secs_f64(),
            stored.worked.as_secs_f64() / read.worked.as_secs_f64()
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!("the median of the ratios: {:.2}", ratios[1]);
}

/// How long it took, and the processor time of the thread that read.
struct Measured {
    elapsed: Duration,
    worked: Duration,
}

fn told(messages: u64, measured: &Measured) -> String {
    let rate = messages as f64 / measured.elapsed.as_secs_f64();
    let nanos = measured.worked.as_secs_f64() * 1e9 / messages as f64;
    format!("{rate:>10.0} messages/s, {nanos:.0} ns of the reading thread's processor time each")
}

/// Reads the bytes and lets them go.
fn read_only(messages: u64, bytes: u64) -> Measured {
    let (address, writer) = server(messages);
    let mut socket = TcpStream::connect(address).expect("the server");
    socket
        .write_all(b"CONNECT {}\r\nPING\r\nSUB load.> 1\r\n")
        .expect("a greeting");
    let mut buffer = vec![0; 256 << 10];
    // The answers of the handshake come first.
    let mut left = bytes + (INFO.len() + b"PONG\r\n".len()) as u64;
    let (started, before) = (Instant::now(), thread_time("self"));
    while left > 0 {
        let read = socket.read(&mut buffer).expect("the bytes");
        assert!(read > 0, "the server ended early");
        left -= read as u64;
    }
    let measured = Measured {
        elapsed: started.elapsed(),
        worked: thread_time("self").saturating_sub(before),
    };
    drop(socket);
    writer.join().expect("the server");
    measured
}

/// Has a session receive them.
async fn stored(messages: u64) -> Measured {
    let (address, writer) = server(messages);
    let options = SessionOptions {
        connect: ConnectOptions::from_urls(&address).expect("an address"),
        subjects: vec!["load.>".into()],
        sending: SendOptions::default(),
        digest: false,
    };
    let mut session = Session::start(options);
    let store: Store = session.store.clone();
    // Nobody else looks at the store meanwhile, and nothing but its own count tells when all is there.
    while store.counters().stored == 0 {
        tokio::time::timeout(Duration::from_millis(1), session.events.recv())
            .await
            .ok();
    }
    let (started, before, first) = (Instant::now(), thread_time("receiver"), store.counters().stored);
    while store.counters().stored < messages {
        tokio::time::timeout(Duration::from_millis(1), session.events.recv())
            .await
            .ok();
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "{:?}",
            store.counters()
        );
    }
    let (elapsed, worked) = (started.elapsed(), thread_time("receiver").saturating_sub(before));
    session.commands.send(Command::Quit).await.expect("a session");
    while session
        .events
        .recv()
        .await
        .is_some_and(|event| event != Event::Ended)
    {}
    writer.join().expect("the server");
    // What had come before the clock was read counts as if it had taken its share.
    let whole = messages as f64 / (messages - first) as f64;
    Measured {
        elapsed: elapsed.mul_f64(whole),
        worked: worked.mul_f64(whole),
    }
}

/// The processor time that this thread, or the one of that name, has taken so far.
fn thread_time(name: &str) -> Duration {
    let stat = |path: &str| {
        let stat = std::fs::read_to_string(format!("{path}/schedstat")).expect("the time of a thread");
        let nanos = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
        Duration::from_nanos(nanos.expect("a number"))
    };
    if name == "self" {
        return stat("/proc/thread-self");
    }
    let tasks = std::fs::read_dir("/proc/self/task").expect("the threads");
    let of_name = tasks
        .flatten()
        .map(|task| task.path())
        .find(|path| std::fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim_end() == name));
    stat(&of_name.expect("the receiver").display().to_string())
}

/// A server that greets, waits for a subscription, and writes so many messages as fast as they are taken.
fn server(messages: u64) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let writing = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("a client");
        socket.write_all(INFO).expect("a greeting");
        let mut answering = socket.try_clone().expect("the same socket");
        let (subscribed, subscription) = std::sync::mpsc::channel();
        // Who does not read what a client says is closed by it.
        let answers = std::thread::spawn(move || {
            let (mut heard, mut some, mut asked) = (Vec::new(), [0; 4096], 0);
            while let Ok(read @ 1..) = answering.read(&mut some) {
                heard.extend_from_slice(&some[..read]);
                if heard.windows(4).any(|word| word == b"SUB ") {
                    subscribed.send(()).ok();
                }
                if asked == 0 && heard.windows(6).any(|word| word == b"PING\r\n") {
                    asked = 1;
                    answering.write_all(b"PONG\r\n").ok();
                }
            }
        });
        subscription.recv().expect("a subscription");
        let batch = batch();
        for _ in 0..messages / BATCH {
            socket.write_all(&batch).expect("messages");
        }
        answers.join().expect("the client's end");
    });
    (address, writing)
}

/// Messages as they stand on the wire, on sixteen subjects.
fn batch() -> Vec<u8> {
    let mut batch = Vec::new();
    for number in 0..BATCH {
        let head = format!("MSG load.s{} 1 {SIZE}\r\n", number % 16);
        batch.extend_from_slice(head.as_bytes());
        batch.extend_from_slice(envelope(number).as_bytes());
        batch.extend_from_slice(b"\r\n");
    }
    batch
}
