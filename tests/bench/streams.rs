//! How fast a stream is read: 200,000 stored messages of 650 bytes in a real nats-server, through `Follow` in batches, beside
//! async-nats reading the same stream through its own ordered consumer in the same run, each with the processor time that
//! this process takes: `cargo bench --bench streams [messages]`. Needs `NATSBRIDGE_TEST_NATS_SERVER`.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use async_nats::jetstream::{self, consumer, stream};
use futures_util::StreamExt;
use natsbridge_engine::{ConnectOptions, Connection, Follow, History, HistoryRequest};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SIZE: usize = 650;
const ROUNDS: usize = 5;
/// Messages published at once.
const PORTION: u64 = 1_000;
/// Messages that may wait to be stored.
const AHEAD: u64 = 50_000;
/// Messages that the reference asks for at once.
const TOGETHER: i64 = 5_000;
/// Ticks of a second in which Linux counts processor time.
const TICKS: f64 = 100.0;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let messages = std::env::args()
        .find_map(|arg| arg.parse().ok())
        .unwrap_or(200_000);
    let folder = tempfile::tempdir()?;
    let Some(program) = std::env::var_os("NATSBRIDGE_TEST_NATS_SERVER") else {
        println!("left out: reading streams, because NATSBRIDGE_TEST_NATS_SERVER names no nats-server");
        return Ok(());
    };
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut server = Command::new(program);
    server.args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"]);
    let server = server
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let _server = Running(server.spawn()?);
    let address = format!("127.0.0.1:{port}");
    while TcpStream::connect(&address).is_err() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let context = jetstream::new(async_nats::connect(&address).await?);
    store(&context, &address, messages).await?;

    let connection = Connection::open(&ConnectOptions::from_urls(&address)?).await?;
    let (mut theirs, mut followed, mut loaded) = (Best::default(), Best::default(), Best::default());
    for _ in 0..ROUNDS {
        theirs.of(Box::pin(reference(&context, messages))).await?;
        followed.of(Box::pin(follow(&connection, messages))).await?;
        loaded.of(Box::pin(history(&connection, messages))).await?;
    }
    println!("{messages} messages of {SIZE} bytes, best of {ROUNDS} rounds");
    let sides = [
        ("async-nats", &theirs),
        ("Follow, batches", &followed),
        ("History, one by one", &loaded),
    ];
    for (name, side) in sides {
        println!(
            "{name:<19} {:>9.0} messages/s, ratio {:.2}; {:.2} µs of a processor for each, ratio {:.2}",
            messages as f64 / side.seconds,
            theirs.seconds / side.seconds,
            side.processor / messages as f64 * 1e6,
            side.processor / theirs.processor,
        );
    }
    Ok(())
}

/// The least time that reading took.
struct Best {
    seconds: f64,
    /// Seconds of processor time of this process.
    processor: f64,
}

impl Default for Best {
    fn default() -> Self {
        Self {
            seconds: f64::INFINITY,
            processor: f64::INFINITY,
        }
    }
}

impl Best {
    async fn of(&mut self, reading: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
        let (start, before) = (Instant::now(), processor()?);
        reading.await?;
        self.seconds = self.seconds.min(start.elapsed().as_secs_f64());
        self.processor = self.processor.min(processor()? - before);
        Ok(())
    }
}

/// Seconds of processor time that this process has taken so far, as Linux counts them.
fn processor() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no processor time")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Stores the messages as fast as the server takes them.
async fn store(context: &jetstream::Context, address: &str, messages: u64) -> Result<(), Failure> {
    let config = stream::Config {
        name: "S".into(),
        subjects: vec!["s.>".into()],
        allow_direct: true,
        ..stream::Config::default()
    };
    let stream = context.create_stream(config).await?;
    let mut socket = TcpStream::connect(address)?;
    socket.write_all(b"CONNECT {\"verbose\":false}\r\n")?;
    let body = format!(r#"{{"msg_id":"{}"}}"#, "x".repeat(SIZE - 13));
    let mut published = 0;
    while published < messages {
        let mut portion = Vec::new();
        let end = messages.min(published + PORTION);
        for number in published..end {
            write!(portion, "PUB s.{} {}\r\n{body}\r\n", number % 16, body.len())?;
        }
        published = end;
        socket.write_all(&portion)?;
        while published > stream.get_info().await?.state.messages + AHEAD {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    // The server has read everything once it answers.
    socket.write_all(b"PING\r\n")?;
    let mut answer = [0; 4096];
    while !socket
        .read(&mut answer)
        .map(|read| answer[..read].ends_with(b"PONG\r\n"))?
    {}
    while stream.get_info().await?.state.messages < messages {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

/// Reads all through async-nats.
async fn reference(context: &jetstream::Context, messages: u64) -> Result<(), Failure> {
    let config = consumer::pull::OrderedConfig {
        max_batch: TOGETHER,
        ..consumer::pull::OrderedConfig::default()
    };
    let consumer = context.create_consumer_on_stream(config, "S").await?;
    let mut came = consumer.messages().await?;
    for _ in 0..messages {
        came.next().await.ok_or("it ended")??;
    }
    Ok(())
}

/// Reads all through a follow.
async fn follow(connection: &Connection, messages: u64) -> Result<(), Failure> {
    let mut follow = Follow::open(connection, &request()).await?;
    let mut read = 0;
    while read < messages {
        read += follow.next_batch().await?.len() as u64;
    }
    Ok(())
}

/// Reads all as a part of a stream.
async fn history(connection: &Connection, messages: u64) -> Result<(), Failure> {
    let mut history = History::open(connection, &request()).await?;
    let mut read = 0;
    while history.next().await?.is_some() {
        read += 1;
    }
    (read == messages)
        .then_some(())
        .ok_or("messages are missing".into())
}

fn request() -> HistoryRequest {
    HistoryRequest {
        stream: "S".into(),
        ..HistoryRequest::default()
    }
}
