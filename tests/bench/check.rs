//! The doctor over a million well-formed messages of every dialect: how many a second on one core, and that it finds
//! nothing. `cargo bench --bench check`; a number behind `--` takes another count of messages.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark ends by panicking and tells on its output"
)]

use natsbridge_engine::{Examiner, Specimen};
use natsbridge_wire::{DIALECTS, Dialect, Envelope, EnvelopePayload, Kind, Limits, write_envelope};
use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

const BATCH: usize = 10_000;
/// Files may have 256 MiB.
const PER_FILE: usize = 250_000;

fn id(number: usize) -> String {
    format!("256e050c-c0ea-4f6f-b042-{number:012x}")
}

/// The message of that number: a request, its answer, a chat message, in the dialects by turns.
fn message(number: usize) -> Vec<u8> {
    // The spelling from before the first release is a finding by itself.
    let dialects: Vec<Dialect> = DIALECTS
        .iter()
        .map(|row| row.dialect)
        .filter(|dialect| *dialect != Dialect::V0_0)
        .collect();
    let dialect = dialects[number / 3 % dialects.len()];
    let body = match number % 4 {
        0 => (
            Kind::Text,
            format!("Hello number {number}, how are you today?").into_bytes(),
        ),
        1 => (
            Kind::Dictionary,
            format!(r#"{{"rate":{number},"mode":"fast","on":true}}"#).into_bytes(),
        ),
        2 => (Kind::Binary, number.to_le_bytes().repeat(6)),
        _ => (
            Kind::JsonTable,
            format!(r#"[{{"n":{number},"city":"Oslo"}}]"#).into_bytes(),
        ),
    };
    let (request, role) = (number / 3 * 3, number % 3);
    let envelope = Envelope {
        correlation_id: id(request).into(),
        msg_id: id(number).into(),
        timestamp: format!("2026-02-22T14:{:02}:{:02}.123Z", number / 60 % 60, number % 60).into(),
        send_to: "lab.rows".into(),
        msg_purpose: "chat".into(),
        sender_name: "bench".into(),
        sender_id: id(3).into(),
        receiver_name: "".into(),
        receiver_id: "".into(),
        reply_to: if role == 0 {
            "lab.answers".into()
        } else {
            "".into()
        },
        reply_to_msg_id: if role == 1 { id(request).into() } else { "".into() },
        broker_url: "nats://broker.example.com:4222".into(),
        payloads: vec![EnvelopePayload::direct(id(number + 1), "it", body.0, body.1)],
        ..Envelope::default()
    };
    write_envelope(&envelope, dialect)
}

fn main() {
    let count = std::env::args().filter_map(|arg| arg.parse().ok()).next_back();
    let count: usize = count.unwrap_or(1_000_000);
    let limits = Limits::default();
    let mut examiner = Examiner::new(Vec::new(), &limits);
    let (mut took, mut bytes, mut found) = (Duration::ZERO, 0, 0);
    for batch in (0..count).step_by(BATCH) {
        let specimens: Vec<Specimen> = (batch..count.min(batch + BATCH))
            .map(|number| Specimen {
                index: number as u64,
                subject: "lab.rows".into(),
                raw: message(number).into(),
                ..Specimen::default()
            })
            .collect();
        bytes += specimens.iter().map(|specimen| specimen.raw.len()).sum::<usize>();
        let start = Instant::now();
        for specimen in &specimens {
            let checked = examiner.examine(specimen, None);
            for finding in &checked.findings {
                println!(
                    "no. {}: {} {}",
                    specimen.index,
                    finding.code.name(),
                    finding.message
                );
            }
            found += checked.findings.len();
        }
        took += start.elapsed();
    }
    let rate = count as f64 / took.as_secs_f64();
    println!(
        "examined {count} messages of {} bytes on one core: {rate:.0} a second, {found} findings",
        bytes / count.max(1)
    );

    let folder = tempfile::tempdir().expect("a folder");
    for (file, first) in (0..count).step_by(PER_FILE).enumerate() {
        let path = folder.path().join(format!("{file:03}.jsonl"));
        let mut out = std::io::BufWriter::new(std::fs::File::create(path).expect("a file"));
        for number in first..count.min(first + PER_FILE) {
            out.write_all(&message(number)).expect("room");
            out.write_all(b"\n").expect("room");
        }
    }
    let start = Instant::now();
    let run = Command::new(env!("CARGO_BIN_EXE_natsbridge"))
        .arg("check")
        .arg(folder.path())
        .output()
        .expect("it runs");
    let rate = count as f64 / start.elapsed().as_secs_f64();
    println!(
        "natsbridge check on the same in files: {rate:.0} a second in all, {}, {} bytes printed, {}",
        run.status,
        run.stdout.len(),
        String::from_utf8_lossy(&run.stderr).trim()
    );
    assert!(
        found == 0 && run.stdout.is_empty(),
        "well-formed messages have findings"
    );
}
