//! The embedded broker against input that no client would send.

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::support::broker_stand::{PATIENCE, Raw, broker, client, next, settle, subscribe};

#[tokio::test]
async fn verbose_clients_get_an_ok_for_everything() {
    let broker = broker().await;
    let mut raw = Raw::connect(&broker).await;
    raw.say(b"CONNECT {}\r\nSUB a 1\r\npub a 2\r\nhi\r\nUNSUB 1\r\nping\r\n")
        .await;
    raw.hear("+OK\r\n+OK\r\n+OK\r\nMSG a 1 2\r\nhi\r\n+OK\r\nPONG\r\n")
        .await;
    raw.say(b"CONNECT {\"echo\":false,\"verbose\":false}\r\nSUB a 1\r\nPUB a 1\r\nx\r\nPING\r\n")
        .await;
    raw.hear("PONG\r\n").await;
}

/// Input and the answer that must come; with `end` the connection is closed after it.
struct Malformed {
    input: Vec<u8>,
    answer: &'static str,
    end: bool,
}

/// Lines that are not of the protocol, or not as it wants them.
const UNKNOWN_OPERATIONS: &[&str] = &[
    "\r\n",
    "\n",
    " PING\r\n",
    "GET / HTTP/1.1\r\nHost: broker\r\n\r\n",
    "HELO broker\r\n",
    "PINGPONG\r\n",
    "PING 1\r\n",
    "PONG!\r\n",
    "INFO {}\r\n",
    "MSG a 1 0\r\n\r\n",
    "+OK\r\n",
    "-ERR 'no'\r\n",
    "SUB\r\n",
    "SUB a\r\n",
    "SUB a b c d\r\n",
    "SUB a b c d e f\r\n",
    "UNSUB\r\n",
    "UNSUB 1 x\r\n",
    "UNSUB 1 -1\r\n",
    "UNSUB 1 2 3\r\n",
    "PUB\r\n",
    "PUB a\r\n",
    "PUB a -1\r\n",
    "PUB a 1e3\r\n",
    "PUB a b c 1\r\n",
    "PUB a 2\r\nabc\r\n",
    "PUB a 4\r\nab\r\nPING\r\n",
    "PUB a 1\r\nx\n\r\n",
    "HPUB a 1\r\n",
    "HPUB a 5 4\r\n",
    "HPUB a x 4\r\n",
    "CONNECT\r\n",
    "CONNECT {\r\n",
    "CONNECT []x\r\n",
    "CONNECT {\"verbose\":1}\r\n",
    "CONNECT nul\0l\r\n",
    "\u{feff}PING\r\n",
    "\x1b]0;title\x07\r\n",
];

fn malformed() -> Vec<Malformed> {
    const UNKNOWN: &str = "-ERR 'Unknown Protocol Operation'\r\n";
    const CONNECT: &str = "CONNECT {\"verbose\":false,\"headers\":true}\r\n";
    let mut cases = Vec::new();
    for input in UNKNOWN_OPERATIONS {
        cases.push(Malformed {
            input: (*input).into(),
            answer: UNKNOWN,
            end: true,
        });
    }
    for input in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..],
        b"\0\0\0\0",
        b"\xff\xfe",
        b"SU\xc3\xa9 a 1\r\n",
    ] {
        cases.push(Malformed {
            input: input.into(),
            answer: UNKNOWN,
            end: true,
        });
    }
    for size in [
        "1048577",
        "4294967296",
        "9223372036854775808",
        "99999999999999999999999999999999",
    ] {
        let input = format!("PUB a {size}\r\n").into_bytes();
        cases.push(Malformed {
            input,
            answer: "-ERR 'Maximum Payload Violation'\r\n",
            end: true,
        });
    }
    for head in ["PUB ", "SUB ", "CONNECT ", "PING "] {
        let input = [head.as_bytes(), &[b'a'; 6_000]].concat();
        cases.push(Malformed {
            input,
            answer: "-ERR 'maximum control line exceeded'\r\n",
            end: true,
        });
    }
    for subject in ["a..b", ".a", "a.", ".", ">.a", "a.>.b"] {
        let input = format!("{CONNECT}SUB {subject} 1\r\nPING\r\n").into_bytes();
        cases.push(Malformed {
            input,
            answer: "-ERR 'Invalid Subject'\r\nPONG\r\n",
            end: false,
        });
    }
    let deep = vec!["a"; 2_000].join(".");
    let input = format!("{CONNECT}SUB {deep} 1\r\nPING\r\n").into_bytes();
    cases.push(Malformed {
        input,
        answer: "-ERR 'Invalid Subject'\r\nPONG\r\n",
        end: false,
    });
    for subject in ["a..b", "*", "a.*", "a.>", "a."] {
        let input = format!("{CONNECT}PUB {subject} 1\r\nx\r\nPING\r\n").into_bytes();
        cases.push(Malformed {
            input,
            answer: "-ERR 'Invalid Publish Subject'\r\nPONG\r\n",
            end: false,
        });
    }
    for (input, answer) in [
        (
            "CONNECT {\"verbose\":false}\r\nHPUB a 0 0\r\n\r\n",
            "-ERR 'message headers not supported'\r\n",
        ),
        (
            "CONNECT {\"no_responders\":true}\r\n",
            "-ERR 'no responders requires headers support'\r\n",
        ),
    ] {
        cases.push(Malformed {
            input: input.into(),
            answer,
            end: true,
        });
    }
    cases
}

#[tokio::test]
async fn malformed_input_is_answered_and_disturbs_nobody() {
    let broker = broker().await;
    let (receiver, sender) = (client(&broker).await, client(&broker).await);
    let mut subscriber = subscribe(&receiver, "bystander").await;
    let cases = malformed();
    assert!(cases.len() >= 60, "{}", cases.len());
    for case in &cases {
        for pieces in [1, case.input.len().min(200)] {
            let mut raw = Raw::connect(&broker).await;
            for piece in case.input.chunks(case.input.len().div_ceil(pieces)) {
                // The broker may have hung up already; its answer is still to be read.
                let _ = raw.stream.write_all(piece).await;
            }
            raw.hear(case.answer).await;
            if case.end {
                raw.hear_end().await;
            }
        }
        sender
            .publish("bystander", case.input.clone().into())
            .await
            .unwrap();
        assert_eq!(next(&mut subscriber).await.payload, case.input);
    }
}

#[tokio::test]
async fn clients_that_vanish_in_the_middle_leave_nothing_behind() {
    let broker = broker().await;
    let watcher = client(&broker).await;
    for input in [
        "",
        "PU",
        "SUB a 1\r\nPUB a 100\r\nabc",
        "CONNECT {\"lang\":",
        "SUB > 1\r\nSUB > q 2\r\n",
    ] {
        let mut raw = Raw::connect(&broker).await;
        raw.say(input.as_bytes()).await;
    }
    timeout(PATIENCE, async {
        while broker.clients() > 1 {
            settle(&watcher).await;
        }
    })
    .await
    .unwrap();
    settle(&watcher).await;
}
