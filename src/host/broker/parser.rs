//! The client side of the NATS protocol: bytes in, operations out, payloads borrowed.
//!
//! Stateless: it examines the unread bytes and either finds one complete operation, asks for more, or reports the
//! violation. So the result cannot depend on how the bytes were split in transit.

use memchr::memchr;

use natsbridge_wire::Limits;

/// Longest control line, in bytes with its line end; the reference server's own default.
const CONTROL_LINE: usize = Limits::DEFAULT.broker_control_line;

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
    pub fn len(&self) -> usize {
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

#[derive(Clone, Copy)]
enum Word {
    Connect,
    Ping,
    Pong,
    Sub,
    Unsub,
    Pub,
    Hpub,
}

const WORDS: &[(&[u8], Word)] = &[
    (b"PUB", Word::Pub),
    (b"HPUB", Word::Hpub),
    (b"SUB", Word::Sub),
    (b"UNSUB", Word::Unsub),
    (b"PING", Word::Ping),
    (b"PONG", Word::Pong),
    (b"CONNECT", Word::Connect),
];

/// Reads the operation at the start of `input`.
pub fn parse(input: &[u8], max_payload: usize) -> Result<Step<'_>, Violation> {
    let Some((word, args_at)) = first_word(input)? else {
        return Ok(Step::More(0));
    };
    let Some(end) = memchr(b'\n', &input[..input.len().min(CONTROL_LINE)]) else {
        return if input.len() < CONTROL_LINE {
            Ok(Step::More(0))
        } else {
            Err(Violation::ControlLine)
        };
    };
    let line = input[args_at..end].trim_ascii();
    let rest = &input[end + 1..];
    let op = match word {
        Word::Connect => Op::Connect(line),
        Word::Ping | Word::Pong if !line.is_empty() => return Err(Violation::UnknownOperation),
        Word::Ping => Op::Ping,
        Word::Pong => Op::Pong,
        Word::Sub => subscribe(&Args::of(line)?)?,
        Word::Unsub => unsubscribe(&Args::of(line)?)?,
        Word::Pub | Word::Hpub => {
            let head = Head::of(&Args::of(line)?, matches!(word, Word::Hpub), max_payload)?;
            let framed_len = head.len + 2;
            return match body(rest, head.len)? {
                Some(framed) => Ok(Step::Op(Op::Pub(head.with_body(framed)), end + 1 + framed_len)),
                None => Ok(Step::More(end + 1 + framed_len)),
            };
        }
    };
    Ok(Step::Op(op, end + 1))
}

/// The operation's word and where its arguments begin, or nothing while it is still incomplete.
fn first_word(input: &[u8]) -> Result<Option<(Word, usize)>, Violation> {
    for &(text, word) in WORDS {
        let common = text.len().min(input.len());
        if !input[..common].eq_ignore_ascii_case(&text[..common]) {
            continue;
        }
        return match input.get(text.len()) {
            Some(b' ' | b'\t' | b'\r' | b'\n') => Ok(Some((word, text.len()))),
            Some(_) => Err(Violation::UnknownOperation),
            None => Ok(None),
        };
    }
    Err(Violation::UnknownOperation)
}

/// The white-space separated arguments of a control line; no operation has more than four.
struct Args<'a> {
    items: [&'a [u8]; 4],
    count: usize,
}

impl<'a> Args<'a> {
    fn of(line: &'a [u8]) -> Result<Self, Violation> {
        let mut args = Self {
            items: [&[]; 4],
            count: 0,
        };
        for item in line
            .split(u8::is_ascii_whitespace)
            .filter(|item| !item.is_empty())
        {
            *args
                .items
                .get_mut(args.count)
                .ok_or(Violation::UnknownOperation)? = item;
            args.count += 1;
        }
        Ok(args)
    }

    fn get(&self) -> &[&'a [u8]] {
        &self.items[..self.count]
    }
}

fn subscribe<'a>(args: &Args<'a>) -> Result<Op<'a>, Violation> {
    match *args.get() {
        [subject, sid] => Ok(Op::Sub {
            subject,
            queue: None,
            sid,
        }),
        [subject, queue, sid] => Ok(Op::Sub {
            subject,
            queue: Some(queue),
            sid,
        }),
        _ => Err(Violation::UnknownOperation),
    }
}

fn unsubscribe<'a>(args: &Args<'a>) -> Result<Op<'a>, Violation> {
    match *args.get() {
        [sid] => Ok(Op::Unsub { sid, max: None }),
        [sid, max] => {
            let max = number(max)?.ok_or(Violation::UnknownOperation)?;
            Ok(Op::Unsub {
                sid,
                max: Some(max as u64),
            })
        }
        _ => Err(Violation::UnknownOperation),
    }
}

/// The control line of a message.
struct Head<'a> {
    subject: &'a [u8],
    reply: &'a [u8],
    with_headers: bool,
    header_len: usize,
    len: usize,
}

impl<'a> Head<'a> {
    fn of(args: &Args<'a>, with_headers: bool, max_payload: usize) -> Result<Self, Violation> {
        let (subject, reply, header, total): (_, &[u8], _, _) = match (with_headers, args.get()) {
            (false, &[subject, total]) => (subject, &[], None, total),
            (false, &[subject, reply, total]) => (subject, reply, None, total),
            (true, &[subject, header, total]) => (subject, &[], Some(header), total),
            (true, &[subject, reply, header, total]) => (subject, reply, Some(header), total),
            _ => return Err(Violation::UnknownOperation),
        };
        let len = number(total)?
            .filter(|&len| len <= max_payload)
            .ok_or(Violation::Payload)?;
        let header_len = match header {
            Some(digits) => number(digits)?
                .filter(|&h| h <= len)
                .ok_or(Violation::UnknownOperation)?,
            None => 0,
        };
        Ok(Self {
            subject,
            reply,
            with_headers,
            header_len,
            len,
        })
    }

    fn with_body(self, framed: &'a [u8]) -> Publish<'a> {
        let Self {
            subject,
            reply,
            with_headers,
            header_len,
            ..
        } = self;
        Publish {
            subject,
            reply,
            with_headers,
            header_len,
            framed,
        }
    }
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

    const MAX: usize = 64;

    /// The operations of a whole stream as text, and how it ended, when it arrives in these pieces.
    fn replay(pieces: &[&[u8]]) -> (Vec<String>, Option<Violation>) {
        let (mut unread, mut ops) = (Vec::new(), Vec::new());
        for piece in pieces {
            unread.extend_from_slice(piece);
            loop {
                let used = match parse(&unread, MAX) {
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
        match parse(input, MAX) {
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
            (message.reply, message.framed, message.len()),
            (&b"r"[..], &b"he\r\no\r\n"[..], 5)
        );
        let Op::Pub(message) = only(b"HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n") else {
            panic!()
        };
        assert_eq!(
            (message.with_headers, message.header_len, message.len()),
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
                parse(input, MAX),
                Err(expected),
                "{}",
                String::from_utf8_lossy(input)
            );
        }
    }

    #[test]
    fn an_incomplete_message_tells_its_length() {
        assert_eq!(parse(b"PUB a 10\r\nabc", MAX), Ok(Step::More(22)));
        assert_eq!(parse(b"PU", MAX), Ok(Step::More(0)));
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
