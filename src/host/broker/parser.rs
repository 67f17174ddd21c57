//! The client side of the NATS protocol: bytes in, operations out, payloads borrowed.
//!
//! Stateless: it examines the unread bytes and either finds one complete operation, asks for more, or reports the
//! violation. So the result cannot depend on how the bytes were split in transit.

use memchr::memchr;

use natsbridge_wire::Limits;

/// One operation of a client.
#[derive(Debug, PartialEq, Eq)]
pub enum Op<'a> {
    /// Options of the connection, as JSON.
    Connect(&'a [u8]),
    /// Asks for a `PONG`.
    Ping,
    /// Answers our `PING`.
    Pong,
    /// Interest in a subject, alone or as a member of a queue group.
    Sub {
        subject: &'a [u8],
        queue: Option<&'a [u8]>,
        sid: &'a [u8],
    },
    /// End of interest, at once or after `max` messages in all.
    Unsub { sid: &'a [u8], max: Option<u64> },
    /// A message.
    Pub(Publish<'a>),
}

/// A message as published.
#[derive(Debug, PartialEq, Eq)]
pub struct Publish<'a> {
    /// The subject, unchecked.
    pub subject: &'a [u8],
    /// The reply subject, or nothing.
    pub reply: &'a [u8],
    /// Whether it came as `HPUB`.
    pub with_headers: bool,
    /// Bytes of the body that are headers.
    pub header_len: usize,
    /// Headers, payload and the closing line end.
    pub framed: &'a [u8],
}

impl Publish<'_> {
    /// Bytes of headers and payload together.
    pub fn size(&self) -> usize {
        self.framed.len() - 2
    }
}

/// What the unread bytes begin with.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A whole operation and its length.
    Op(Op<'a>, usize),
    /// The beginning of an operation; the number is its full length where that is known, else 0.
    More(usize),
}

/// Why a connection must end; shown as the text of `-ERR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Not an operation of this protocol, or one with wrong arguments.
    #[error("Unknown Protocol Operation")]
    UnknownOperation,
    /// A control line without end.
    #[error("maximum control line exceeded")]
    ControlLine,
    /// A message larger than INFO allowed.
    #[error("Maximum Payload Violation")]
    Payload,
    /// A message with headers from a client that did not announce them.
    #[error("message headers not supported")]
    HeadersNotAgreed,
    /// CONNECT asked for no-responders answers, which are headers, without headers.
    #[error("no responders requires headers support")]
    NoRespondersWithoutHeaders,
}

const WORDS: &[&[u8]] = &[b"PUB", b"HPUB", b"SUB", b"UNSUB", b"PING", b"PONG", b"CONNECT"];

/// The white-space separated arguments of a control line; no operation has more than four.
type Args<'a> = [Option<&'a [u8]>; 5];

/// Reads the operation at the start of `input`.
pub fn parse<'a>(input: &'a [u8], limits: &Limits) -> Result<Step<'a>, Violation> {
    let longest = limits.broker_control_line;
    let Some(word) = first_word(input)? else {
        return Ok(Step::More(0));
    };
    let Some(end) = memchr(b'\n', &input[..input.len().min(longest)]) else {
        return if input.len() < longest {
            Ok(Step::More(0))
        } else {
            Err(Violation::ControlLine)
        };
    };
    let line = input[word.len()..end].trim_ascii();
    let mut items = line
        .split(u8::is_ascii_whitespace)
        .filter(|item| !item.is_empty());
    let args: Args<'_> = std::array::from_fn(|_| items.next());
    let op = match word {
        b"PUB" | b"HPUB" => {
            let (message, len) = publish(args, word == b"HPUB", limits.broker_max_payload)?;
            let all = end + 1 + len + 2;
            return Ok(match body(&input[end + 1..], len)? {
                Some(framed) => Step::Op(Op::Pub(Publish { framed, ..message }), all),
                None => Step::More(all),
            });
        }
        b"SUB" => subscribe(args)?,
        b"UNSUB" => unsubscribe(args)?,
        b"PING" if line.is_empty() => Op::Ping,
        b"PONG" if line.is_empty() => Op::Pong,
        b"CONNECT" => Op::Connect(line),
        _ => return Err(Violation::UnknownOperation),
    };
    Ok(Step::Op(op, end + 1))
}

/// The operation's word, or nothing while it is still incomplete.
fn first_word(input: &[u8]) -> Result<Option<&'static [u8]>, Violation> {
    let word = WORDS.iter().find(|word| {
        let common = word.len().min(input.len());
        input[..common].eq_ignore_ascii_case(&word[..common])
    });
    let word = word.ok_or(Violation::UnknownOperation)?;
    match input.get(word.len()) {
        Some(b' ' | b'\t' | b'\r' | b'\n') => Ok(Some(word)),
        Some(_) => Err(Violation::UnknownOperation),
        None => Ok(None),
    }
}

fn subscribe(args: Args<'_>) -> Result<Op<'_>, Violation> {
    let (subject, queue, sid) = match args {
        [Some(subject), Some(sid), None, ..] => (subject, None, sid),
        [Some(subject), queue, Some(sid), None, ..] => (subject, queue, sid),
        _ => return Err(Violation::UnknownOperation),
    };
    Ok(Op::Sub { subject, queue, sid })
}

fn unsubscribe(args: Args<'_>) -> Result<Op<'_>, Violation> {
    let [Some(sid), max, None, ..] = args else {
        return Err(Violation::UnknownOperation);
    };
    let max = match max {
        Some(max) => Some(number(max)?.ok_or(Violation::UnknownOperation)? as u64),
        None => None,
    };
    Ok(Op::Unsub { sid, max })
}

/// The control line of a message, and how long its body is.
fn publish(
    args: Args<'_>,
    with_headers: bool,
    max_payload: usize,
) -> Result<(Publish<'_>, usize), Violation> {
    let (subject, reply, header, total) = match (with_headers, args) {
        (false, [Some(subject), Some(total), None, ..]) => (subject, None, None, total),
        (false, [Some(subject), reply, Some(total), None, ..]) => (subject, reply, None, total),
        (true, [Some(subject), header, Some(total), None, ..]) => (subject, None, header, total),
        (true, [Some(subject), reply, header, Some(total), None]) => (subject, reply, header, total),
        _ => return Err(Violation::UnknownOperation),
    };
    let len = number(total)?
        .filter(|&len| len <= max_payload)
        .ok_or(Violation::Payload)?;
    let header_len = match header {
        Some(digits) => number(digits)?
            .filter(|&header| header <= len)
            .ok_or(Violation::UnknownOperation)?,
        None => 0,
    };
    let message = Publish {
        subject,
        reply: reply.unwrap_or_default(),
        with_headers,
        header_len,
        framed: &[],
    };
    Ok((message, len))
}

/// Body and line end at the start of `rest`, or nothing while they are incomplete.
fn body(rest: &[u8], len: usize) -> Result<Option<&[u8]>, Violation> {
    let tail = rest.get(len..).unwrap_or_default();
    let arrived = tail.len().min(2);
    if tail[..arrived] != b"\r\n"[..arrived] {
        return Err(Violation::UnknownOperation);
    }
    Ok(rest.get(..len + 2))
}

/// A decimal number; nothing if it is larger than any machine could hold.
fn number(digits: &[u8]) -> Result<Option<usize>, Violation> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Violation::UnknownOperation);
    }
    let add = |sum: usize, digit: &u8| sum.checked_mul(10)?.checked_add(usize::from(digit - b'0'));
    // Half the range, so that adding a control line to a length cannot overflow.
    Ok(digits.iter().try_fold(0, add).filter(|&n| n <= usize::MAX / 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limits() -> Limits {
        Limits {
            broker_max_payload: 64,
            ..Limits::DEFAULT
        }
    }

    /// The operations of a whole stream as text, and how it ended, when it arrives in these pieces.
    fn replay(pieces: &[&[u8]]) -> (Vec<String>, Option<Violation>) {
        let (mut unread, mut ops, limits) = (Vec::new(), Vec::new(), limits());
        for piece in pieces {
            unread.extend_from_slice(piece);
            loop {
                let used = match parse(&unread, &limits) {
                    Ok(Step::Op(op, used)) => {
                        ops.push(format!("{op:?}"));
                        used
                    }
                    Ok(Step::More(_)) => break,
                    Err(violation) => return (ops, Some(violation)),
                };
                unread.drain(..used);
            }
        }
        (ops, None)
    }

    fn only(input: &[u8]) -> Op<'_> {
        match parse(input, &limits()) {
            Ok(Step::Op(op, used)) if used == input.len() => op,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_operation_is_read() {
        assert_eq!(only(b"CONNECT {\"a\": 1}\r\n"), Op::Connect(b"{\"a\": 1}"));
        assert_eq!(only(b"ping\r\n"), Op::Ping);
        assert_eq!(only(b"PONG\n"), Op::Pong);
        assert_eq!(
            only(b"SUB a.b 7\r\n"),
            Op::Sub {
                subject: b"a.b",
                queue: None,
                sid: b"7"
            }
        );
        assert_eq!(
            only(b"SUB\ta.b  q 7\r\n"),
            Op::Sub {
                subject: b"a.b",
                queue: Some(b"q"),
                sid: b"7"
            }
        );
        assert_eq!(
            only(b"UNSUB 7 12\r\n"),
            Op::Unsub {
                sid: b"7",
                max: Some(12)
            }
        );
        let Op::Pub(message) = only(b"PUB a r 5\r\nhe\r\no\r\n") else {
            panic!()
        };
        assert_eq!(
            (message.reply, message.framed, message.size()),
            (&b"r"[..], &b"he\r\no\r\n"[..], 5)
        );
        let Op::Pub(message) = only(b"HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n") else {
            panic!()
        };
        assert_eq!(
            (message.with_headers, message.header_len, message.size()),
            (true, 12, 14)
        );
    }

    #[test]
    fn wrong_input_is_named() {
        use Violation::{ControlLine, Payload, UnknownOperation};
        let long = [b"SUB ".as_slice(), &[b'a'; 5000]].concat();
        for (input, expected) in [
            (b"GET / HTTP/1.1\r\n".as_slice(), UnknownOperation),
            (b"\r\n", UnknownOperation),
            (b"\x16\x03\x01", UnknownOperation),
            (b"PINGS", UnknownOperation),
            (b"PING now\r\n", UnknownOperation),
            (b"SUB a\r\n", UnknownOperation),
            (b"SUB a b c d\r\n", UnknownOperation),
            (b"UNSUB\r\n", UnknownOperation),
            (b"UNSUB 1 -1\r\n", UnknownOperation),
            (b"PUB a\r\n", UnknownOperation),
            (b"PUB a x\r\n", UnknownOperation),
            (b"PUB a 1\r\nxyz", UnknownOperation),
            (b"PUB a 65\r\n", Payload),
            (b"PUB a 99999999999999999999999999\r\n", Payload),
            (b"HPUB a 4 2\r\n", UnknownOperation),
            (&long, ControlLine),
        ] {
            assert_eq!(
                parse(input, &limits()),
                Err(expected),
                "{}",
                String::from_utf8_lossy(input)
            );
        }
    }

    #[test]
    fn an_incomplete_message_tells_its_length() {
        assert_eq!(parse(b"PUB a 10\r\nabc", &limits()), Ok(Step::More(22)));
        assert_eq!(parse(b"PU", &limits()), Ok(Step::More(0)));
    }

    fn token() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            Just(b"PING\r\n".to_vec()),
            Just(b"pub a.b 3\r\nabc\r\n".to_vec()),
            Just(b"PUB a r 0\r\n\r\n".to_vec()),
            Just(b"HPUB a 12 13\r\nNATS/1.0\r\n\r\nx\r\n".to_vec()),
            Just(b"SUB > 1\r\n".to_vec()),
            Just(b"UNSUB 1 2\r\n".to_vec()),
            Just(b"CONNECT {}\r\n".to_vec()),
            Just(b"PUB a 70\r\n".to_vec()),
            Just(vec![b' '; 4090]),
            proptest::collection::vec(any::<u8>(), 0..12),
        ]
    }

    proptest! {
        #[test]
        fn the_cuts_do_not_matter(
            tokens in proptest::collection::vec(token(), 0..12),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
        ) {
            let stream = tokens.concat();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
            cuts.extend([0, stream.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect();
            let bytes: Vec<&[u8]> = stream.chunks(1).collect();
            let whole = replay(&[&stream]);
            prop_assert_eq!(&replay(&pieces), &whole);
            prop_assert_eq!(&replay(&bytes), &whole);
        }

        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = replay(&[&bytes]);
        }
    }
}
