//! Repairs messages that clients cannot parse: unreadable parts are moved, escaped, into special headers, so that
//! nothing is lost and the rest can be read. Bytes in, bytes out; the proxy moves them.

use bytes::{Buf, BytesMut};
use natsbridge_wire::UNREADABLE_HEADER;

/// The start of every header block.
const VERSION: &str = "NATS/1.0";
/// Maximum size of a control line or header block; larger ones are passed on unchanged.
const MOST: usize = 1 << 20;

/// Mends what a broker sends, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Mender {
    held: BytesMut,
    /// Bytes to pass on as they are.
    pass: usize,
    /// Whether this is not the NATS protocol: everything is passed on unchanged.
    lost: bool,
    /// The subject of the message mended last.
    pub(super) mended: Option<String>,
}

/// A `MSG` or `HMSG` control line.
struct Head<'a> {
    subject: &'a [u8],
    sid: &'a [u8],
    reply: Option<&'a [u8]>,
    /// Bytes of the header block.
    headers: usize,
    /// Bytes of header block and payload.
    total: usize,
}

impl Mender {
    /// Takes what came and adds what is to be passed on to `out`.
    pub(super) fn push(&mut self, came: &[u8], out: &mut BytesMut) {
        self.held.extend_from_slice(came);
        while !self.held.is_empty() {
            let pass = if self.lost {
                self.held.len()
            } else {
                self.pass.min(self.held.len())
            };
            if pass > 0 {
                out.extend_from_slice(&self.held[..pass]);
                self.held.advance(pass);
                self.pass = self.pass.saturating_sub(pass);
                continue;
            }
            match self.frame(out) {
                Some(pass) => self.pass = pass,
                None if self.held.len() > 2 * MOST => self.lost = true,
                None => return,
            }
        }
    }

    /// Examines the frame at the start; returns how many bytes can be passed on unchanged, `None` if more data is
    /// needed first.
    fn frame(&mut self, out: &mut BytesMut) -> Option<usize> {
        let line_end = memchr::memmem::find(&self.held, b"\r\n")?;
        let line = &self.held[..line_end];
        let has_headers = line.starts_with(b"HMSG ");
        if !has_headers && !line.starts_with(b"MSG ") {
            return Some(line_end + 2);
        }
        let Some(head) = head(line, has_headers) else {
            self.lost = true;
            return Some(0);
        };
        let start = line_end + 2;
        let block = self.held.get(start..start + head.headers)?;
        let mut unreadable = Vec::new();
        let subject = readable_subject("subject", head.subject, has_headers, &mut unreadable);
        let reply = head
            .reply
            .map(|reply| readable_subject("reply", reply, has_headers, &mut unreadable));
        if unreadable.is_empty() && (!has_headers || is_readable(block)) {
            return Some(start + head.total + 2);
        }
        let block = mended(block, unreadable);
        let payload = head.total - head.headers;
        let reply = reply.map_or(String::new(), |reply| reply + " ");
        let line = format!(
            "HMSG {subject} {} {reply}{} {}\r\n",
            String::from_utf8_lossy(head.sid),
            block.len(),
            block.len() + payload
        );
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(block.as_bytes());
        let headers = head.headers;
        self.mended = Some(subject);
        self.held.advance(start + headers);
        Some(payload + 2)
    }
}

/// Reads a control line; `None` if its lengths are impossible.
fn head(line: &[u8], has_headers: bool) -> Option<Head<'_>> {
    let words = line.split(|byte| *byte == b' ');
    let mut words: Vec<&[u8]> = words.filter(|word| !word.is_empty()).skip(1).collect();
    let mut number = || std::str::from_utf8(words.pop()?).ok()?.parse::<usize>().ok();
    let total = number()?;
    let headers = if has_headers { number()? } else { 0 };
    let (subject, sid, reply) = match words[..] {
        [subject, sid] => (subject, sid, None),
        [subject, sid, reply] => (subject, sid, Some(reply)),
        _ => return None,
    };
    (headers <= total && headers <= MOST && total < usize::MAX / 2).then_some(Head {
        subject,
        sid,
        reply,
        headers,
        total,
    })
}

/// The subject in a readable form; unreadable parts are added to `unreadable`.
fn readable_subject(name: &str, subject: &[u8], has_headers: bool, unreadable: &mut Vec<String>) -> String {
    let text = String::from_utf8_lossy(subject);
    let spaces = |c: char| c.is_whitespace();
    if matches!(text, std::borrow::Cow::Owned(_)) || has_headers && text.contains(spaces) {
        unreadable.push(format!("{name} {}", subject.escape_ascii()));
        return text.replace(spaces, "\u{fffd}");
    }
    text.into_owned()
}

/// Whether a client can parse this header block, by the client's own rules.
fn is_readable(block: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(block) else {
        return false;
    };
    let mut lines = text.lines().peekable();
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix(VERSION))
        .map(str::trim);
    let code = status.map(|status| status.split_once(' ').map_or(status, |(code, _)| code.trim()));
    let is_code = |code: &str| {
        code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()) && !code.starts_with('0')
    };
    if !code.is_some_and(|code| code.is_empty() || is_code(code)) {
        return false;
    }
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            return false;
        };
        let mut value = value.trim_start().to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with(char::is_whitespace)) {
            value += more;
        }
        if !name.chars().all(|c| c.is_ascii_graphic()) || value.trim_end().contains('\r') {
            return false;
        }
    }
    true
}

/// The header block with each unreadable line, and all of `unreadable`, under a special header.
fn mended(block: &[u8], mut unreadable: Vec<String>) -> String {
    let mut status = VERSION.to_owned();
    let mut headers = String::new();
    let text = block.strip_suffix(b"\r\n\r\n").unwrap_or(block);
    let mut rest = text;
    let mut first = true;
    while !rest.is_empty() {
        let end = memchr::memmem::find(rest, b"\r\n").unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 2..).unwrap_or_default();
        let alone: &[&[u8]] = if std::mem::take(&mut first) {
            &[line, b"\r\n\r\n"]
        } else {
            &[VERSION.as_bytes(), b"\r\n", line, b"\r\n\r\n"]
        };
        let line = match std::str::from_utf8(line) {
            Ok(text) if is_readable(&alone.concat()) => text,
            _ => {
                unreadable.push(line.escape_ascii().to_string());
                continue;
            }
        };
        if alone.len() == 2 {
            line.clone_into(&mut status);
        } else {
            headers = headers + line + "\r\n";
        }
    }
    for line in unreadable {
        headers = headers + UNREADABLE_HEADER + ": " + &line + "\r\n";
    }
    format!("{status}\r\n{headers}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What comes out, whatever pieces it comes in.
    fn pushed(bytes: &[u8]) -> String {
        let mut whole = BytesMut::new();
        Mender::default().push(bytes, &mut whole);
        for size in [1, 7] {
            let (mut mender, mut out) = (Mender::default(), BytesMut::new());
            bytes.chunks(size).for_each(|piece| mender.push(piece, &mut out));
            assert_eq!(whole, out);
        }
        String::from_utf8_lossy(&whole).into_owned()
    }

    fn message(block: &[u8]) -> Vec<u8> {
        let head = format!("HMSG a 1 {} {}\r\n", block.len(), block.len() + 1);
        [head.as_bytes(), block, b"x\r\n"].concat()
    }

    #[test]
    fn what_can_be_read_passes_untouched() {
        let clean = "INFO {}\r\nMSG a 1 r 3\r\n\r\nx\r\nPING\r\nHMSG a 1 22 23\r\nNATS/1.0 503\r\nK: v\r\n\r\n\
            x\r\n-ERR 'no'\r\nMSG b\u{a0}c 1 0\r\n\r\n";
        assert_eq!(pushed(clean.as_bytes()), clean);
        assert_eq!(pushed(b"MSG a 1 -1\r\nwhatever"), "MSG a 1 -1\r\nwhatever");
    }

    #[test]
    fn what_cannot_be_read_stands_escaped_in_headers() {
        for (block, expected) in [
            (
                &b"NATS/1.0\r\nK: a\rb\r\nL: w\r\n\r\n"[..],
                "NATS/1.0\r\nL: w\r\nNatsbridge-Unreadable: K: a\\rb\r\n\r\n",
            ),
            (
                b"NATS/1.0\r\nno colon\r\n\r\n",
                "NATS/1.0\r\nNatsbridge-Unreadable: no colon\r\n\r\n",
            ),
            (
                b"NATS/1.0\r\nK: \xff\r\n\r\n",
                "NATS/1.0\r\nNatsbridge-Unreadable: K: \\xff\r\n\r\n",
            ),
            (b"K: v\r\n\r\n", "NATS/1.0\r\nNatsbridge-Unreadable: K: v\r\n\r\n"),
            (
                b"NATS/1.0 abc\r\n\r\n",
                "NATS/1.0\r\nNatsbridge-Unreadable: NATS/1.0 abc\r\n\r\n",
            ),
            (
                b"NATS/1.0 503\r\na b: v\r\n\r\n",
                "NATS/1.0 503\r\nNatsbridge-Unreadable: a b: v\r\n\r\n",
            ),
        ] {
            let head = format!("HMSG a 1 {} {}\r\n", expected.len(), expected.len() + 1);
            assert_eq!(pushed(&message(block)), format!("{head}{expected}x\r\n"));
        }
        assert_eq!(
            pushed(b"MSG a\xff 1 r 1\r\nx\r\nPING\r\n"),
            "HMSG a\u{fffd} 1 r 50 51\r\nNATS/1.0\r\nNatsbridge-Unreadable: subject a\\xff\r\n\r\nx\r\nPING\r\n"
        );
    }

    proptest! {
        #[test]
        fn every_block_can_be_read_once_it_is_mended(block in prop::collection::vec(prop_oneof![
            Just(b'\r'), Just(b'\n'), Just(b':'), Just(b' '), Just(b'K'), Just(0xff), any::<u8>(),
        ], 0..40), version in any::<bool>()) {
            let block = [if version { &b"NATS/1.0\r\n"[..] } else { b"" }, &block, b"\r\n\r\n"].concat();
            let mended = mended(&block, vec![]);
            prop_assert!(is_readable(mended.as_bytes()), "{mended:?}");
            pushed(&message(&block));
        }
    }

    #[test]
    fn whatever_bytes_in_whatever_pieces_pass_the_same_and_little_is_held() {
        const GOOD: &[u8] =
            b"INFO {}\r\nMSG a 1 r 3\r\n\r\nx\r\nHMSG a 1 22 23\r\nNATS/1.0 503\r\nK: v\r\n\r\nx\r\nPING\r\n";
        const WORDS: &[&[u8]] = &[
            b"\r\n",
            b"\r",
            b"\n",
            b" ",
            b"\t",
            b"MSG ",
            b"HMSG ",
            b"NATS/1.0",
            b"K: \xff\r\n",
            b"0",
            b"-1",
            b"9",
            b"18446744073709551615",
            b"9223372036854775806",
            b":",
            b"\xc3",
            b"\0",
            b"\r\n\r\n",
        ];
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut number = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        for _ in 0..20_000 {
            let mut bytes = GOOD.repeat(1 + number(2));
            for _ in 0..=number(6) {
                let (at, word) = (number(bytes.len() + 1), WORDS[number(WORDS.len())]);
                let end = (at + number(4)).min(bytes.len());
                bytes.splice(at..end, word.iter().copied());
            }
            let mut whole = BytesMut::new();
            Mender::default().push(&bytes, &mut whole);
            let (mut mender, mut out, mut rest) = (Mender::default(), BytesMut::new(), bytes.as_slice());
            while !rest.is_empty() {
                let (piece, next) = rest.split_at(1 + number(rest.len().min(16)));
                mender.push(piece, &mut out);
                rest = next;
            }
            assert_eq!(whole, out, "{}", bytes.escape_ascii());
            assert!(
                out.len() + mender.held.len() + 200 > bytes.len(),
                "something is lost"
            );
        }
        // What never becomes a frame is held only so far.
        for endless in [&b"x"[..], b"HMSG a 1 1048576 1048577\r\n", b"MSG "] {
            let (mut mender, mut out) = (Mender::default(), BytesMut::new());
            mender.push(endless, &mut out);
            for _ in 0..100 {
                mender.push(&vec![b'x'; 1 << 16], &mut out);
                assert!(mender.held.len() <= 2 * MOST + (1 << 16));
            }
            assert!(out.len() > 4 * MOST, "it passes in the end");
        }
    }
}
