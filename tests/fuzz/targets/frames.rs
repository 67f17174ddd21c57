//! What brokers send to us and clients to our broker: conversations in which words, numbers and lines are changed. Both readers
//! have to read the same however it is cut.

use super::registry::{Target, files};
use crate::dice::Dice;
use crate::mutations;
use natsbridge_engine::protocol::{Delivery, Frame, Odd, Start, lines, read};
use natsbridge_host::broker::{Op, Step, parse};
use natsbridge_wire::Limits;
use std::ops::Range;

pub const FRAMES: Target = Target {
    name: "frames",
    memory: 24,
    seeds,
    mutate,
    check,
};

/// The largest message that is taken.
const MOST: usize = 1 << 20;

const INFO: &str = r#"INFO {"server_id":"X","version":"2.11.0","host":"h","port":4222,"headers":true,"max_payload":1048576,"proto":1,"client_id":7,"connect_urls":["10.0.0.1:4222"],"nonce":"abc","auth_required":true}"#;

/// Header blocks, good ones and those that end other clients.
const BLOCKS: &[&[u8]] = &[
    b"NATS/1.0\r\nNats-Msg-Id: 1\r\nA: b\r\n\r\n",
    b"NATS/1.0 503\r\n\r\n",
    b"NATS/1.0 100 FlowControl Request\r\nNats-Last-Consumer: 1\r\n\r\n",
    b"NATS/1.0\r\nA: 1\r\n b\r\n\r\n",
    b"NATS/1.0\r\nK: a\rb\r\n\r\n",
    b"NATS/1.0\r\nno colon\r\nK: \xff\xfe\r\n\r\n",
    b"K: v\r\n\r\n",
    b"NATS/1.0 abc\r\na b: v\r\n\r\n",
];

fn seeds() -> Vec<Vec<u8>> {
    let envelopes = files("tests/fixtures/envelopes")
        .into_iter()
        .map(|(_, bytes)| bytes);
    let bodies: Vec<Vec<u8>> = envelopes
        .filter(|bytes| bytes.len() < 1200)
        .chain([vec![], b"\r\n".to_vec()])
        .collect();
    let both = bodies.iter().enumerate().flat_map(|(at, body)| {
        let block = BLOCKS[at % BLOCKS.len()];
        let (all, length) = (block.len() + body.len(), body.len());
        let put = |parts: &[&[u8]]| parts.concat();
        let ours = put(&[
            format!("{INFO}\r\nPONG\r\n+OK\r\nMSG a.b 1 {length}\r\n").as_bytes(),
            body,
            format!("\r\nPING\r\nHMSG a.\u{fc} 2 _INBOX.x {} {all}\r\n", block.len()).as_bytes(),
            block,
            body,
            b"\r\n-ERR 'Permissions Violation for Publish to \"x\"'\r\nINFO {}\r\n",
        ]);
        let theirs = put(&[
            format!("CONNECT {{\"verbose\":false,\"headers\":true}}\r\nPING\r\nSUB a.* q 1\r\nPUB a.b r {length}\r\n").as_bytes(),
            body,
            format!("\r\nUNSUB 1 5\r\nHPUB a {} {all}\r\n", block.len()).as_bytes(),
            block,
            body,
            b"\r\nPONG\r\n",
        ]);
        [ours, theirs]
    });
    both.collect()
}

const WORDS: &[&[u8]] = &[
    b"0",
    b"-1",
    b"1",
    b"+1",
    b"01",
    b"1048576",
    b"1048577",
    b"18446744073709551615",
    b"9223372036854775808",
    b"99999999999999999999",
    b"1e3",
    b"\xff\xfe",
    b"\xc2\xa0",
    b"a\rb",
    b">",
    b"*",
    b"a..b",
    b"\x1b]0;x\x07",
    b"MSG",
    b"HMSG",
    b"msg",
    b"PUB",
    b"HPUB",
    b"SUB",
    b"PING",
    b"-ERR",
    b"INFO",
    b"{}",
    b"{\"max_payload\":-1}",
    b"",
    b"\t",
    b"\0",
];

fn mutate(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut mutant = seed.to_vec();
    for _ in 0..=dice.below(3) {
        match dice.below(8) {
            0..=3 => {
                let at = dice.pick(&split(&mutant, b" \r\n")).clone();
                mutant.splice(at, dice.pick(WORDS).iter().copied());
            }
            4 | 5 => {
                let foreign: Vec<&[u8]> = split(other, b"\n").into_iter().map(|at| &other[at]).collect();
                let lines = split(&mutant, b"\n");
                mutations::parts(&mut mutant, &lines, &foreign, dice);
            }
            6 => {
                // A line that goes on.
                let at = dice.below(mutant.len());
                let length = *dice.pick(&[100, 4096, 70_000]);
                mutant.splice(at..at, std::iter::repeat_n(*dice.pick(b"x 9\0\xff"), length));
            }
            _ => mutations::bytes(&mut mutant, other, dice),
        }
    }
    mutant
}

/// What stands between these bytes.
fn split(bytes: &[u8], at: &[u8]) -> Vec<Range<usize>> {
    let (mut all, mut start) = (Vec::new(), 0);
    for (place, byte) in bytes.iter().enumerate() {
        if at.contains(byte) {
            all.push(start..place);
            start = place + 1;
        }
    }
    all.push(start..bytes.len());
    all
}

fn check(mutant: &[u8]) -> bool {
    let whole = (frames(mutant, mutant.len()), operations(mutant, mutant.len()));
    // In few pieces, or the work grows with the square.
    for piece in [mutant.len() / 7 + 1, mutant.len() / 40 + 1] {
        let cut = (frames(mutant, piece), operations(mutant, piece));
        assert!(
            cut == whole,
            "in pieces of {piece} it reads {cut:?}, not {whole:?}"
        );
    }
    whole.0.0.len() > 1 || whole.1.0.len() > 1
}

/// What is read as a client reads it, from bytes that come in pieces, and how that ends.
fn frames(bytes: &[u8], piece: usize) -> (Vec<u64>, Option<String>) {
    let (mut all, mut held) = (Vec::new(), Vec::new());
    for came in bytes.chunks(piece.max(1)) {
        held.extend_from_slice(came);
        loop {
            match read(&held, MOST) {
                Ok(Start::Frame(frame, used)) => {
                    assert!(0 < used && used <= held.len());
                    if let Frame::Message(delivery) = frame {
                        header(&delivery);
                    }
                    all.push(sum(&format!("{frame:?}")));
                    held.drain(..used);
                }
                Ok(Start::Part(needed)) => {
                    assert!(needed > held.len() && needed <= held.len() + MOST + 2);
                    break;
                }
                Err(error) => {
                    let error = error.to_string();
                    assert!(
                        error.len() < 300 && !error.contains(char::is_control),
                        "{error:?}"
                    );
                    return (all, Some(kind(&error)));
                }
            }
        }
    }
    (all, None)
}

/// An error without what it quotes, which depends on how much has come.
fn kind(error: &str) -> String {
    error
        .split([':', ';'])
        .next()
        .unwrap_or_default()
        .split(" which ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Whatever a block holds, each of its lines has a name and an end.
fn header(delivery: &Delivery<'_>) {
    let odd = Odd {
        subject: std::str::from_utf8(delivery.subject)
            .is_err()
            .then_some(delivery.subject),
        reply: std::str::from_utf8(delivery.reply)
            .is_err()
            .then_some(delivery.reply),
    };
    let lines = lines(delivery.headers, &odd);
    assert!(lines.is_empty() || lines.ends_with("\r\n"), "{lines:?}");
    assert!(
        lines.split_terminator("\r\n").all(|line| line.contains(':')),
        "{lines:?}"
    );
}

/// What our broker reads of a client.
fn operations(bytes: &[u8], piece: usize) -> (Vec<u64>, Option<String>) {
    let (mut all, mut held) = (Vec::new(), Vec::new());
    let limits = Limits {
        broker_max_payload: MOST,
        ..Limits::DEFAULT
    };
    for came in bytes.chunks(piece.max(1)) {
        held.extend_from_slice(came);
        loop {
            match parse(&held, &limits) {
                Ok(Step::Op(operation, used)) => {
                    assert!(0 < used && used <= held.len());
                    if let Op::Pub(message) = &operation {
                        assert!(message.header_len <= message.size() && message.size() <= MOST);
                    }
                    all.push(sum(&format!("{operation:?}")));
                    held.drain(..used);
                }
                Ok(Step::More(needed)) => {
                    assert!(needed == 0 || needed > held.len());
                    break;
                }
                Err(error) => return (all, Some(error.to_string())),
            }
        }
    }
    (all, None)
}

fn sum(text: &str) -> u64 {
    text.bytes().fold(0, |sum, byte| {
        sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
    })
}
