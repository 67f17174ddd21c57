//! Learning the shapes of small envelopes: how many a second on one core, decoded and learned, and what all shapes take in
//! memory. `cargo bench --bench shapes`; a number behind `--` takes another count of messages.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark tells on its output")]

use bytes::Bytes;
use natsbridge_engine::{Observation, Shapes, Sighting};
use natsbridge_wire::{
    Budget, DecodedMessage, Depth, Dialect, Envelope, EnvelopePayload, Kind, Limits, decode_message_with,
    write_envelope,
};
use std::time::{Duration, Instant};

const BATCH: usize = 10_000;

/// A measurement of one of a thousand devices, in two sorts of messages.
fn message(number: usize) -> (String, Bytes) {
    let device = number % 1000;
    let body = format!(
        r#"{{"device":{device},"rate":{}.5,"mode":"fast","on":true,"tags":["a","b"]}}"#,
        number % 90
    );
    let sender = ["ada", "eva", "bob"][number % 3];
    let subject = format!("device.{device}.{}", ["status", "rate"][number % 2]);
    let envelope = Envelope {
        msg_id: format!("256e050c-c0ea-4f6f-b042-{number:012x}").into(),
        timestamp: "2026-02-22T14:16:57.123Z".into(),
        send_to: subject.clone().into(),
        sender_name: sender.into(),
        payloads: vec![EnvelopePayload::direct(
            "1",
            "status",
            Kind::Dictionary,
            body.into_bytes(),
        )],
        ..Envelope::default()
    };
    (subject, write_envelope(&envelope, Dialect::V0_5).into())
}

fn main() {
    let count = std::env::args().filter_map(|arg| arg.parse().ok()).next_back();
    let count: usize = count.unwrap_or(500_000);
    let limits = Limits::default();
    let mut shapes = Shapes::new(&limits);
    let (mut decoding, mut learning, mut told) = (Duration::ZERO, Duration::ZERO, 0);
    for batch in (0..count).step_by(BATCH) {
        let messages: Vec<(String, Bytes)> = (batch..count.min(batch + BATCH)).map(message).collect();
        let start = Instant::now();
        let decoded: Vec<DecodedMessage<'_>> = messages
            .iter()
            .map(|(subject, raw)| {
                decode_message_with(raw, subject, &Budget::new(&limits, Depth::Glance), &|_| None)
            })
            .collect();
        decoding += start.elapsed();
        let start = Instant::now();
        for (at, ((subject, _), message)) in messages.iter().zip(&decoded).enumerate() {
            let envelope = message.envelope.as_ref();
            let sighting = Sighting {
                subject,
                sender: envelope.map_or("", |(_, envelope)| &envelope.sender_name),
                dialect: envelope.map(|(dialect, _)| *dialect),
                at_us: (batch + at) as i64,
                seq: (batch + at) as u64,
            };
            told += shapes.take(&sighting, &Observation::of(message)).len();
        }
        learning += start.elapsed();
    }
    let rate = |took: Duration| count as f64 / took.as_secs_f64();
    println!("{count} small envelopes on one core");
    println!("decoding:             {:>10.0} a second", rate(decoding));
    println!("learning:             {:>10.0} a second", rate(learning));
    println!(
        "decoding and learning:{:>10.0} a second",
        rate(decoding + learning)
    );
    println!(
        "{} subjects, {} KiB, {told} changes told",
        shapes.all().len(),
        shapes.bytes() >> 10
    );
    worst(&limits);
}

/// Ten thousand subjects that look different, each with two hundred fields, and a million names: how fast, how much memory.
fn worst(limits: &Limits) {
    let mut shapes = Shapes::new(limits);
    let start = Instant::now();
    let before = resident();
    let mut most = 0;
    for subject in 0..10_000_u64 {
        let fields: Vec<String> = (0..200)
            .map(|field| format!("\"s{subject}f{field}\":1"))
            .collect();
        let raw: Bytes = format!("{{{}}}", fields.join(",")).into_bytes().into();
        let name = format!("subject{subject}");
        let message = decode_message_with(&raw, &name, &Budget::new(limits, Depth::Glance), &|_| None);
        shapes.learn(&message, &name, subject as i64, subject);
        if subject % 100 == 0 {
            most = most.max(resident());
        }
    }
    let took = start.elapsed();
    let (mut names, start) = (Shapes::new(limits), Instant::now());
    for message in 0..2000_u64 {
        let fields: Vec<String> = (0..500)
            .map(|name| format!("\"k{}\":1", message * 500 + name))
            .collect();
        let raw: Bytes = format!("{{{}}}", fields.join(",")).into_bytes().into();
        let decoded = decode_message_with(&raw, "a", &Budget::new(limits, Depth::Glance), &|_| None);
        names.learn(&decoded, "a", 0, message);
    }
    println!(
        "a million names on one subject: {:.1} s, {} KiB",
        start.elapsed().as_secs_f64(),
        names.bytes() >> 10
    );
    println!(
        "10000 subjects of 200 fields: {:.1} s, {} MiB by its own count, {} MiB more resident at most, {} forgotten",
        took.as_secs_f64(),
        shapes.bytes() >> 20,
        most.saturating_sub(before) >> 10,
        shapes.forgotten
    );
}

/// KiB that the process takes, as Linux tells.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or(0)
}
