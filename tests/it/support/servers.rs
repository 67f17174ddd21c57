//! Real brokers for the tests: started on a free port, stopped and cleared away at the end.

use crate::support::real;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a test waits for something that should happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running broker; stopped and cleared away when dropped.
pub struct RealServer {
    program: PathBuf,
    port: u16,
    dir: PathBuf,
    child: Option<Child>,
}

/// The current nats-server, or `None` (said on the screen) where there is none.
pub fn nats_server() -> Option<RealServer> {
    nats_server_with("")
}

/// As [`nats_server`], with these lines in its configuration.
pub fn nats_server_with(config: &str) -> Option<RealServer> {
    Some(RealServer::new(real::nats_server()?, config))
}

/// The old nats-server that the product promises to work with.
pub fn old_nats_server() -> Option<RealServer> {
    old_nats_server_with("")
}

/// As [`old_nats_server`], with these lines in its configuration.
pub fn old_nats_server_with(config: &str) -> Option<RealServer> {
    Some(RealServer::new(real::old_nats_server()?, config))
}

/// Brokers started by this process, for the names of their directories.
static RUN: AtomicU32 = AtomicU32::new(0);

impl RealServer {
    pub(super) fn new(program: PathBuf, config: &str) -> Self {
        let run = RUN.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("natsbridge-test-{}-{run}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("server.conf"), config).unwrap();
        let port = free_port();
        let mut server = Self {
            program,
            port,
            dir,
            child: None,
        };
        server.start();
        server
    }

    /// Starts it (again, on the same port) and waits until it answers.
    pub fn start(&mut self) {
        let child = Command::new(&self.program)
            .args(["-a", "127.0.0.1", "-p", &self.port.to_string(), "-c"])
            .arg(self.dir.join("server.conf"))
            .arg("-sd")
            .arg(&self.dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        wait_for(self.port, "the broker");
    }

    /// Gives it other lines of configuration; they count from its next start.
    pub fn configure(&self, config: &str) {
        std::fs::write(self.dir.join("server.conf"), config).unwrap();
    }

    /// Kills it.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }

    /// Has it end in order, as before a new version of it.
    #[cfg(unix)]
    pub fn end(&mut self) {
        self.signal("-TERM");
        if let Some(mut child) = self.child.take() {
            child.wait().unwrap();
        }
    }

    /// Stops it in its tracks or has it go on: `-STOP`, `-CONT`.
    #[cfg(unix)]
    pub fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([signal, &self.pid().to_string()])
            .status();
        assert!(status.unwrap().success());
        if signal == "-STOP" {
            self.wait_until_stopped();
        }
    }

    /// A signal is on its way for a while: on a busy machine the broker may still answer meanwhile. Whoever started it is
    /// told once all of it stands still.
    #[cfg(unix)]
    fn wait_until_stopped(&self) {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let pid = WaitId::Pid(Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap());
        let started = Instant::now();
        while waitid(pid.clone(), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG)
            .unwrap()
            .is_none()
        {
            assert!(started.elapsed() < PATIENCE, "the broker does not stop");
            std::thread::park_timeout(Duration::from_millis(1));
        }
    }

    /// Has it read another configuration while it runs.
    #[cfg(unix)]
    pub fn reload(&self, config: &str) {
        std::fs::write(self.dir.join("server.conf"), config).unwrap();
        let pid = i32::try_from(self.pid())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// `nats://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A bare connection that sends what it is given, malformed or not.
    pub fn raw(&self) -> RawPeer {
        self.raw_as("")
    }

    /// As [`RealServer::raw`], as somebody: `user:password@`.
    pub fn raw_as(&self, credentials: &str) -> RawPeer {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut peer = RawPeer(BufReader::new(stream));
        let mut info = String::new();
        peer.0.read_line(&mut info).unwrap();
        let (user, pass) = credentials
            .trim_end_matches('@')
            .split_once(':')
            .unwrap_or_default();
        let connect =
            format!(r#"{{"verbose":false,"headers":true,"protocol":1,"user":"{user}","pass":"{pass}"}}"#);
        peer.send(format!("CONNECT {connect}\r\n").as_bytes());
        peer
    }
}

impl Drop for RealServer {
    fn drop(&mut self) {
        self.stop();
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

/// A port for a server that starts, stops and starts again: below those that systems hand out by themselves, so
/// that nobody else's socket gets it in between, and none twice in this process.
pub(super) fn free_port() -> u16 {
    const FIRST: u32 = 12_000;
    const PORTS: u32 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        // Processes that test at the same time begin far from each other.
        let next = std::process::id().wrapping_mul(97) + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(FIRST + next % PORTS).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn wait_for(port: u16, what: &str) {
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < PATIENCE, "{what} does not answer");
        std::thread::yield_now();
    }
}

/// A running nginx that takes files by PUT and gives them by GET; stopped and cleared away when dropped.
pub struct Nginx {
    port: u16,
    dir: PathBuf,
    child: Child,
}

/// A WebDAV server, or `None` (said on the screen) where there is no nginx. Files below `/small` may have 1 KiB.
pub fn nginx() -> Option<Nginx> {
    let program = real::nginx()?;
    let run = RUN.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("natsbridge-nginx-{}-{run}", std::process::id()));
    std::fs::create_dir_all(dir.join("files/small")).unwrap();
    let port = free_port();
    let at = dir.display();
    let config = format!(
        "daemon off; master_process off; pid {at}/pid; error_log stderr;
         events {{ worker_connections 64; }}
         http {{
             access_log off;
             client_body_temp_path {at}/body; proxy_temp_path {at}/proxy; fastcgi_temp_path {at}/fastcgi;
             uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi;
             server {{
                 listen 127.0.0.1:{port}; root {at}/files; client_max_body_size 0; dav_methods PUT DELETE;
                 location /small {{ client_max_body_size 1k; dav_methods PUT; }}
                 location /closed {{ return 403; }}
             }}
         }}"
    );
    std::fs::write(dir.join("nginx.conf"), config).unwrap();
    let child = Command::new(program)
        .arg("-c")
        .arg(dir.join("nginx.conf"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let nginx = Nginx { port, dir, child };
    wait_for(port, "nginx");
    Some(nginx)
}

impl Nginx {
    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

/// A publisher that speaks the bare protocol.
pub struct RawPeer(BufReader<TcpStream>);

impl RawPeer {
    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    /// Publishes a message.
    pub fn publish(&mut self, subject: &str, payload: &[u8]) {
        let mut bytes = format!("PUB {subject} {}\r\n", payload.len()).into_bytes();
        bytes.extend_from_slice(payload);
        bytes.extend_from_slice(b"\r\n");
        self.send(&bytes);
    }

    /// Publishes a message with a header block given byte by byte.
    pub fn publish_with_header_block(&mut self, subject: &str, block: &[u8], payload: &[u8]) {
        let total = block.len() + payload.len();
        let mut bytes = format!("HPUB {subject} {} {total}\r\n", block.len()).into_bytes();
        bytes.extend_from_slice(block);
        bytes.extend_from_slice(payload);
        bytes.extend_from_slice(b"\r\n");
        self.send(&bytes);
    }

    /// Subscribes; the broker knows when this returns.
    pub fn subscribe(&mut self, subject: &str) {
        self.send(format!("SUB {subject} 1\r\n").as_bytes());
        self.settle();
    }

    /// Waits for the next message without headers; its reply subject.
    pub fn next_reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let parts: Vec<&str> = line.split_whitespace().collect();
            if let ["MSG", _, _, reply, length] = parts[..] {
                let mut payload = vec![0; length.parse::<usize>().unwrap() + 2];
                self.0.read_exact(&mut payload).unwrap();
                return reply.to_owned();
            }
        }
    }

    /// Reads on until the broker is gone; all that came.
    pub fn read_to_end(mut self) -> Vec<u8> {
        let mut all = Vec::new();
        // A broker that was killed may reset the connection: what came before counts.
        let _ = self.0.read_to_end(&mut all);
        all
    }

    /// Waits until the broker has seen everything sent so far; what it sent meanwhile.
    pub fn settle(&mut self) -> Vec<u8> {
        self.send(b"PING\r\n");
        let mut seen = Vec::new();
        let mut byte = [0];
        while !seen.ends_with(b"PONG\r\n") {
            self.0.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        seen
    }

    /// Waits until the broker has sent all that came to it so far; this stands so often in it.
    pub fn settle_counting(&mut self, text: &str, times: u64) {
        let seen = self.settle();
        let count = String::from_utf8_lossy(&seen).matches(text).count();
        assert_eq!(count as u64, times, "{text:?}");
    }
}
