//! Search for a text in 1,000,000 stored messages of 638 bytes, beside a plain scan for the same bytes and beside
//! `grep -c` over them in one file.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark ends by panicking and tells on its output"
)]

use natsbridge_engine::{Headers, Incoming, Store, TextSearch};
use natsbridge_wire::{Limits, Unwatched};
use std::io::Write;
use std::time::{Duration, Instant};

const MESSAGES: usize = 1_000_000;

fn main() {
    let limits = Limits {
        store_bytes: 4 << 30,
        store_messages: MESSAGES,
        ..Limits::default()
    };
    let store = Store::new(limits.into());
    let mut file = std::io::BufWriter::new(tempfile::NamedTempFile::new().unwrap());
    let mut bytes = 0;
    for number in 0..MESSAGES {
        let payload = payload(number);
        bytes += payload.len();
        file.write_all(payload.as_bytes()).unwrap();
        file.write_all(b"\n").unwrap();
        store.append([Incoming {
            at_us: number as i64,
            subject: "chat.room",
            reply: None,
            headers: Headers::default(),
            payload: payload.as_bytes(),
        }]);
    }
    file.flush().unwrap();
    println!("{MESSAGES} messages, {} MB", bytes / 1_000_000);
    for needle in ["needle in the hay", "Needle", "message number 999999", "zzzz"] {
        let search = TextSearch::new(needle).unwrap();
        let (time, found) = best(|| store.find(&search, &Unwatched).unwrap().len());
        let speed = bytes as f64 / time.as_secs_f64() / 1e9;
        println!(
            "{needle:24} {:7.1} ms  {speed:5.2} GB/s  {found} found",
            time.as_secs_f64() * 1e3
        );
    }
    let all = std::fs::read(file.get_ref().path()).unwrap();
    let finder = memchr::memmem::Finder::new(b"needle in the hay");
    let (scan, _) = best(|| finder.find_iter(&all).count());
    println!("plain scan of the bytes  {:7.1} ms", scan.as_secs_f64() * 1e3);
    let grep = || {
        std::process::Command::new("grep")
            .args(["-c", "-F", "needle in the hay"])
            .arg(file.get_ref().path())
            .output()
    };
    match grep() {
        Ok(_) => {
            let (time, _) = best(|| grep().unwrap().stdout.len());
            println!("grep -c -F               {:7.1} ms", time.as_secs_f64() * 1e3);
        }
        Err(_) => println!("grep is not here: left out"),
    }
}

fn best(mut work: impl FnMut() -> usize) -> (Duration, usize) {
    let run = |_| {
        let started = Instant::now();
        let found = work();
        (started.elapsed(), found)
    };
    (0..3).map(run).min().unwrap()
}

fn payload(number: usize) -> String {
    let word = if number % 10_000 == 7 {
        "needle in the hay"
    } else {
        "nothing to be seen"
    };
    let mut text = format!(
        r#"{{"correlation_id":"7f3a91c2-0000-4000-8000-{number:012}","msg_id":"m","timestamp":"2026-11-22T12:01:02.118Z","sender_name":"web-ui","metadata":{{"note":"message number {number}: {word}"}},"payloads":[{{"id":"1","dataname":"t","payload_type":"text","transport":"direct","encoding":"base64","size":150,"data":""#
    );
    while text.len() < 634 {
        text.push_str("SGVsbG8gd29ybGQg");
    }
    text.truncate(634);
    text + "\"}]}"
}
