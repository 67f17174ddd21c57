//! A file server for the tests that answers as a test wants it to, byte by byte, and counts who came.

use crate::support::binary::PATIENCE;
use crate::support::trust::Pair;
use natsbridge_engine::{ResolveFuture, Resolver};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A running server; it ends with the test.
pub struct LinkServer {
    pub port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    accepted: AtomicUsize,
    stopping: AtomicBool,
    asked: Mutex<Vec<Asked>>,
}

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// Request line and headers, in lower case.
    pub head: String,
    /// How many requests came before.
    pub before: usize,
}

impl LinkServer {
    /// Listens on 127.0.0.1 and answers each connection's one request with `answer`; its errors end the connection.
    pub fn start(answer: impl Fn(&Asked, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), answer)
    }

    /// One that gives each path its status, headers and body.
    pub fn with(files: &[(&str, &str, &str)]) -> Self {
        let files: HashMap<String, (String, String)> = files
            .iter()
            .map(|(path, head, body)| ((*path).to_owned(), ((*head).to_owned(), (*body).to_owned())))
            .collect();
        Self::start(move |asked, stream| {
            let missing = ("404 Not Found".to_owned(), String::new());
            let (head, body) = files.get(&asked.path).unwrap_or(&missing);
            write!(
                stream,
                "HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            )?;
            match asked.method.as_str() {
                "HEAD" => Ok(()),
                _ => stream.write_all(body.as_bytes()),
            }
        })
    }

    /// As [`LinkServer::start`], on this listener.
    pub fn on(
        listener: TcpListener,
        answer: impl Fn(&Asked, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        let seen = Arc::clone(&shared);
        Self::serving(listener, shared, move |stream| match seen.read(stream) {
            Some(asked) => answer(&asked, stream),
            None => Ok(()),
        })
    }

    /// One whose connections are handed over as they come.
    pub fn bare(serve: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::serving(listener, Arc::default(), serve)
    }

    /// One that speaks TLS with that certificate and answers each head, in lower case, with these bytes.
    pub fn tls(pair: &Pair, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let certificate = CertificateDer::from_pem_file(&pair.cert).unwrap();
        let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let config = Arc::new(config);
        Self::bare(move |stream| {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
            let mut tls = rustls::StreamOwned::new(connection, stream.try_clone()?);
            let head = read_head(&mut tls).unwrap_or_default().to_lowercase();
            tls.write_all(answer(&head).as_bytes())?;
            tls.conn.send_close_notify();
            tls.flush()
        })
    }

    fn serving(
        listener: TcpListener,
        shared: Arc<Shared>,
        serve: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::clone(&shared);
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                if seen.stopping.load(Ordering::SeqCst) {
                    return;
                }
                seen.accepted.fetch_add(1, Ordering::SeqCst);
                let serve = Arc::clone(&serve);
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_write_timeout(Some(PATIENCE)).unwrap();
                // The client may go away in the middle; it says so itself.
                thread::spawn(move || drop(serve(&mut stream)));
            }
        });
        Self { port, shared }
    }

    /// `http://127.0.0.1:PORT` and the path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Connections that came.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// Requests that came.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }
}

impl Shared {
    fn read(&self, stream: &TcpStream) -> Option<Asked> {
        let head = read_head(stream)?;
        let mut words = head.split_whitespace().map(str::to_owned);
        let mut list = self.asked.lock().unwrap();
        let asked = Asked {
            method: words.next().unwrap_or_default(),
            path: words.next().unwrap_or_default(),
            head: head.to_lowercase(),
            before: list.len(),
        };
        list.push(asked.clone());
        Some(asked)
    }
}

impl Drop for LinkServer {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn read_head(stream: impl Read) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}

/// Waits until the other side has closed the connection.
pub fn until_closed(stream: &mut TcpStream) {
    let _ = io::copy(stream, &mut io::sink());
}

/// Knows the names that a test gives it, and counts what it is asked.
#[derive(Debug, Default)]
pub struct Names {
    pub known: HashMap<String, Vec<IpAddr>>,
    pub asked: AtomicUsize,
}

impl Names {
    pub fn new(names: &[(&str, &[&str])]) -> Arc<Self> {
        let known = names.iter().map(|(name, addresses)| {
            let addresses = addresses.iter().map(|address| address.parse().unwrap());
            ((*name).to_owned(), addresses.collect())
        });
        Arc::new(Self {
            known: known.collect(),
            asked: AtomicUsize::new(0),
        })
    }
}

impl Resolver for Names {
    fn resolve<'a>(&'a self, host: &'a str) -> ResolveFuture<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.known.get(host).cloned();
        Box::pin(async move { found.ok_or_else(|| io::Error::other("no such name")) })
    }
}
