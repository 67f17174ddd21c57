//! Frames of the NATS client protocol, as a server sends them, read where they lie in the socket's buffer. Bytes in,
//! borrowed parts out: what a subject or a header says is not judged here, so that no message can end the connection.

/// The longest control line but for INFO, which names every server of a cluster.
const LINE: usize = 64 << 10;
/// The longest INFO.
const INFO: usize = 1 << 20;
/// What an error quotes of bytes that cannot be read.
const QUOTE: usize = 40;

/// One frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'a> {
    /// What the server says of itself: JSON.
    Info(&'a [u8]),
    /// A message.
    Message(Delivery<'a>),
    /// A question whether we are there.
    Ping,
    /// The answer to ours.
    Pong,
    /// Agreement, which only a verbose connection is told.
    Ok,
    /// A complaint; the text without its quotes.
    Error(&'a [u8]),
}

/// A message and the subscription that it came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivery<'a> {
    /// Number of the subscription.
    pub sid: u64,
    /// Subject.
    pub subject: &'a [u8],
    /// Reply subject; empty if there is none.
    pub reply: &'a [u8],
    /// The header block with its version line; empty if there is none.
    pub headers: &'a [u8],
    /// Payload.
    pub payload: &'a [u8],
}

/// What lies at the start of the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start<'a> {
    /// A frame of so many bytes.
    Frame(Frame<'a>, usize),
    /// A part of one, which has at least so many bytes.
    Part(usize),
}

/// Bytes that are no frame: what follows them cannot be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A line without end.
    #[error("it sent a line without end, which starts with {0}")]
    LongLine(String),
    /// An operation that is not known.
    #[error("it sent something that is not the NATS protocol: {0}")]
    Unknown(String),
    /// Lengths or a number that cannot be read, or that contradict each other.
    #[error("it announced a message with impossible lengths: {0}")]
    Lengths(String),
    /// More bytes than are taken.
    #[error("it announced a message of {size} bytes; at most {most} are accepted")]
    TooLarge {
        /// Bytes announced.
        size: u64,
        /// Bytes accepted.
        most: usize,
    },
    /// A payload that is longer or shorter than it was announced.
    #[error("a message did not end where it was announced to: {0}")]
    End(String),
}

/// Reads the frame at the start of `bytes`; a message may have `most` bytes, headers counted.
pub fn read(bytes: &[u8], most: usize) -> Result<Start<'_>, FrameError> {
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    // A line that is too long is refused even if its end has come, so that it does not matter how it came.
    if end == bytes.len() || end > LINE {
        let is_info = bytes
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"INFO"));
        // A first byte that starts no operation need not be waited for.
        if bytes.first().is_some_and(|first| !b"IMHP+-imhp".contains(first)) {
            return Err(FrameError::Unknown(quoted(bytes)));
        } else if end > if is_info { INFO } else { LINE } {
            return Err(FrameError::LongLine(quoted(bytes)));
        } else if end == bytes.len() {
            return Ok(Start::Part(end + 1));
        }
    }
    let line = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
    let operation = line.iter().position(|byte| is_space(*byte)).unwrap_or(line.len());
    let (operation, rest) = line.split_at(operation);
    let mut name = [0; 4];
    let Some(name) = name.get_mut(..operation.len()) else {
        return Err(FrameError::Unknown(quoted(line)));
    };
    name.copy_from_slice(operation);
    name.make_ascii_uppercase();
    let frame = match &*name {
        b"MSG" => return message(line, rest, false, bytes, end + 1, most),
        b"HMSG" => return message(line, rest, true, bytes, end + 1, most),
        b"PING" => Frame::Ping,
        b"PONG" => Frame::Pong,
        b"+OK" => Frame::Ok,
        b"INFO" => Frame::Info(rest.trim_ascii()),
        b"-ERR" => {
            let text = rest.trim_ascii();
            let bare = text.strip_prefix(b"'").and_then(|text| text.strip_suffix(b"'"));
            Frame::Error(bare.unwrap_or(text))
        }
        _ => return Err(FrameError::Unknown(quoted(line))),
    };
    Ok(Start::Frame(frame, end + 1))
}

/// Reads a message whose line is `line` and whose body starts at `body`.
fn message<'a>(
    line: &'a [u8],
    rest: &'a [u8],
    has_headers: bool,
    bytes: &'a [u8],
    body: usize,
    most: usize,
) -> Result<Start<'a>, FrameError> {
    let mut words: [&[u8]; 5] = [&[]; 5];
    let mut count = 0;
    for word in rest.split(|byte| is_space(*byte)).filter(|word| !word.is_empty()) {
        *words
            .get_mut(count)
            .ok_or_else(|| FrameError::Lengths(quoted(line)))? = word;
        count += 1;
    }
    let (subject, sid, reply, headers, total) = match (has_headers, &words[..count]) {
        (false, [subject, sid, total]) => (*subject, *sid, &b""[..], Some(0), number(total)),
        (false, [subject, sid, reply, total]) => (*subject, *sid, *reply, Some(0), number(total)),
        (true, [subject, sid, headers, total]) => (*subject, *sid, &b""[..], number(headers), number(total)),
        (true, [subject, sid, reply, headers, total]) => {
            (*subject, *sid, *reply, number(headers), number(total))
        }
        _ => return Err(FrameError::Lengths(quoted(line))),
    };
    let (Some(sid), Some(headers), Some(size)) = (number(sid), headers, total) else {
        return Err(FrameError::Lengths(quoted(line)));
    };
    let length = |size| usize::try_from(size).ok().filter(|size| *size <= most);
    if headers > size {
        return Err(FrameError::Lengths(quoted(line)));
    }
    let (Some(headers), Some(total)) = (length(headers), length(size)) else {
        return Err(FrameError::TooLarge { size, most });
    };
    let end = body + total;
    let Some(tail) = bytes.get(end..end + 2) else {
        return Ok(Start::Part(end + 2));
    };
    if tail != b"\r\n" {
        return Err(FrameError::End(quoted(line)));
    }
    let (headers, payload) = bytes[body..end].split_at(headers);
    let delivery = Delivery {
        sid,
        subject,
        reply,
        headers,
        payload,
    };
    Ok(Start::Frame(Frame::Message(delivery), end + 2))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// A decimal number of at most 18 digits.
fn number(word: &[u8]) -> Option<u64> {
    if word.is_empty() || word.len() > 18 {
        return None;
    }
    word.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + u64::from(digit))
    })
}

fn quoted(bytes: &[u8]) -> String {
    let start = bytes.get(..QUOTE).unwrap_or(bytes).escape_ascii().to_string();
    if bytes.len() > QUOTE { start + "…" } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MOST: usize = 1 << 20;

    /// All frames of some bytes that come in pieces of this size, each as it would be shown; then what ended it.
    fn frames(bytes: &[u8], piece: usize) -> (Vec<String>, Option<FrameError>) {
        let (mut all, mut held) = (vec![], vec![]);
        for came in bytes.chunks(piece) {
            held.extend_from_slice(came);
            loop {
                let used = match read(&held, MOST) {
                    Ok(Start::Part(_)) => break,
                    Err(error) => return (all, Some(error)),
                    Ok(Start::Frame(frame, used)) => {
                        all.push(shown(frame));
                        used
                    }
                };
                held.drain(..used);
            }
        }
        (all, None)
    }

    fn shown(frame: Frame<'_>) -> String {
        match frame {
            Frame::Message(Delivery {
                sid,
                subject,
                reply,
                headers,
                payload,
            }) => {
                let [subject, reply, headers, payload] =
                    [subject, reply, headers, payload].map(|part| part.escape_ascii().to_string());
                format!("{sid} {subject}|{reply}|{headers}|{payload}")
            }
            Frame::Info(text) => format!("info {}", text.escape_ascii()),
            Frame::Error(text) => format!("error {}", text.escape_ascii()),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn frames_are_the_same_however_they_are_split() {
        let bytes =
            b"INFO {\"a\":1}\r\nPING\r\n+OK\r\nMSG a.b 1 3\r\nx\r\n\r\nmsg  a.b\t12 _INBOX.1   0\r\n\r\n\
            HMSG a 2 12 13\r\nNATS/1.0\r\n\r\nx\r\nHMSG a 2 r 22 22\r\nNATS/1.0 503\r\nK\rv\xff\r\n\r\n\r\n\
            -ERR 'Permissions Violation for Publish to \"x\"'\r\nPONG\r\nINFO {}\nMSG \xff\xfe 3 1\r\n\0\r\n";
        let (all, error) = frames(bytes, bytes.len());
        assert_eq!(error, None);
        assert_eq!(
            all,
            [
                r#"info {\"a\":1}"#,
                "Ping",
                "Ok",
                r"1 a.b|||x\r\n",
                "12 a.b|_INBOX.1||",
                r"2 a||NATS/1.0\r\n\r\n|x",
                r"2 a|r|NATS/1.0 503\r\nK\rv\xff\r\n\r\n|",
                r#"error Permissions Violation for Publish to \"x\""#,
                "Pong",
                "info {}",
                r"3 \xff\xfe|||\x00",
            ]
        );
        for piece in 1..40 {
            assert_eq!(frames(bytes, piece).0, all, "in pieces of {piece}");
        }
    }

    #[test]
    fn what_is_no_frame_is_told() {
        for (bytes, told) in [
            (
                &b"HTTP/1.1 400 Bad Request\r\n"[..],
                "not the NATS protocol: HTTP/1.1 400",
            ),
            (b"\x16\x03\x01", r"not the NATS protocol: \x16\x03\x01"),
            (b"MSG a 1\r\n", "impossible lengths: MSG a 1"),
            (b"MSG a 1 2 3 4 5\r\n", "impossible lengths"),
            (b"MSG a 1 -5\r\n", "impossible lengths"),
            (b"MSG a x 5\r\n", "impossible lengths"),
            (b"MSG a 1 99999999999999999999999\r\n", "impossible lengths"),
            (b"HMSG a 1 20 10\r\n", "impossible lengths"),
            (b"MSG a 1 1048577\r\n", "1048577 bytes; at most 1048576"),
            (b"MSG a 1 1\r\nabc\r\n", "did not end where it was announced to"),
        ] {
            let error = read(bytes, MOST).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        for (start, most) in [(&b"INFO "[..], INFO), (b"MSG ", LINE), (b"-ERR ", LINE)] {
            let mut bytes = start.to_vec();
            bytes.resize(most, b'x');
            assert_eq!(read(&bytes, MOST), Ok(Start::Part(most + 1)));
            bytes.push(b'x');
            assert!(matches!(read(&bytes, MOST), Err(FrameError::LongLine(_))));
            bytes.extend_from_slice(b"\r\n");
            assert!(matches!(read(&bytes, MOST), Err(FrameError::LongLine(_))));
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_lengths_are_those_of_the_bytes(bytes in prop::collection::vec(
            prop_oneof![Just(b'\r'), Just(b'\n'), Just(b' '), Just(b'1'), Just(b'9'), Just(b'M'), Just(b'S'), Just(b'G'), Just(b'H'), any::<u8>()],
            0..60,
        )) {
            match read(&bytes, MOST) {
                Ok(Start::Frame(_, used)) => prop_assert!(used <= bytes.len() && used > 0),
                Ok(Start::Part(needed)) => prop_assert!(needed > bytes.len()),
                Err(_) => {}
            }
        }
    }
}
