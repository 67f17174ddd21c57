//! Messages: envelopes of every dialect and every finding, changed as JSON, in the bytes of their payloads, and anywhere.

use super::registry::{Target, files, one_in};
use crate::dice::Dice;
use crate::mutations;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use natsbridge_wire::{
    DeliveryInfo, Limits, PrintLimits, READERS, SafeText, decode_message, delivery_findings, judge_readers,
    read, rewrite_for, scan, write_line,
};
use std::ops::Range;

pub const MESSAGE: Target = Target {
    name: "message",
    memory: 96,
    seeds,
    mutate,
    check,
};

/// The longest seed: time goes into variety, not into length.
const LONGEST: usize = 3000;

fn seeds() -> Vec<Vec<u8>> {
    let all = ["tests/fixtures/envelopes", "tests/fixtures/checks"].map(files);
    let all = all.into_iter().flatten().map(|(_, bytes)| bytes);
    all.filter(|bytes| (2..LONGEST).contains(&bytes.len())).collect()
}

/// What may stand where a value stands, or a key.
const WORDS: &[&[u8]] = &[
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\"\"",
    b"-0",
    b"1e999",
    b"NaN",
    b"-Infinity",
    b"18446744073709551616",
    b"0.1e-9999999999",
    b"\"\\ud800\"",
    b"\"\\u0000\\u001b]0;x\\u0007\"",
    b"\"\xe2\x80\xae\xef\xbf\xb9\"",
    b"\"\xff\xfe\"",
    b"\xef\xbb\xbf",
    b"\"direct\"",
    b"\"link\"",
    b"\"base64\"",
    b"\"json\"",
    b"\"arrow-ipc\"",
    b"\"text\"",
    b"\"dictionary\"",
    b"\"table\"",
    b"\"arrowtable\"",
    b"\"jsontable\"",
    b"\"image\"",
    b"\"audio\"",
    b"\"video\"",
    b"\"binary\"",
    b"\"http://[::1]:1/file/a/b/c%2f..\"",
    b"\"9999-12-31T23:59:60.999999999+23:59\"",
    b"\"payloads\"",
    b"\"payload_type\"",
    b"\"msg_id\"",
    b"\"brokerURL\"",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

fn mutate(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut mutant = seed.to_vec();
    for _ in 0..=dice.below(3) {
        let tokens = tokens(&mutant);
        match dice.below(8) {
            0..=2 if !tokens.is_empty() => {
                let at = dice.pick(&tokens).clone();
                mutant.splice(at, dice.pick(WORDS).iter().copied());
            }
            3 | 4 => {
                let foreign: Vec<&[u8]> = self::tokens(other).into_iter().map(|at| &other[at]).collect();
                mutations::parts(&mut mutant, &tokens, &foreign, dice);
            }
            5 | 6 => payload(&mut mutant, other, &tokens, dice),
            _ => mutations::bytes(&mut mutant, other, dice),
        }
    }
    mutant
}

/// Changes the bytes that a text of Base64 stands for.
fn payload(mutant: &mut Vec<u8>, other: &[u8], tokens: &[Range<usize>], dice: &mut Dice) {
    let bodies = tokens
        .iter()
        .filter(|at| at.len() > 10 && mutant[at.start] == b'"');
    let decoded = |at: &Range<usize>| {
        let body = STANDARD.decode(&mutant[at.start + 1..at.end - 1]).ok()?;
        Some((at.clone(), body))
    };
    let bodies: Vec<_> = bodies.filter_map(decoded).collect();
    if bodies.is_empty() {
        return mutations::bytes(mutant, other, dice);
    }
    let (at, mut body) = dice.pick(&bodies).clone();
    mutations::bytes(&mut body, other, dice);
    mutant.splice(at.start + 1..at.end - 1, STANDARD.encode(body).into_bytes());
}

/// Where strings, words and signs of a JSON text stand.
fn tokens(text: &[u8]) -> Vec<Range<usize>> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let start = at;
        at += 1;
        match text[start] {
            b' ' | b'\n' | b'\r' | b'\t' => continue,
            b'"' => {
                while at < text.len() && text[at] != b'"' {
                    at += 1 + usize::from(text[at] == b'\\');
                }
                at = (at + 1).min(text.len());
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' => {}
            _ => {
                while at < text.len() && !b"{}[],: \n\r\t\"".contains(&text[at]) {
                    at += 1;
                }
            }
        }
        if at > start + 1 || text[start] != b'"' {
            tokens.push(start..at);
        }
    }
    tokens
}

fn check(mutant: &[u8]) -> bool {
    let raw = Bytes::copy_from_slice(mutant);
    // What is unpacked is small, so that it shows where more is taken than that.
    let limits = Limits {
        table_bytes: 8 << 20,
        image_alloc: 8 << 20,
        ..Limits::DEFAULT
    };
    agree(&raw);
    let message = decode_message(&raw, "a.b", &limits);
    let came = DeliveryInfo {
        subject: "a.c",
        reply: Some("r"),
        at_us: Some(1_800_000_000_000_000),
        headers: &[("Nats-Msg-Id".to_owned(), vec!["x".to_owned()])],
    };
    for finding in message
        .findings
        .iter()
        .chain(&delivery_findings(&message, &came, &limits))
    {
        assert!(finding.message.len() < 2000, "a long finding: {finding:?}");
        assert!(finding.offset.is_none_or(|at| at <= mutant.len()), "{finding:?}");
        SafeText::new(&finding.message);
    }
    let mut line = Vec::new();
    let print = PrintLimits {
        rows: 3,
        bytes: limits.printed_bytes,
    };
    write_line(&mut line, 1, &came, &message, print);
    let line = String::from_utf8(line).expect("a line is UTF-8");
    assert!(
        serde_json::from_str::<serde::de::IgnoredAny>(&line).is_ok(),
        "no JSON: {line}"
    );
    let acts = |c: char| {
        c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{fff9}'..='\u{fffb}').contains(&c)
    };
    assert!(!line.contains(acts), "{line:?}");
    if one_in(4, mutant) {
        judge_readers(&message, READERS.iter());
        let reader = &READERS[mutant.len() % READERS.len()];
        let mut id = 0;
        let mut new_id = || {
            id += 1;
            format!("00000000-0000-4000-8000-{id:012}")
        };
        if let Ok(mended) = rewrite_for(&message, reader, &limits, Some(0), &mut new_id) {
            assert!(
                read(&mended.raw).envelope.is_some(),
                "what is mended is an envelope"
            );
        }
    }
    message.envelope.is_some()
}

/// The quick look and the thorough one say the same.
fn agree(raw: &Bytes) {
    let (digest, reading) = (scan(raw), read(raw));
    let Some((dialect, envelope)) = &reading.envelope else {
        assert_eq!(digest.dialect, None);
        return;
    };
    assert_eq!(digest.dialect, Some(*dialect));
    assert_eq!(digest.sender, envelope.sender_name);
    assert_eq!(digest.msg_id, envelope.msg_id);
    assert_eq!(digest.correlation_id, envelope.correlation_id);
    assert_eq!(usize::from(digest.payloads), envelope.payloads.len());
    assert!(
        envelope
            .payloads
            .iter()
            .all(|payload| digest.kinds.contains(payload.kind))
    );
}
