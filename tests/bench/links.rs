//! Large payloads up and down through `serve`, beside curl against the same server in the same run: seconds, speed as a
//! share of curl's, and how far the memory of each of our processes grew. `cargo bench --bench links -- 1000` moves
//! 1,000 MB. Our verbs do more than curl (an upload is opened, what comes is hashed, kept and saved), so the engine is
//! measured alone, too.
//!
//! Needs curl; all sides write to and read from the temporary directory, so the figures hold for its disk (`TMPDIR`).
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use natsbridge_engine::{FetchRequest, Fetcher, FileServerOptions, FileServerSpec, Progress, file_blob};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_natsbridge");
const ROUNDS: usize = 3;

type Failure = Box<dyn std::error::Error>;

/// A child that ends with the bench.
struct Running(Child);

impl Running {
    /// Starts a server; the first line that it prints is where it is.
    fn serving(args: &[&str]) -> Result<(Self, String), Failure> {
        let mut running = Self(
            command(args)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?,
        );
        let out = running.0.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        Ok((running, line.trim().to_owned()))
    }

    /// Waits for its end; the most memory it took meanwhile, in KiB.
    fn ended(mut self) -> Result<u64, Failure> {
        let mut peak = 0;
        loop {
            peak = peak_kib(self.0.id()).unwrap_or(0).max(peak);
            if let Some(status) = self.0.try_wait()? {
                return status
                    .success()
                    .then_some(peak)
                    .ok_or_else(|| status.to_string().into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(args).stdin(Stdio::null());
    command
}

fn peak_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn curl(args: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = Command::new("curl").arg("-sSf").args(args).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    output
        .status
        .success()
        .then_some(output.stdout)
        .ok_or_else(|| format!("curl: {said}").into())
}

fn curl_json(args: &[&str]) -> Result<Value, Failure> {
    Ok(serde_json::from_slice(&curl(args)?)?)
}

fn word<'a>(json: &'a Value, pointer: &str) -> Result<&'a str, Failure> {
    let value = json.pointer(pointer).and_then(Value::as_str);
    value.ok_or_else(|| format!("no {pointer} in {json}").into())
}

fn make(path: &Path, megabytes: usize) -> Result<(), Failure> {
    let mut file = File::create(path)?;
    let mut block = vec![0_u8; 1_000_000];
    for number in 0..megabytes {
        for (at, byte) in block.iter_mut().enumerate() {
            *byte = (at.wrapping_mul(31).wrapping_add(number)) as u8;
        }
        file.write_all(&block)?;
    }
    Ok(())
}

/// One side's times in seconds and its most memory in KiB.
#[derive(Default)]
struct Side {
    up: Vec<f64>,
    down: Vec<f64>,
    up_kib: u64,
    down_kib: u64,
}

/// Everything that is moved, and between whom.
struct Stage {
    big: String,
    saved: String,
    megabytes: usize,
    nats: String,
    url: String,
}

impl Stage {
    fn curl(&self, side: &mut Side) -> Result<(), Failure> {
        let url = &self.url;
        let start = Instant::now();
        let upload = curl_json(&["-d", r#"{"oneShot":false}"#, &format!("{url}/upload")])?;
        let token = format!("X-UploadToken: {}", word(&upload, "/uploadToken")?);
        let (id, form) = (word(&upload, "/id")?, format!("file=@{}", self.big));
        let file = curl_json(&["-H", &token, "-F", &form, &format!("{url}/file/{id}")])?;
        side.up.push(start.elapsed().as_secs_f64());
        let link = format!("{url}/file/{id}/{}/big.bin", word(&file, "/id")?);
        let start = Instant::now();
        curl(&["-o", &format!("{}/curl.bin", self.saved), &link])?;
        side.down.push(start.elapsed().as_secs_f64());
        curl(&["-X", "DELETE", "-H", &token, &link])?;
        Ok(())
    }

    /// `send` and `listen --save`, each with the memory it takes for a small message subtracted.
    fn verbs(&self, side: &mut Side) -> Result<(), Failure> {
        let (_, small) = self.send(&["--text", "a=b"])?;
        let start = Instant::now();
        let (envelope, peak) =
            self.send(&["--transport", "link", "--binary", &format!("big=@{}", self.big)])?;
        side.up.push(start.elapsed().as_secs_f64());
        side.up_kib = side.up_kib.max(peak.saturating_sub(small));
        let link = word(&envelope, "/payloads/0/data")?;

        let (_, small) = self.listen("direct", &json!("aGk="), 2)?;
        let (time, peak) = self.listen("link", &json!(link), self.megabytes * 1_000_000)?;
        side.down.push(time.as_secs_f64());
        side.down_kib = side.down_kib.max(peak.saturating_sub(small));
        Ok(())
    }

    fn send(&self, payload: &[&str]) -> Result<(Value, u64), Failure> {
        let args = [
            "send",
            "bench",
            "--json",
            "-s",
            &self.nats,
            "--fileserver-url",
            &self.url,
        ];
        let mut send = Running(command(&args).args(payload).stdout(Stdio::piped()).spawn()?);
        let out = send.0.stdout.take().ok_or("no output")?;
        let peak = send.ended()?;
        Ok((serde_json::from_reader(out)?, peak))
    }

    /// How long it takes from the message until the listener has saved its payload and ended.
    fn listen(&self, transport: &str, data: &Value, size: usize) -> Result<(Duration, u64), Failure> {
        let args = [
            "listen",
            "bench",
            "--json",
            "-s",
            &self.nats,
            "--count",
            "1",
            "--fetch",
            "always",
            "--fetch-limit",
            "2GB",
            "--save",
            &self.saved,
        ];
        let mut listen = Running(
            command(&args)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()?,
        );
        let err = listen.0.stderr.take().ok_or("no output")?;
        let mut lines = BufReader::new(err).lines().map_while(Result::ok);
        lines
            .find(|line| line.contains("Listening"))
            .ok_or("it does not listen")?;
        let encoding = if transport == "link" { "none" } else { "base64" };
        let envelope = json!({
            "correlation_id": "c", "msg_id": "m", "timestamp": "2026-01-01T00:00:00.000Z", "send_to": "bench",
            "msg_purpose": "chat", "sender_name": "bench", "sender_id": "s", "receiver_name": "", "receiver_id": "",
            "reply_to": "", "reply_to_msg_id": "", "broker_url": self.nats, "metadata": {},
            "payloads": [{"id": "p", "dataname": "listen.bin", "payload_type": "binary", "transport": transport,
                "encoding": encoding, "size": size, "data": data, "metadata": {}}],
        });
        let start = Instant::now();
        publish(&self.nats, "bench", envelope.to_string().as_bytes())?;
        let peak = listen.ended()?;
        Ok((start.elapsed(), peak))
    }

    /// The library alone: a file goes up, and comes down into a file.
    async fn engine(&self, side: &mut Side) -> Result<(), Failure> {
        let row = FileServerSpec::of_name("plik").ok_or("no such file server")?;
        let server = (row.make)(&FileServerOptions {
            one_shot: true,
            ..FileServerOptions::default()
        })?;
        let before = peak_kib(std::process::id()).unwrap_or(0);
        let start = Instant::now();
        let body = file_blob(Path::new(&self.big))?;
        let uploaded = server
            .upload(&self.url, "big.bin", body, &Progress::default())
            .await?;
        side.up.push(start.elapsed().as_secs_f64());
        let between = peak_kib(std::process::id()).unwrap_or(0);
        side.up_kib = side.up_kib.max(between - before);
        let size = self.megabytes as u64 * 1_000_000;
        let request = FetchRequest {
            url: uploaded.url,
            declared: Some(size),
            most: Some(size),
            ..FetchRequest::default()
        };
        let start = Instant::now();
        let fetched = Fetcher::default().download(&request).await?;
        side.down.push(start.elapsed().as_secs_f64());
        let after = peak_kib(std::process::id()).unwrap_or(0);
        side.down_kib = side.down_kib.max(after - between);
        (fetched.blob.len() == size)
            .then_some(())
            .ok_or("bytes are missing".into())
    }
}

fn main() -> Result<(), Failure> {
    let megabytes = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(1000);
    let dir = tempfile::tempdir()?;
    let place = |name: &str| dir.path().join(name).display().to_string();
    let (big, saved, shelf) = (place("big.bin"), place("saved"), place("shelf"));
    make(Path::new(&big), megabytes)?;
    std::fs::create_dir(&saved)?;
    let (_broker, nats) = Running::serving(&["broker", "--listen", "127.0.0.1:0"])?;
    let (serve, url) = Running::serving(&["serve", "--listen", "127.0.0.1:0", "--dir", &shelf])?;
    let idle = peak_kib(serve.0.id()).unwrap_or(0);
    println!(
        "{megabytes} MB in {}, best of {ROUNDS} rounds",
        dir.path().display()
    );

    let stage = Stage {
        big,
        saved,
        megabytes,
        nats,
        url,
    };
    let (mut curl, mut verbs, mut engine) = (Side::default(), Side::default(), Side::default());
    let runtime = tokio::runtime::Runtime::new()?;
    for _ in 0..ROUNDS {
        stage.curl(&mut curl)?;
        runtime.block_on(stage.engine(&mut engine))?;
        stage.verbs(&mut verbs)?;
        for file in std::fs::read_dir(&stage.saved)? {
            std::fs::remove_file(file?.path())?;
        }
    }
    let best = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
    for (name, side) in [("curl", &curl), ("engine", &engine), ("send, listen", &verbs)] {
        let (up, down) = (best(&side.up), best(&side.down));
        println!(
            "{name:<12}  up {up:>5.2} s ({:.2} of curl's speed), down {down:>5.2} s ({:.2}); memory grew by {:.1} and {:.1} MiB",
            best(&curl.up) / up,
            best(&curl.down) / down,
            side.up_kib as f64 / 1024.0,
            side.down_kib as f64 / 1024.0,
        );
    }
    let growth = peak_kib(serve.0.id()).unwrap_or(0).saturating_sub(idle);
    println!("serve: memory grew by {:.1} MiB", growth as f64 / 1024.0);
    Ok(())
}

/// Publishes one message without a client.
fn publish(nats: &str, subject: &str, payload: &[u8]) -> Result<(), Failure> {
    let address = nats.strip_prefix("nats://").ok_or("no NATS URL")?;
    let mut stream = std::net::TcpStream::connect(address)?;
    write!(
        stream,
        "CONNECT {{\"verbose\":false}}\r\nPUB {subject} {}\r\n",
        payload.len()
    )?;
    stream.write_all(payload)?;
    stream.write_all(b"\r\nPING\r\n")?;
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    lines
        .find(|line| line == "PONG")
        .ok_or("no answer from the broker")?;
    Ok(())
}
