//! Large payloads up and down through `serve`, beside curl against the same server in the same run: seconds, ratio, and
//! how far the memory of each of our processes grew. `cargo bench --bench links -- 1000` moves 1,000 MB.
//!
//! Needs curl; both sides write to and read from the temporary directory, so the figures hold for its disk.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_natsbridge");
const ROUNDS: usize = 3;

type Failure = Box<dyn std::error::Error>;

/// A child that ends with the bench, and the largest memory it was seen with.
struct Running(Child);

impl Running {
    fn start(args: &[&str]) -> Result<(Self, String), Failure> {
        let mut child = Command::new(BINARY)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        Ok((Self(child), line.trim().to_owned()))
    }

    fn peak_kb(&self) -> Option<u64> {
        peak_kb(self.0.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn peak_kb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Runs a program to its end: how long it took, and its largest memory.
fn timed(program: &str, args: &[&str]) -> Result<(Duration, u64), Failure> {
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()?;
    let mut peak = 0;
    loop {
        peak = peak_kb(child.id()).unwrap_or(0).max(peak);
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                return Err(format!("{program} {args:?} ended with {status}").into());
            }
            return Ok((start.elapsed(), peak));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn curl_text(args: &[&str]) -> Result<serde_json::Value, Failure> {
    let output = Command::new("curl").args(["-sSf"]).args(args).output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn word(json: &serde_json::Value, key: &str) -> Result<String, Failure> {
    Ok(json[key].as_str().ok_or_else(|| format!("no {key} in {json}"))?.to_owned())
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

fn main() -> Result<(), Failure> {
    let megabytes: usize = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(1000);
    let dir = tempfile::tempdir()?;
    let big = dir.path().join("big.bin");
    make(&big, megabytes)?;
    let big = big.display().to_string();
    let saved = dir.path().join("saved").display().to_string();
    let shelf = dir.path().join("shelf").display().to_string();
    std::fs::create_dir(&saved)?;
    std::fs::create_dir(&shelf)?;
    let (_broker, nats) = Running::start(&["broker", "--listen", "127.0.0.1:0"])?;
    let (server, url) = Running::start(&["serve", "--listen", "127.0.0.1:0", "--dir", &shelf])?;
    let idle = server.peak_kb().unwrap_or(0);
    println!("{megabytes} MB through {url}, best of {ROUNDS} rounds each");

    let best = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
    let (mut curl_up, mut ours_up, mut curl_down, mut ours_down) = (vec![], vec![], vec![], vec![]);
    let (mut send_peak, mut listen_peak) = (0, 0);
    for round in 0..ROUNDS {
        let opened = curl_text(&["-X", "POST", "-d", r#"{"oneShot":false}"#, &format!("{url}/upload")])?;
        let (id, token) = (word(&opened, "id")?, word(&opened, "uploadToken")?);
        let start = Instant::now();
        let file = curl_text(&[
            "-H",
            &format!("X-UploadToken: {token}"),
            "-F",
            &format!("file=@{big}"),
            &format!("{url}/file/{id}"),
        ])?;
        curl_up.push(start.elapsed().as_secs_f64());
        let file_url = format!("{url}/file/{id}/{}/big.bin", word(&file, "id")?);

        let listener = std::thread::spawn({
            let (nats, saved) = (nats.clone(), saved.clone());
            move || {
                timed(
                    BINARY,
                    &[
                        "listen", "bench.never", "-s", &nats, "--timeout", "1s", "--save", &saved, "--json",
                    ],
                )
                .map(|(_, peak)| peak)
                .unwrap_or(0)
            }
        });
        let listen_idle = listener.join().map_err(|_| "the listener panicked")?;

        let (time, peak) = timed(
            BINARY,
            &[
                "send", "bench.up", "-s", &nats, "--fileserver-url", &url, "--lasting", "--binary", &format!("big=@{big}"),
            ],
        )?;
        let (_, small) = timed(
            BINARY,
            &["send", "bench.up", "-s", &nats, "--text", "a=b"],
        )?;
        ours_up.push(time.as_secs_f64());
        send_peak = send_peak.max(peak.saturating_sub(small));

        let (time, _) = timed("curl", &["-sSf", "-o", &format!("{saved}/curl-{round}.bin"), &file_url])?;
        curl_down.push(time.as_secs_f64());

        let mut child = Command::new(BINARY)
            .args([
                "listen", "bench.down", "-s", &nats, "--fetch", "always", "--fetch-limit", "2GB", "--count", "1", "--save", &saved,
                "--json",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let err = child.stderr.take().ok_or("no output")?;
        let mut lines = BufReader::new(err).lines();
        lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("Listening"))).ok_or("no listener")??;
        let message = serde_json::json!({
            "correlation_id": "c", "msg_id": "m", "timestamp": "2026-01-01T00:00:00.000Z", "send_to": "bench.down",
            "msg_purpose": "chat", "sender_name": "bench", "sender_id": "s", "receiver_name": "", "receiver_id": "",
            "reply_to": "", "reply_to_msg_id": "", "broker_url": nats, "metadata": {},
            "payloads": [{"id": "p", "dataname": format!("ours-{round}.bin"), "payload_type": "binary",
                "transport": "link", "encoding": "none", "size": megabytes * 1_000_000, "data": file_url, "metadata": {}}],
        });
        publish(&nats, "bench.down", message.to_string().as_bytes())?;
        let start = Instant::now();
        let mut peak = 0;
        while child.try_wait()?.is_none() {
            peak = peak_kb(child.id()).unwrap_or(0).max(peak);
            std::thread::sleep(Duration::from_millis(5));
        }
        ours_down.push(start.elapsed().as_secs_f64());
        listen_peak = listen_peak.max(peak.saturating_sub(listen_idle));
    }
    let growth = server.peak_kb().unwrap_or(0).saturating_sub(idle);
    let line = |what: &str, curl: &[f64], ours: &[f64]| {
        let (curl, ours) = (best(curl), best(ours));
        println!(
            "{what}: curl {curl:.2} s, ours {ours:.2} s, {:.2} of curl's speed",
            curl / ours
        );
    };
    line("up", &curl_up, &ours_up);
    line("down", &curl_down, &ours_down);
    println!(
        "memory growth: send {:.1} MiB, listen {:.1} MiB, serve {:.1} MiB",
        send_peak as f64 / 1024.0,
        listen_peak as f64 / 1024.0,
        growth as f64 / 1024.0
    );
    Ok(())
}

/// Publishes one message without a client.
fn publish(nats: &str, subject: &str, payload: &[u8]) -> Result<(), Failure> {
    let address = nats.strip_prefix("nats://").ok_or("no NATS URL")?;
    let mut stream = std::net::TcpStream::connect(address)?;
    write!(stream, "CONNECT {{\"verbose\":false}}\r\nPUB {subject} {}\r\n", payload.len())?;
    stream.write_all(payload)?;
    stream.write_all(b"\r\nPING\r\n")?;
    let mut lines = BufReader::new(stream).lines();
    lines.find(|line| line.as_ref().is_ok_and(|line| line == "PONG")).ok_or("no answer from the broker")??;
    Ok(())
}
