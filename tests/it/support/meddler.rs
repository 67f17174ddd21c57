//! A way to a broker that meddles with what the broker says of itself: it greets with another limit than the broker has, and
//! tells of a new one whenever a test wants.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// The way.
pub struct Meddler {
    address: String,
    most: Arc<AtomicUsize>,
    clients: Arc<Mutex<Vec<TcpStream>>>,
}

impl Meddler {
    /// One to that broker, which says that it takes messages of up to `most` bytes.
    pub fn to(broker: &str, most: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let way = Self {
            address: listener.local_addr().unwrap().to_string(),
            most: Arc::new(AtomicUsize::new(most)),
            clients: Arc::default(),
        };
        let (broker, most, clients) = (broker.to_owned(), way.most.clone(), way.clients.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&broker) else {
                    continue;
                };
                let (mut from_client, mut to_server) =
                    (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || drop(std::io::copy(&mut from_client, &mut to_server)));
                let (most, clients) = (most.clone(), clients.clone());
                thread::spawn(move || greet_and_pass(server, client, &most, &clients));
            }
        });
        way
    }

    /// `nats://HOST:PORT`.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// From now on the broker takes messages of up to `most` bytes, and says so to all. Nothing else may be on its way.
    pub fn tell(&self, most: usize) {
        self.most.store(most, Ordering::SeqCst);
        let line = format!("INFO {{\"server_id\":\"S\",\"max_payload\":{most}}}\r\n");
        for mut client in self.clients.lock().unwrap().iter() {
            // Some may have gone.
            let _ = client.write_all(line.as_bytes());
        }
    }
}

fn greet_and_pass(
    server: TcpStream,
    mut client: TcpStream,
    most: &AtomicUsize,
    clients: &Mutex<Vec<TcpStream>>,
) {
    let mut server = BufReader::new(server);
    let mut greeting = String::new();
    server.read_line(&mut greeting).unwrap();
    let json = greeting.strip_prefix("INFO ").unwrap();
    let mut info: serde_json::Value = serde_json::from_str(json).unwrap();
    info["max_payload"] = most.load(Ordering::SeqCst).into();
    client.write_all(format!("INFO {info}\r\n").as_bytes()).unwrap();
    clients.lock().unwrap().push(client.try_clone().unwrap());
    // Ends with one of the two.
    let _ = std::io::copy(&mut server, &mut client);
    let _ = client.shutdown(std::net::Shutdown::Both);
}
