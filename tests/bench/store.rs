//! The store beyond memory: ten million messages of 638 bytes, most of them on disk (`cargo bench --bench store -- MESSAGES`).
//! Prints what storing costs as they become more, the memory that takes, and how fast all of them are filtered and searched,
//! the latter beside `rg -c -F` (else `grep`) over the same bytes in one file. Needs twice their size in a temporary folder.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark ends by panicking and tells on its output"
)]

use natsbridge_app::{Among, ListScope, Sift};
use natsbridge_engine::{Headers, Incoming, MessageFilter, Store, TextSearch};
use natsbridge_ui::sift;
use natsbridge_wire::{Limits, Unwatched};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Messages stored at a time, as many as a receiver finds in its buffer.
const BATCH: u64 = 400;
/// Rows and messages looked at anywhere.
const LOOKS: u32 = 20_000;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse().ok());
    let messages: u64 = numbers.next().unwrap_or(10_000_000);
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        store_spill: 8 << 30,
        store_folder: Some(folder.path().join("spill")),
        ..Limits::default()
    };
    let store = Store::new(limits.into());
    store.on_spill_fault(|fault| println!("{fault}"));
    let path = folder.path().join("messages");
    let mut file = std::io::BufWriter::with_capacity(1 << 20, std::fs::File::create(&path).unwrap());
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| digest(&store, &ended));
        append(&store, messages, &mut file);
        ended.store(true, Ordering::Relaxed);
    });
    file.flush().unwrap();
    let counters = store.counters();
    println!(
        "{} stored, {} evicted, {:.2} GB on disk",
        counters.stored,
        counters.evicted,
        counters.bytes_on_disk as f64 / 1e9
    );
    memory("digested");
    rows(&store, messages);
    for text in ["sender=s7", "sender=rare", "payloads>3", "size>1MB", "nothing*"] {
        filter(&store, text);
    }
    memory("filtered");
    search(&store, &path);
    memory("searched");
}

/// Stores them, never faster than the disk takes them; tells what that costs as they become more.
fn append(store: &Store, messages: u64, file: &mut impl Write) {
    let (mut spent, mut since, mut next_mark) = (Duration::ZERO, 0, 10_000);
    let mut waited = Duration::ZERO;
    let started = Instant::now();
    for first in (0..messages).step_by(BATCH as usize) {
        let payloads: Vec<String> = (first..messages.min(first + BATCH)).map(payload).collect();
        for payload in &payloads {
            file.write_all(payload.as_bytes()).unwrap();
            file.write_all(b"\n").unwrap();
        }
        let batch = payloads.iter().map(|payload| Incoming {
            at_us: first as i64,
            subject: ["chat.room", "chat.lobby", "sensors.1"][payload.len() % 3],
            reply: None,
            headers: Headers::default(),
            payload: payload.as_bytes(),
        });
        let start = Instant::now();
        store.append(batch);
        spent += start.elapsed();
        since += payloads.len() as u64;
        let start = Instant::now();
        while store.counters().bytes_stored > 200 << 20 {
            std::thread::sleep(Duration::from_millis(1)); // The disk is given time: how fast it is is not measured here.
        }
        waited += start.elapsed();
        if first + BATCH >= next_mark {
            let cost = spent.as_nanos() as f64 / since as f64;
            println!("storing, up to {next_mark:9}: {cost:6.1} ns a message");
            (spent, since, next_mark) = (Duration::ZERO, 0, next_mark * 10);
        }
    }
    println!(
        "came within {:.1} s, of which the disk was waited for {:.1} s",
        started.elapsed().as_secs_f64(),
        waited.as_secs_f64()
    );
    memory("stored");
}

fn digest(store: &Store, ended: &AtomicBool) {
    let started = Instant::now();
    loop {
        // What came before the end was told is digested after it.
        let last = ended.load(Ordering::Relaxed);
        while store.digest_pending(2048) > 0 {}
        if last {
            break;
        }
        std::thread::sleep(Duration::from_millis(1)); // A session sleeps until something comes.
    }
    println!("digested within {:.1} s", started.elapsed().as_secs_f64());
}

/// Looks at rows and messages anywhere.
fn rows(store: &Store, messages: u64) {
    let mut state = 7_u64;
    let mut anywhere = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        1 + (state >> 33) % messages
    };
    let start = Instant::now();
    let found = (0..LOOKS).filter(|_| store.row(anywhere()).is_some()).count();
    let row = start.elapsed() / LOOKS;
    let start = Instant::now();
    let read = (0..LOOKS).filter(|_| store.message(anywhere()).is_some()).count();
    let message = start.elapsed() / LOOKS;
    println!("anywhere: a row {row:.1?} ({found} found), a message {message:.1?} ({read} found)");
}

/// Filters everything, as the list does.
fn filter(store: &Store, text: &str) {
    let start = Instant::now();
    let (mut from, mut found) = (store.range().start, 0);
    let filter = MessageFilter::new(text).unwrap();
    while from < store.range().end {
        let sifted = sift(
            store,
            &Sift {
                number: 0,
                narrow: ListScope::All,
                filter: filter.clone(),
                among: Among::Range(from..store.range().end),
                now_us: 0,
            },
        );
        (from, found) = (sifted.until, found + sifted.seqs.len());
    }
    println!(
        "filter {text:12} {:6.2} s, {found} found",
        start.elapsed().as_secs_f64()
    );
}

/// Searches everything, beside a tool that searches the same bytes in a file.
fn search(store: &Store, path: &Path) {
    let needle = "needle in the hay";
    let search = TextSearch::new(needle).unwrap();
    let tool = ["rg", "grep"]
        .into_iter()
        .find(|tool| Command::new(tool).arg("-V").output().is_ok());
    for _ in 0..3 {
        let start = Instant::now();
        let found = store.find(&search, &Unwatched).unwrap().len();
        let ours = start.elapsed().as_secs_f64();
        println!("search {ours:6.2} s, {found} found");
        if let Some(tool) = tool {
            let start = Instant::now();
            let output = Command::new(tool)
                .args(["-c", "-F", needle])
                .arg(path)
                .output()
                .unwrap();
            let theirs = start.elapsed().as_secs_f64();
            let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            println!(
                "{tool} -c -F {theirs:6.2} s, {found} found; speed of ours {:.2} of it",
                theirs / ours
            );
        }
    }
}

/// The memory of this process.
fn memory(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    if let (Some(now), Some(most)) = (line("VmRSS:"), line("VmHWM:")) {
        println!(
            "memory once {when}: {} MiB, at most {} MiB",
            now >> 10,
            most >> 10
        );
    }
}

fn payload(number: u64) -> String {
    let word = if number % 10_000 == 7 {
        "needle in the hay"
    } else {
        "nothing to be seen"
    };
    let sender = match number % 100_000 {
        11 => "rare".to_owned(),
        _ => format!("s{}", number % 10),
    };
    let mut text = format!(
        r#"{{"correlation_id":"7f3a91c2-0000-4000-8000-{number:012}","msg_id":"m","timestamp":"2026-11-22T12:01:02.118Z","sender_name":"{sender}","metadata":{{"note":"message number {number}: {word}"}},"payloads":[{{"id":"1","dataname":"t","payload_type":"text","transport":"direct","encoding":"base64","size":150,"data":""#
    );
    while text.len() < 634 {
        text.push_str("SGVsbG8gd29ybGQg");
    }
    text.truncate(634);
    text + "\"}]}"
}
