//! The way between the workbench and its broker, which may be slow, dead or cut.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Bytes that pass in one go.
const PIECE: usize = 64 << 10;
const LOOK: Duration = Duration::from_millis(2);

/// A proxy; each connection that it accepted is one to the broker.
pub struct Proxy {
    address: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Microseconds that each piece waits.
    pause: AtomicU64,
    ends: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    pub fn to(broker: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (state, broker) = (Arc::<State>::default(), broker.to_owned());
        let shared = state.clone();
        thread::spawn(move || {
            for here in listener.incoming().map_while(Result::ok) {
                let Ok(there) = TcpStream::connect(&broker) else {
                    continue;
                };
                let mut ends = shared.ends.lock().unwrap();
                ends.clear();
                for (from, to) in [(&here, &there), (&there, &here)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    ends.push(from.try_clone().unwrap());
                    let state = shared.clone();
                    thread::spawn(move || pass(from, to, &state));
                }
            }
        });
        Self { address, state }
    }

    /// `nats://HOST:PORT`.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// From now on every piece of 4 KiB takes so long; nothing at all passes if it is `Duration::MAX`.
    pub fn slow(&self, pause: Duration) {
        let micros = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        self.state.pause.store(micros, Ordering::Relaxed);
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        for end in self.state.ends.lock().unwrap().drain(..) {
            // It may be closed already.
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, state: &State) {
    let mut buffer = vec![0; PIECE];
    loop {
        let slow = state.pause.load(Ordering::Relaxed);
        let most = if slow > 0 { 4096 } else { PIECE };
        let Ok(length @ 1..) = from.read(&mut buffer[..most]) else {
            break;
        };
        let mut waited = 0;
        while waited < state.pause.load(Ordering::Relaxed) {
            thread::sleep(LOOK);
            waited += LOOK.as_micros() as u64;
        }
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
