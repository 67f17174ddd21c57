//! What recording costs and whether it keeps up: 1,000,000 messages of 638 bytes at full speed through a nats-server into
//! a session, with and without a recording; how long the tape takes to open; how close a replay keeps to the intervals.
//! `cargo bench --bench tapes [messages]`
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement speaks to a person and fails by panicking"
)]

mod load;

use futures_util::StreamExt;
use load::{SIZE, envelope};
use natsbridge_engine::{
    Command, ConnectOptions, ConnectionState, Event, NewTape, RecordingView, SendOptions, Session,
    SessionOptions, TapeReader, TapeRecord,
};
use natsbridge_wire::Limits;
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Messages under way; the client's queue holds more.
const AHEAD: u64 = 10_000;

#[tokio::main]
async fn main() {
    let messages = std::env::args()
        .skip(1)
        .find_map(|arg| arg.parse().ok())
        .unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start();
    let (plain, _) = run(&server, messages, None).await;
    println!("stored {messages} messages without recording in {plain:.2?}");
    let path = folder.path().join("tape.jsonl");
    let (taped, view) = run(&server, messages, Some(&path)).await;
    let view = view.expect("a recording");
    println!(
        "with recording in {taped:.2?} ({:.2} times as long): {} recorded, {} missed, {} MB",
        taped.as_secs_f64() / plain.as_secs_f64(),
        view.messages,
        view.missed,
        view.bytes / 1_000_000
    );
    let started = Instant::now();
    let mut tape = TapeReader::open(&path, &Limits::default()).expect("the tape");
    let mut read = 0u64;
    while let Some(entry) = tape.next().expect("the tape") {
        read += u64::from(matches!(entry, TapeRecord::Message(_)));
    }
    println!(
        "read {read} messages in {:.2?}; problems: {:?}",
        started.elapsed(),
        tape.report().problems()
    );
    opened(&path, messages);
    replay(&server, folder.path()).await;
}

/// Opens the tape in the workbench, on a real pseudo-terminal, and goes through it once all of it is there.
fn opened(path: &Path, messages: u64) {
    let size = std::fs::metadata(path).expect("the tape").len();
    let stats = path.with_extension("stats");
    let mut screen = Screen::open(path, &stats);
    let first = screen.wait_for("the first rows", |text| text.contains("load.s"));
    let all = screen.wait_for("the whole tape", |text| {
        text.contains("load.s") && !text.contains("loading")
    });
    println!(
        "opened {} MB: first rows after {:.0} ms, all of it after {:.2} s, {:.0} MB/s",
        size / 1_000_000,
        first.as_secs_f64() * 1e3,
        all.as_secs_f64(),
        size as f64 / 1e6 / all.as_secs_f64()
    );
    let middle = messages / 2;
    for turn in 0..10 {
        // Another place each time, and each is there once its number is.
        let place = middle + turn * 1000;
        screen.press(&format!(":{place}\r"), &place.to_string());
        screen.press("G", &messages.to_string());
        screen.press("\x1b[5~", &(messages - 35).to_string());
        screen.press("g", " 3 ");
        screen.press("\x1b[6~", " 40 ");
    }
    screen.keys.write_all(b"\x03").expect("a key pressed");
    screen.workbench.wait().expect("the workbench's end");
    let report = std::fs::read_to_string(&stats).expect("the report of --stats");
    println!("g, G, PgDn, PgUp and :{middle} over {messages} messages: {report}");
}

/// The workbench on a pseudo-terminal.
struct Screen {
    workbench: Box<dyn portable_pty::Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    parser: Arc<Mutex<vt100::Parser>>,
    started: Instant,
    _master: Box<dyn MasterPty + Send>,
}

impl Screen {
    fn open(tape: &Path, stats: &Path) -> Self {
        let size = PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pty = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
        command.arg("open");
        command.arg(tape);
        command.arg("--stats");
        command.arg(stats);
        command.env("TERM", "xterm-256color");
        let mut reader = pty.master.try_clone_reader().expect("a screen");
        let parser = Arc::new(Mutex::new(vt100::Parser::new(40, 120, 0)));
        let shown = Arc::clone(&parser);
        let started = Instant::now();
        let workbench = pty.slave.spawn_command(command).expect("the workbench");
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                shown.lock().expect("the screen").process(&buffer[..read]);
            }
        });
        Self {
            workbench,
            keys: pty.master.take_writer().expect("a keyboard"),
            parser,
            started,
            _master: pty.master,
        }
    }

    /// Waits until the screen shows it; when that was, from the start on.
    fn wait_for(&self, what: &str, shows: impl Fn(&str) -> bool) -> Duration {
        let deadline = Instant::now() + Duration::from_secs(300);
        loop {
            let text = self.parser.lock().expect("the screen").screen().contents();
            if shows(&text) {
                return self.started.elapsed();
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}:\n{text}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Presses keys, and waits for what they lead to.
    fn press(&mut self, keys: &str, shows: &str) {
        self.keys.write_all(keys.as_bytes()).expect("a key pressed");
        self.wait_for(keys, |text| text.contains(shows));
    }
}

/// Time from the first message published to the last one stored, and what came of the recording.
async fn run(server: &Server, messages: u64, tape: Option<&Path>) -> (Duration, Option<RecordingView>) {
    let connect = ConnectOptions::from_urls(&server.url()).expect("an address");
    let options = SessionOptions {
        connect,
        subjects: vec!["load.>".into()],
        sending: SendOptions::default(),
        digest: false,
    };
    let mut session = match tape {
        Some(path) => {
            let tape = NewTape::create(path).expect("a new file");
            Session::start_recording(options, tape).expect("a recording")
        }
        None => Session::start(options),
    };
    loop {
        let event = session.events.recv().await.expect("a session");
        if matches!(
            event,
            Event::Connection(ConnectionState::Connected { rtt: Some(_), .. })
        ) {
            break;
        }
    }
    let address = server.address();
    let started = Instant::now();
    let store = session.store.clone();
    let publisher = std::thread::spawn(move || publish(&address, messages, || store.counters().received));
    while session.store.counters().received < messages {
        tokio::time::timeout(Duration::from_millis(5), session.events.recv())
            .await
            .ok();
        assert!(
            started.elapsed() < Duration::from_secs(300),
            "{:?}",
            session.store.counters()
        );
    }
    let took = started.elapsed();
    publisher.join().expect("the publisher");
    let counters = session.store.counters();
    println!("  stored {}, dropped {}", counters.stored, counters.dropped);
    session.commands.send(Command::Quit).await.expect("a session");
    let mut view = None;
    while let Some(event) = session.events.recv().await {
        match event {
            Event::Recording(newer) => view = Some(newer),
            Event::Ended => break,
            _ => {}
        }
    }
    (took, view)
}

/// As fast as the session takes them in: never so many ahead that the client would have to drop some.
fn publish(address: &str, messages: u64, taken: impl Fn() -> u64) {
    let mut socket = TcpStream::connect(address).expect("the server");
    socket
        .write_all(b"CONNECT {\"verbose\":false}\r\n")
        .expect("connected");
    let mut portion = Vec::new();
    for number in 0..messages {
        let body = envelope(number);
        write!(portion, "PUB load.s{} {SIZE}\r\n{body}\r\n", number % 16).expect("memory");
        if portion.len() > 64 << 10 || number + 1 == messages {
            socket.write_all(&portion).expect("published");
            portion.clear();
            while number > taken() + AHEAD {
                std::thread::sleep(Duration::from_micros(100));
            }
        }
    }
    // The server has read everything once it answers.
    socket.write_all(b"PING\r\n").expect("asked");
    let mut answer = [0; 4096];
    while socket
        .read(&mut answer)
        .is_ok_and(|read| read > 0 && !answer[..read].ends_with(b"PONG\r\n"))
    {}
}

/// Replays tapes of different rates and compares the intervals with those of the tape.
async fn replay(server: &Server, folder: &Path) {
    for (every_us, messages) in [(20_000i64, 200u64), (1_000, 3_000), (100, 20_000)] {
        let path = folder.join(format!("every-{every_us}.jsonl"));
        let mut lines = String::new();
        let start_us = 1_795_348_862_118_000;
        for number in 0..messages {
            // Not quite regular, as nothing in the world is.
            let at_us = start_us + number as i64 * every_us + (number as i64 * 7919) % (every_us / 2);
            let at = jiff::Timestamp::from_microsecond(at_us).expect("a time");
            writeln!(
                lines,
                "{{\"n\":{},\"at\":\"{at}\",\"subject\":\"again\",\"text\":\"{at_us}\"}}",
                number + 1
            )
            .expect("memory");
        }
        std::fs::write(&path, lines).expect("a tape");
        let client = async_nats::connect(server.url()).await.expect("a connection");
        let mut came = client.subscribe("again").await.expect("a subscription");
        client.flush().await.expect("the subscription");
        let receiving = tokio::spawn(async move {
            let mut times = Vec::new();
            while times.len() < messages as usize {
                let message = came.next().await.expect("a message");
                let at_us: i64 = std::str::from_utf8(&message.payload).unwrap().parse().unwrap();
                times.push((at_us, Instant::now()));
            }
            times
        });
        let status = Process::new(env!("CARGO_BIN_EXE_natsbridge"))
            .arg("replay")
            .arg(&path)
            .args(["-s", &server.url()])
            .stderr(Stdio::null())
            .status()
            .expect("a replay");
        assert!(status.success());
        let times = receiving.await.expect("the messages");
        let (first_us, first) = times[0];
        // Against the neighbour, and against the first: delays must not add up.
        let mut intervals: Vec<f64> = times
            .windows(2)
            .map(|pair| {
                let wanted = (pair[1].0 - pair[0].0) as f64;
                ((pair[1].1 - pair[0].1).as_micros() as f64 - wanted).abs() / 1e3
            })
            .collect();
        let mut offsets: Vec<f64> = times
            .iter()
            .map(|(at_us, at)| ((*at - first).as_micros() as f64 - (at_us - first_us) as f64).abs() / 1e3)
            .collect();
        let median = |values: &mut Vec<f64>| {
            values.sort_by(f64::total_cmp);
            (values[values.len() / 2], values[values.len() * 99 / 100])
        };
        let (interval, offset) = (median(&mut intervals), median(&mut offsets));
        println!(
            "replay of one message every {every_us} µs: intervals off by {:.2} ms at the median ({:.2} at p99), \
             against the first by {:.2} ms ({:.2})",
            interval.0, interval.1, offset.0, offset.1
        );
    }
}

struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .expect("a free port")
            .port();
        let program = std::env::var("NATSBRIDGE_TEST_NATS_SERVER").unwrap_or_else(|_| "nats-server".into());
        let process = Process::new(&program)
            .args(["-a", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a nats-server to run against");
        let server = Self { process, port };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(server.address()).is_err() {
            assert!(Instant::now() < deadline, "the nats-server never came");
            std::thread::sleep(Duration::from_millis(1));
        }
        server
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn url(&self) -> String {
        format!("nats://{}", self.address())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
