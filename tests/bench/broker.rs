//! What the embedded broker carries from one publisher to one subscriber, over TCP, with publishes sent in batches
//! (`cargo bench --bench broker`), and a real nats-server in the same run as the measure: `NATSBRIDGE_TEST_NATS_SERVER`.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and ends where it cannot measure"
)]

use natsbridge_host::{Broker, BrokerOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COUNT: usize = 2_000_000;
const BATCH: usize = 1_000;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = BrokerOptions {
        listen: "127.0.0.1:0".into(),
        ..BrokerOptions::default()
    };
    let broker = runtime
        .block_on(Broker::start(options))
        .expect("the embedded broker");
    let ours = broker.url().replace("nats://", "");
    let theirs = real_server();
    for payload in [16, 638] {
        let embedded = carry(&ours, payload);
        print!("{payload:>4} bytes: embedded {embedded:>10.0} messages/s");
        match &theirs {
            Some((_, address)) => {
                let real = carry(address, payload);
                println!(", nats-server {real:>10.0}, ratio {:.2}", embedded / real);
            }
            None => println!(", no nats-server to compare with: set NATSBRIDGE_TEST_NATS_SERVER"),
        }
    }
    if let Some((mut server, _)) = theirs {
        let _ = server.kill();
        let _ = server.wait();
    }
}

/// Messages per second from one connection to another.
fn carry(address: &str, payload: usize) -> f64 {
    let mut receiver = connect(address);
    receiver.write_all(b"SUB a 1\r\nPING\r\n").expect("subscribed");
    hear(&mut receiver, b"PONG\r\n");
    let mut sender = connect(address);
    let publish = [
        format!("PUB a {payload}\r\n").as_bytes(),
        &vec![b'x'; payload],
        b"\r\n",
    ]
    .concat();
    let batch = publish.repeat(BATCH);
    let mut left = (format!("MSG a 1 {payload}\r\n").len() + payload + 2) * COUNT;
    let start = Instant::now();
    let sending = std::thread::spawn(move || {
        for _ in 0..COUNT / BATCH {
            sender.write_all(&batch).expect("published");
        }
        sender
    });
    let mut buffer = vec![0; 1 << 18];
    while left > 0 {
        let read = receiver.read(&mut buffer).expect("messages");
        assert!(read > 0, "the broker hung up with {left} bytes to come");
        left = left.saturating_sub(read);
    }
    let spent = start.elapsed();
    let _ = sending.join();
    COUNT as f64 / spent.as_secs_f64()
}

fn connect(address: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).expect("a connection");
    hear(&mut socket, b"\r\n");
    socket
        .write_all(b"CONNECT {\"verbose\":false}\r\n")
        .expect("connected");
    socket
}

fn hear(socket: &mut TcpStream, text: &[u8]) {
    let (mut heard, mut byte) = (Vec::new(), [0]);
    while !heard.ends_with(text) {
        socket.read_exact(&mut byte).expect("an answer");
        heard.push(byte[0]);
    }
}

fn real_server() -> Option<(std::process::Child, String)> {
    let program = std::env::var("NATSBRIDGE_TEST_NATS_SERVER").ok()?;
    let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let server = Command::new(program)
        .args(["-a", "127.0.0.1", "-p", &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let address = format!("127.0.0.1:{port}");
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(&address).is_err() {
        assert!(Instant::now() < deadline, "the nats-server did not start");
        std::thread::sleep(Duration::from_millis(10));
    }
    Some((server, address))
}
