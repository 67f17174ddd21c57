//! Numbered messages without end, published straight to the broker, and when each was.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

/// Time between two of them.
const PAUSE: Duration = Duration::from_millis(8);

/// The publisher.
pub struct Traffic {
    times: Arc<Mutex<Vec<i64>>>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Traffic {
    pub fn start(address: &str) -> Self {
        let (times, stop) = (Arc::<Mutex<Vec<i64>>>::default(), Arc::<AtomicBool>::default());
        let (book, stopped, address) = (times.clone(), stop.clone(), address.to_owned());
        let thread = thread::spawn(move || {
            let mut peer = None;
            while !stopped.load(Ordering::Relaxed) {
                thread::sleep(PAUSE);
                let number = book.lock().unwrap().len();
                let body = format!(
                    r#"{{"correlation_id":"7f3a91c2-0000-4000-8000-{number:012}","msg_id":"7f3a91c2-0000-4000-8001-{number:012}","sender_name":"soak","send_to":"soak.{number}","payloads":[{{"id":"1","dataname":"n","payload_type":"text","transport":"direct","encoding":"base64","size":3,"data":"QUFB"}}]}}"#
                );
                let frame = format!("PUB soak.{number} {}\r\n{body}\r\n", body.len());
                let sent = peer
                    .take()
                    .or_else(|| Peer::connect(&address))
                    .filter(|peer| peer.has_taken(frame.as_bytes()));
                // What was not taken is published again under its number: only what the broker had counts.
                if sent.is_some() {
                    book.lock().unwrap().push(now_us());
                }
                peer = sent;
            }
        });
        Self { times, stop, thread }
    }

    /// The number that the next message will have.
    pub fn next_number(&self) -> u64 {
        self.times.lock().unwrap().len() as u64
    }

    /// Ends; the times at which the messages were published, in microseconds since the epoch.
    pub fn stop(self) -> Vec<i64> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        Arc::into_inner(self.times).unwrap().into_inner().unwrap()
    }
}

/// A bare connection that does not mind when the broker goes.
pub struct Peer(TcpStream);

impl Peer {
    pub fn connect(address: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_nodelay(true).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        (&stream)
            .write_all(b"CONNECT {\"verbose\":false,\"headers\":true}\r\n")
            .ok()?;
        Some(Self(stream))
    }

    /// Sends this and waits until the broker has dealt with it; false if it is gone.
    pub fn has_taken(&self, bytes: &[u8]) -> bool {
        let mut stream = &self.0;
        if stream
            .write_all(bytes)
            .and_then(|()| stream.write_all(b"PING\r\n"))
            .is_err()
        {
            return false;
        }
        let (mut heard, mut some) = (Vec::new(), [0; 4096]);
        while !heard.ends_with(b"PONG\r\n") {
            match stream.read(&mut some) {
                Ok(length @ 1..) => heard.extend_from_slice(&some[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                _ => return false,
            }
        }
        true
    }
}

pub fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}
