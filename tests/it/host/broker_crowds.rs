//! The embedded broker among many who do not read and some who say nothing: what that costs, and who is told what.

use crate::support::binary::{PATIENCE, Peer, command};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// A broker in a process of its own, and where it listens.
fn broker() -> (Peer, String) {
    let broker = Peer::start(&mut command(&["broker", "--listen", "127.0.0.1:0"]));
    let url = broker.out.next("the broker's address").unwrap();
    (broker, url.strip_prefix("nats://").unwrap().to_owned())
}

fn connect(at: &str, first: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    stream
}

/// Waits until the broker has acted on everything that came before.
fn settle(stream: &mut TcpStream) {
    stream.write_all(b"PING\r\n").unwrap();
    let mut heard = Vec::new();
    while !heard.ends_with(b"PONG\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        heard.extend(byte);
    }
}

/// What is left to hear, up to the end.
fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    match stream.read_to_end(&mut heard) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => heard,
    }
}

#[test]
fn twenty_who_never_read_share_what_waits_for_them_and_are_told() {
    const CONNECT: &str = "CONNECT {\"verbose\":false,\"headers\":true,\"name\":\"sleeper\"}\r\n";
    // Peak memory in MiB; small messages cost more for each that waits, and all together are bounded.
    for (payload, most) in [(1 << 20, 200), (1000, 400)] {
        let (broker, at) = broker();
        let sleepers: Vec<_> = (0..20)
            .map(|n| {
                let mut sleeper = connect(&at, &format!("{CONNECT}SUB big {n}\r\n"));
                settle(&mut sleeper);
                sleeper
            })
            .collect();
        let mut sender = connect(&at, CONNECT);
        let message = [
            format!("PUB big {payload}\r\n").as_bytes(),
            &vec![b'x'; payload],
            b"\r\n",
        ]
        .concat();
        for _ in 0..(84 << 20) / payload {
            sender.write_all(&message).unwrap();
        }
        settle(&mut sender);
        let peak = broker.process.peak_memory() / 1024;
        eprintln!("messages of {payload} bytes: {peak} MiB at most");
        assert!(peak <= most, "{peak} MiB with messages of {payload} bytes");
        // Whoever begins to read is told why it was let go, and so is the one who runs the broker.
        let last = sleepers.into_iter().map(rest).filter(|heard| {
            let end = b"-ERR 'Slow Consumer'\r\n";
            assert!(heard.len() < 84 << 20);
            heard.ends_with(end)
        });
        let told = last.count();
        assert!(told > 0);
        for _ in 0..20 {
            let line = broker.err.wait_for("was cut off");
            assert!(line.contains("(sleeper)"), "{line}");
        }
        // Others go on.
        let mut late = connect(&at, &format!("{CONNECT}SUB big 1\r\n"));
        settle(&mut late);
        sender.write_all(b"PUB big 2\r\nhi\r\n").unwrap();
        let mut heard = [0; 16];
        late.read_exact(&mut heard).unwrap();
        assert_eq!(&heard[..], b"MSG big 1 2\r\nhi\r");
    }
}

#[test]
fn who_says_nothing_after_connecting_is_let_go_and_told() {
    let (broker, at) = broker();
    let silent: Vec<_> = ["", "CONNECT {\"verbose", "PUB a 100\r\nx"]
        .map(|first| connect(&at, first))
        .into();
    let mut listener = connect(&at, "CONNECT {\"verbose\":false}\r\n");
    for stream in silent {
        let heard = rest(stream);
        assert!(heard.ends_with(b"-ERR 'Authentication Timeout'\r\n"));
        let line = broker.err.wait_for("was cut off");
        assert!(line.contains("it said nothing for 5s"), "{line}");
    }
    // One that has said who it is may listen for as long as it likes.
    settle(&mut listener);
}
