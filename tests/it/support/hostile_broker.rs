//! A broker that means ill: a listener that plays one script to whoever connects, and counts what it could send.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often a thread looks whether it should stop.
const LOOK: Duration = Duration::from_millis(20);

/// What a hostile broker does.
#[derive(Clone)]
pub struct Script {
    pub name: &'static str,
    /// Sent at once.
    greeting: Vec<u8>,
    /// Sent when the client's PING has come.
    answer: Option<Vec<u8>>,
    then: Then,
}

/// What it does after that.
#[derive(Clone)]
enum Then {
    /// Hangs up.
    Close,
    /// Says nothing more.
    Hold,
    /// Sends this for ever.
    Flood(Vec<u8>),
}

/// A running hostile broker.
pub struct Hostile {
    address: String,
    stop: Arc<AtomicBool>,
    most: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Hostile {
    /// Plays `script` on a free port.
    pub fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, most) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopped, sent) = (stop.clone(), most.clone());
        let thread = std::thread::spawn(move || {
            let mut visits = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let (script, stopped, sent) = (script.clone(), stopped.clone(), sent.clone());
                        visits.push(std::thread::spawn(move || {
                            let sum = play(stream, &script, &stopped);
                            sent.fetch_max(sum, Ordering::Relaxed);
                        }));
                    }
                    Err(_) => std::thread::park_timeout(LOOK),
                }
            }
            drop(listener);
            for visit in visits {
                visit.join().unwrap();
            }
        });
        Self {
            address,
            stop,
            most,
            thread,
        }
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        self.address.clone()
    }

    /// Goes away; the most bytes it could send over one connection.
    pub fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        self.most.load(Ordering::Relaxed)
    }
}

/// Plays the script on one connection; gives the bytes that could be sent.
fn play(mut stream: TcpStream, script: &Script, stop: &AtomicBool) -> u64 {
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(LOOK)).unwrap();
    stream.set_write_timeout(Some(LOOK)).unwrap();
    let mut sent = 0;
    let mut say = |stream: &mut TcpStream, bytes: &[u8]| {
        let mut rest = bytes;
        while !rest.is_empty() && !stop.load(Ordering::Relaxed) {
            match stream.write(rest) {
                Ok(count) => {
                    sent += count as u64;
                    rest = &rest[count..];
                }
                Err(error) if is_timeout(&error) => {}
                Err(_) => return false,
            }
        }
        rest.is_empty()
    };
    let mut alive = say(&mut stream, &script.greeting);
    if let Some(answer) = &script.answer {
        alive = alive && hear(&mut stream, b"PING\r\n", stop) && say(&mut stream, answer);
    }
    match &script.then {
        Then::Close => {}
        Then::Hold => {
            hear(&mut stream, b"nobody says this", stop);
        }
        Then::Flood(bytes) => {
            while alive {
                alive = say(&mut stream, bytes);
            }
        }
    }
    sent
}

/// Reads until `wanted` came; false if it will not.
fn hear(stream: &mut TcpStream, wanted: &[u8], stop: &AtomicBool) -> bool {
    let (mut heard, mut some) = (Vec::new(), [0; 4096]);
    while !stop.load(Ordering::Relaxed) {
        match stream.read(&mut some) {
            Ok(0) => return false,
            Ok(count) => heard.extend_from_slice(&some[..count]),
            Err(error) if is_timeout(&error) => {}
            Err(_) => return false,
        }
        if heard.windows(wanted.len()).any(|window| window == wanted) {
            return true;
        }
    }
    false
}

fn is_timeout(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

/// All scripts. Nobody may ever connect to the `decoy` port.
pub fn scripts(decoy: u16) -> Vec<Script> {
    let info = |more: &str| {
        format!(
            "INFO {{\"server_id\":\"X\",\"server_name\":\"x\",\"version\":\"2.15.0\",\"go\":\"\",\"host\":\"h\",\"port\":1,\"headers\":true,\"max_payload\":1048576,\"proto\":1{more}}}\r\n"
        )
        .into_bytes()
    };
    let greeted = |name, answer: &[u8], then| Script {
        name,
        greeting: info(""),
        answer: Some([b"PONG\r\n", answer].concat()),
        then,
    };
    let ungreeted = |name, greeting: &[u8], then| Script {
        name,
        greeting: greeting.to_vec(),
        answer: None,
        then,
    };
    let elsewhere = info(&format!(
        ",\"connect_urls\":[\"127.0.0.1:{decoy}\",\"nats://127.0.0.1:{decoy}\"]"
    ));
    let named = [&b"PONG\r\n"[..], &elsewhere, b"-ERR 'Stale Connection'\r\n"].concat();
    vec![
        greeted(
            "a message of 2^64-1 bytes",
            b"MSG a 1 18446744073709551615\r\nx",
            Then::Hold,
        ),
        greeted(
            "a message of 2^63 bytes",
            b"MSG a 1 9223372036854775808\r\nx",
            Then::Hold,
        ),
        greeted(
            "a message of 1 TiB that really comes",
            b"MSG a 1 1099511627776\r\n",
            Then::Flood(vec![b'x'; 1 << 16]),
        ),
        greeted("a negative length", b"MSG a 1 -1\r\n\r\n", Then::Hold),
        greeted(
            "headers longer than the message",
            b"HMSG a 1 100 10\r\nNATS/1.0\r\n\r\n",
            Then::Hold,
        ),
        greeted(
            "headers of 2^64-1 bytes",
            b"HMSG a 1 18446744073709551615 18446744073709551615\r\nNATS",
            Then::Hold,
        ),
        greeted("garbage", b"GARBAGE 1 2 3\r\n", Then::Hold),
        greeted("binary junk", b"\x00\xff\x16\x03\x01\x80\r\n\x00\r\n", Then::Hold),
        greeted("endless junk without a line", b"", Then::Flood(vec![0; 1 << 16])),
        greeted("a flood of PING", b"", Then::Flood(b"PING\r\n".repeat(1 << 12))),
        greeted(
            "a flood of complaints",
            b"",
            Then::Flood(b"-ERR 'no'\r\n".repeat(1 << 12)),
        ),
        greeted(
            "escape sequences in a complaint",
            b"-ERR '\x1b]0;owned\x07\x1b[2J'\r\n",
            Then::Close,
        ),
        greeted("half a message", b"MSG a 1 100\r\nabc", Then::Close),
        greeted("half a control line", b"MSG a 1", Then::Close),
        greeted("silence after the greeting", b"", Then::Hold),
        greeted("an end after the greeting", b"", Then::Close),
        ungreeted("an end before the greeting", b"", Then::Close),
        ungreeted("half a greeting", b"INFO {\"server_id\":", Then::Close),
        ungreeted("silence instead of a greeting", b"", Then::Hold),
        ungreeted(
            "an endless greeting",
            b"INFO {\"server_id\":\"",
            Then::Flood(vec![b'x'; 1 << 16]),
        ),
        ungreeted(
            "an answer in HTTP",
            b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
            Then::Close,
        ),
        ungreeted("a TLS alert", b"\x15\x03\x01\x00\x02\x02\x28", Then::Close),
        ungreeted("a greeting that is no JSON", b"INFO nonsense\r\n", Then::Hold),
        Script {
            name: "other brokers named in the greeting",
            greeting: elsewhere.clone(),
            answer: Some(named.clone()),
            then: Then::Close,
        },
        Script {
            name: "other brokers named later",
            greeting: info(""),
            answer: Some(named),
            then: Then::Close,
        },
    ]
}
