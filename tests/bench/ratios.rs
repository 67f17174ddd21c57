//! Codec speed as ratios against the same work in Python, both measured in this run (`cargo bench --bench ratios`).
//! Needs a Python with pyarrow: `NATSBRIDGE_TEST_PYTHON`, else `python3`.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its figures, and ends where it cannot measure"
)]

use bytes::Bytes;
use natsbridge_engine::{Timeline, TimelineMessage};
use natsbridge_wire::{
    Dialect, Envelope, EnvelopePayload, Kind, Limits, Table, decode_blob, direct_body, read, read_values,
    scan, write_envelope,
};
use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() {
    let folder = std::env::temp_dir().join(format!("natsbridge-ratios-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the messages");
    let table = table(20_000);
    let stream = table.to_stream().expect("an Arrow stream");
    let cases = [
        ("text", Kind::Text, text().into_bytes()),
        ("binary", Kind::Binary, noise(700_000)),
        ("table", Kind::Table, stream),
    ];
    let mut ours = Vec::new();
    for (name, kind, body) in &cases {
        let raw = Bytes::from(write_envelope(&envelope(*kind, body), Dialect::V0_4));
        ours.push((
            format!("digest {name}"),
            best(|| {
                black_box(scan(black_box(&raw)));
            }),
        ));
        std::fs::write(folder.join(format!("{name}.json")), &raw).expect("a message written");
        eprintln!("{name}: envelope of {} bytes", raw.len());
        ours.push((format!("decode {name}"), best(|| decode(&raw))));
        ours.push((format!("{CHECKED}decode {name}"), best(|| decode_checked(&raw))));
        if *kind == Kind::Table {
            ours.push((
                format!("encode {name}"),
                best(|| {
                    let body = table.to_stream().expect("an Arrow stream");
                    black_box(write_envelope(&envelope(*kind, &body), Dialect::V0_4));
                }),
            ));
        } else {
            ours.push((
                format!("encode {name}"),
                best(|| {
                    black_box(write_envelope(&envelope(*kind, body), Dialect::V0_4));
                }),
            ));
        }
    }
    let python = std::env::var("NATSBRIDGE_TEST_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/baseline.py");
    let output = Command::new(&python)
        .arg(script)
        .arg(&folder)
        .output()
        .expect("a Python to compare with");
    assert!(
        output.status.success(),
        "{python}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let theirs: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the baseline's seconds");
    println!("{:<22} {:>12} {:>12} {:>8}", "", "ours", "Python", "ratio");
    for (name, time) in &ours {
        let python = theirs[name.trim_start_matches(CHECKED)]
            .as_f64()
            .unwrap_or(f64::NAN);
        let seconds = time.as_secs_f64();
        println!(
            "{name:<22} {:>9.2} µs {:>9.2} µs {:>7.1}×",
            seconds * 1e6,
            python * 1e6,
            python / seconds
        );
    }
    let _ = std::fs::remove_dir_all(&folder);
    conversations();
}

/// What a message costs in the timeline, with few conversations open and with very many; each new request
/// pushes the oldest one out.
fn conversations() {
    println!();
    println!(
        "{:<22} {:>12} {:>12} {:>12}",
        "conversations", "to enter", "to list", "bytes"
    );
    for most in [100, 10_000, 40_000] {
        let limits = Limits {
            timeline_conversations: most,
            timeline_bytes: 1 << 30,
            ..Limits::DEFAULT
        };
        let mut timeline = Timeline::new(Arc::new(limits));
        let letters: Vec<Vec<u8>> = (0..3 * most).map(request).collect();
        let subject: Arc<str> = "/device/cmd".into();
        let mut seq = 0;
        let mut enter = |timeline: &mut Timeline, letter: &[u8]| {
            seq += 1;
            let digest = scan(letter);
            let arrival = TimelineMessage {
                seq,
                at_us: seq as i64,
                subject: &subject,
                reply: None,
                bytes: letter.len() as u32,
                fingerprint: seq,
                digest: &digest,
            };
            black_box(timeline.enter(&arrival));
        };
        for letter in &letters[..most] {
            enter(&mut timeline, letter);
        }
        let start = Instant::now();
        for letter in &letters[most..] {
            enter(&mut timeline, letter);
        }
        let entered = start.elapsed() / (letters.len() - most) as u32;
        let listed = best(|| {
            let mut open = 0;
            timeline.each(0, |brief| open += usize::from(brief.latency_us.is_none()));
            black_box(open);
        });
        let counts = timeline.counts();
        println!(
            "{:<22} {:>9} ns {:>9.2} ms {:>12}",
            counts.conversations,
            entered.as_nanos(),
            listed.as_secs_f64() * 1e3,
            counts.bytes
        );
    }
}

/// One of many requests, each of a conversation of its own.
fn request(number: usize) -> Vec<u8> {
    let envelope = Envelope {
        correlation_id: format!("0d67f451-d4e0-4727-9b5b-{number:012x}").into(),
        msg_id: format!("6a1f3f1e-9d1b-4f5c-8e2c-{number:012x}").into(),
        reply_to: "/device/resp".into(),
        ..envelope(Kind::Text, b"read the sensor")
    };
    write_envelope(&envelope, Dialect::V0_4)
}

/// Before the names of rows whose work says of every field what is wrong with it; the baseline has no such thing, and
/// they are compared with its plain decoding.
const CHECKED: &str = "checked ";

/// Bytes to typed values, the work that `decode` in the baseline does.
fn decode(raw: &Bytes) {
    black_box(read_values(raw, &Limits::DEFAULT).expect("a plain envelope"));
}

/// Bytes to typed values and findings.
fn decode_checked(raw: &Bytes) {
    let limits = Limits::DEFAULT;
    let reading = read(raw);
    let (_, envelope) = reading.envelope.as_ref().expect("an envelope");
    for payload in &envelope.payloads {
        let mut findings = Vec::new();
        let natsbridge_wire::Body::Bytes(body) = direct_body(payload, &mut findings) else {
            panic!("no body")
        };
        let body = body.into_owned().into();
        black_box(decode_blob(payload.kind, &body, &limits, &mut findings).expect("a value"));
    }
}

fn envelope(kind: Kind, body: &[u8]) -> Envelope<'_> {
    Envelope {
        correlation_id: "0d67f451-d4e0-4727-9b5b-5d6def3ff8c6".into(),
        msg_id: "6a1f3f1e-9d1b-4f5c-8e2c-0c6b8a7d5e4f".into(),
        timestamp: "2026-11-22T10:00:00.123Z".into(),
        send_to: "/chat/room1".into(),
        msg_purpose: "chat".into(),
        sender_name: "NATSBridge".into(),
        sender_id: "3e2d1c0b-1a2b-4c3d-8e4f-5a6b7c8d9e0f".into(),
        broker_url: "nats://localhost:4222".into(),
        payloads: vec![EnvelopePayload::direct(
            "b7c6d5e4-f3a2-4b1c-9d0e-1f2a3b4c5d6e",
            "value",
            kind,
            body,
        )],
        ..Envelope::default()
    }
}

/// About as much text as brings the envelope to 700 bytes.
fn text() -> String {
    "Hello from the bridge! ".repeat(4)
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
        .collect()
}

fn table(rows: i64) -> Table {
    use arrow::array::{Float64Array, Int64Array, RecordBatch, StringArray};
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from_iter_values(0..rows)) as _),
        (
            "score",
            Arc::new(Float64Array::from_iter_values((0..rows).map(|i| i as f64 * 0.5))) as _,
        ),
        (
            "name",
            Arc::new(StringArray::from_iter_values(
                (0..rows).map(|i| format!("name-{i}")),
            )) as _,
        ),
    ])
    .expect("a batch");
    Table::from_batches(batch.schema(), vec![batch])
}

/// The fastest of several rounds, each of enough repetitions to be measurable.
fn best(mut work: impl FnMut()) -> Duration {
    let mut repeat = 1_u32;
    let round = loop {
        repeat *= 2;
        let spent = timed(repeat, &mut work);
        if spent > Duration::from_millis(20) {
            break spent;
        }
    };
    let rounds = (0.4 / round.as_secs_f64()).max(3.0) as u32;
    (0..rounds)
        .map(|_| timed(repeat, &mut work))
        .min()
        .unwrap_or(round)
        / repeat
}

fn timed(repeat: u32, work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..repeat {
        work();
    }
    start.elapsed()
}
