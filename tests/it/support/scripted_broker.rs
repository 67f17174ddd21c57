//! A broker that says what a test tells it to, byte by byte: one part for each connection, in their order, and after the last
//! part a broker that behaves.

use crate::support::binary::PATIENCE;
use crate::support::trust::Pair;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a thread looks whether it should stop.
const LOOK: Duration = Duration::from_millis(20);
/// A greeting.
pub const INFO: &str = "INFO {\"server_id\":\"S\",\"server_name\":\"s\",\"version\":\"2.15.0\",\"headers\":true,\
                        \"max_payload\":1048576,\"proto\":1}\r\n";

/// What is done on one connection.
pub type Part = Box<dyn FnOnce(&mut Visit) + Send>;

/// A running scripted broker.
pub struct Scripted {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// One connection, as the broker sees it. Once the client is gone or the test over, nothing more is heard or said.
pub struct Visit {
    stream: Box<dyn Wire>,
    tcp: TcpStream,
    ends: (SocketAddr, SocketAddr),
    stop: Arc<AtomicBool>,
    heard: Vec<u8>,
    gone: bool,
    /// Bytes that could be sent.
    pub sent: u64,
}

trait Wire: Read + Write + Send {}

impl<W: Read + Write + Send> Wire for W {}

impl Scripted {
    /// Plays these parts.
    pub fn start(parts: impl IntoIterator<Item = Part>) -> Self {
        Self::begin(parts, None)
    }

    /// The same over TLS from the first byte on.
    pub fn start_tls(parts: impl IntoIterator<Item = Part>, pair: &Pair) -> Self {
        let certificates = CertificateDer::pem_file_iter(&pair.cert).unwrap();
        let certificates = certificates.collect::<Result<_, _>>().unwrap();
        let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certificates, key);
        Self::begin(parts, Some(Arc::new(config.unwrap())))
    }

    fn begin(parts: impl IntoIterator<Item = Part>, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (mut parts, stopped): (VecDeque<Part>, _) = (parts.into_iter().collect(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut visits = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let Ok((stream, _)) = listener.accept() else {
                    std::thread::park_timeout(LOOK);
                    continue;
                };
                let part = parts.pop_front().unwrap_or_else(|| Box::new(behave));
                let (tls, stopped) = (tls.clone(), stopped.clone());
                visits.push(std::thread::spawn(move || {
                    part(&mut Visit::new(stream, tls, stopped));
                }));
            }
            for visit in visits {
                visit.join().unwrap();
            }
        });
        Self {
            address,
            stop,
            thread,
        }
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Goes away; fails if a part failed.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
    }
}

/// A broker as it should be: whoever subscribes gets one message that says `good`.
fn behave(visit: &mut Visit) {
    visit.greet();
    while let Some((subject, number)) = visit.subscribed() {
        visit.say(format!("MSG {subject} {number} 4\r\ngood\r\n").as_bytes());
    }
}

impl Visit {
    fn new(stream: TcpStream, tls: Option<Arc<rustls::ServerConfig>>, stop: Arc<AtomicBool>) -> Self {
        stream.set_nonblocking(false).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LOOK)).unwrap();
        stream.set_write_timeout(Some(LOOK)).unwrap();
        let ends = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
        let tcp = stream.try_clone().unwrap();
        let stream: Box<dyn Wire> = match tls {
            None => Box::new(stream),
            Some(config) => {
                let connection = rustls::ServerConnection::new(config).unwrap();
                Box::new(rustls::StreamOwned::new(connection, stream))
            }
        };
        Self {
            stream,
            tcp,
            ends,
            stop,
            heard: Vec::new(),
            gone: false,
            sent: 0,
        }
    }

    /// Introduces itself and lets the client in.
    pub fn greet(&mut self) {
        self.say(INFO.as_bytes());
        self.let_in();
    }

    /// Waits until the client has introduced itself, and lets it in.
    pub fn let_in(&mut self) {
        if self.hear("PING\r\n").is_some() {
            self.say(b"PONG\r\n");
        }
    }

    /// The next subscription: subject and number. Questions before it are answered.
    pub fn subscribed(&mut self) -> Option<(String, String)> {
        loop {
            let line = self.hear("\r\n")?;
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["SUB", subject, number] => return Some((subject.to_owned(), number.to_owned())),
                ["PING"] => {
                    self.say(b"PONG\r\n");
                }
                _ => {}
            }
        }
    }

    /// Answers the questions that have come, and waits for one if there is none.
    pub fn answer(&mut self) {
        if self.hear("PING\r\n").is_some() {
            self.say(b"PONG\r\n");
        }
    }

    /// What comes up to this text; `None` if it never comes.
    pub fn hear(&mut self, text: &str) -> Option<String> {
        let mut some = [0; 4096];
        loop {
            if let Some(at) = memchr::memmem::find(&self.heard, text.as_bytes()) {
                let heard: Vec<u8> = self.heard.drain(..at + text.len()).collect();
                return Some(String::from_utf8(heard).unwrap());
            }
            if self.is_over() {
                return None;
            }
            match self.stream.read(&mut some) {
                Ok(0) => self.gone = true,
                Ok(count) => self.heard.extend_from_slice(&some[..count]),
                Err(error) => self.gone |= !is_timeout(&error),
            }
        }
    }

    /// Sends bytes as they are; false if they did not all go.
    pub fn say(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while !rest.is_empty() && !self.is_over() {
            match self.stream.write(rest) {
                Ok(count) => {
                    self.sent += count as u64;
                    rest = &rest[count..];
                }
                Err(error) => self.gone |= !is_timeout(&error),
            }
        }
        while !self.is_over() {
            match self.stream.flush() {
                Ok(()) => break,
                Err(error) => self.gone |= !is_timeout(&error),
            }
        }
        rest.is_empty() && !self.gone
    }

    /// Sends bytes in two pieces, the second one once the client has taken the first.
    pub fn say_split(&mut self, bytes: &[u8], at: usize) {
        let (first, second) = bytes.split_at(at);
        self.say(first);
        self.wait_until_taken();
        self.say(second);
    }

    /// Sends the same bytes for ever.
    pub fn flood(&mut self, bytes: &[u8]) {
        while self.say(bytes) {}
    }

    /// Says nothing more until the client goes or the test ends.
    pub fn hold(&mut self) {
        self.hear("nobody says this");
    }

    /// Says nothing more for good, and waits until the client has gone: nothing that was said is lost.
    pub fn close(&mut self) {
        // The client may have gone already.
        let _ = self.tcp.shutdown(Shutdown::Write);
        self.hold();
    }

    /// Waits until nothing lies in the client's socket that it has not read.
    fn wait_until_taken(&self) {
        let started = Instant::now();
        while unread(self.ends.1, self.ends.0).is_some_and(|bytes| bytes > 0)
            && !self.stop.load(Ordering::Relaxed)
        {
            assert!(started.elapsed() < PATIENCE, "the client does not read");
            std::thread::yield_now();
        }
    }

    fn is_over(&self) -> bool {
        self.gone || self.stop.load(Ordering::Relaxed)
    }
}

/// Bytes that lie unread in the socket at `own` that is connected with `other`; `None` where systems do not tell.
fn unread(own: SocketAddr, other: SocketAddr) -> Option<u64> {
    let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
    let port = |field: &str| u16::from_str_radix(field.split_once(':')?.1, 16).ok();
    let mut rows = table.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, at, with, _, queues, ..] = fields[..] else {
            return None;
        };
        (port(at)? == own.port() && port(with)? == other.port()).then_some(queues)
    });
    let queues = rows.next_back()?;
    u64::from_str_radix(queues.split_once(':')?.1, 16).ok()
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}
