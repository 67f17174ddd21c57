//! Header blocks, whatever they hold: good ones are passed on as they lie there, and of the others each part that no
//! client can read becomes a header of its own, escaped, so that nothing is lost and the rest stays readable.

use natsbridge_wire::UNREADABLE_HEADER;
use std::borrow::Cow;

/// The start of every header block.
const VERSION: &str = "NATS/1.0";
/// The header that shows the status of the first line, which is no header itself.
const STATUS_HEADER: &str = "Natsbridge-Status";

/// The lines of a block, `Name: value\r\n` each, without the version line; its status is one of them, and those of
/// unreadable parts come last. Empty for an empty block.
pub fn lines<'a>(block: &'a [u8], odd: &Odd<'_>) -> Cow<'a, str> {
    match plain(block) {
        Some(lines) if odd.is_empty() => Cow::Borrowed(lines),
        _ => Cow::Owned(odd_lines(block, odd)),
    }
}

/// Parts beside the header block that are not UTF-8: subject, reply subject.
#[derive(Debug, Clone, Copy, Default)]
pub struct Odd<'a> {
    /// The subject.
    pub subject: Option<&'a [u8]>,
    /// The reply subject.
    pub reply: Option<&'a [u8]>,
}

impl Odd<'_> {
    fn is_empty(&self) -> bool {
        self.subject.is_none() && self.reply.is_none()
    }
}

/// The lines of a block that every client reads alike.
fn plain(block: &[u8]) -> Option<&str> {
    if block.is_empty() {
        return Some("");
    }
    let lines = block.strip_prefix(VERSION.as_bytes())?.strip_prefix(b"\r\n")?;
    // A last empty line ends the block.
    let lines = std::str::from_utf8(lines.strip_suffix(b"\r\n")?).ok()?;
    let good = lines
        .split_inclusive("\r\n")
        .all(|line| line.ends_with("\r\n") && is_header(line.trim_end()));
    good.then_some(lines)
}

/// Whether a line without its end is a name, a colon and a value.
fn is_header(line: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else {
        return false;
    };
    let graphic = |byte: u8| byte.is_ascii_graphic();
    !name.is_empty() && name.bytes().all(graphic) && !value.contains(['\r', '\n'])
}

fn odd_lines(block: &[u8], odd: &Odd<'_>) -> String {
    let (mut good, mut unreadable) = (String::new(), vec![]);
    for (what, part) in [("subject", odd.subject), ("reply", odd.reply)] {
        unreadable.extend(part.map(|part| format!("{what} {}", part.escape_ascii())));
    }
    let mut rest = block.strip_suffix(b"\r\n\r\n").unwrap_or(block);
    let mut first = true;
    while !rest.is_empty() {
        let end = memchr::memmem::find(rest, b"\r\n").unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 2..).unwrap_or_default();
        let text = std::str::from_utf8(line).ok();
        let readable = match text {
            Some(text) if std::mem::take(&mut first) => match status(text) {
                Some("") => true,
                Some(status) => {
                    good = good + STATUS_HEADER + ": " + status + "\r\n";
                    true
                }
                None => false,
            },
            Some(text) if text.starts_with(char::is_whitespace) && good.ends_with("\r\n") => {
                // A value that goes on in the next line.
                good.truncate(good.len() - 2);
                good = good + text + "\r\n";
                true
            }
            Some(text) if is_header(text) => {
                good = good + text + "\r\n";
                true
            }
            Some(text) => text.is_empty(),
            None => {
                first = false;
                false
            }
        };
        if !readable {
            unreadable.push(line.escape_ascii().to_string());
        }
    }
    unreadable.iter().fold(good, |lines, part| {
        lines + UNREADABLE_HEADER + ": " + part + "\r\n"
    })
}

/// The status in the first line, which begins with a number of three digits; empty where there is none, `None` if the line
/// is not the version.
fn status(line: &str) -> Option<&str> {
    let status = line.strip_prefix(VERSION)?.trim_ascii();
    let code = status.split(' ').next().unwrap_or_default().as_bytes();
    let is_code = code.len() == 3 && code.iter().all(u8::is_ascii_digit) && code[0] != b'0';
    (code.is_empty() || (is_code && !status.contains(['\r', '\n']))).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn good_blocks_are_passed_on_as_they_lie_there() {
        for (block, told) in [
            (&b""[..], ""),
            (b"NATS/1.0\r\n\r\n", ""),
            (
                b"NATS/1.0\r\nA: 1\r\nB:2\r\nA: x: y\r\n\r\n",
                "A: 1\r\nB:2\r\nA: x: y\r\n",
            ),
            ("NATS/1.0\r\nK: ü\r\n\r\n".as_bytes(), "K: ü\r\n"),
        ] {
            let lines = lines(block, &Odd::default());
            assert_eq!(lines, told);
            assert!(matches!(lines, Cow::Borrowed(_)));
        }
    }

    #[test]
    fn what_nobody_can_read_becomes_a_header_of_its_own() {
        for (block, told) in [
            (
                &b"NATS/1.0 503\r\nA: 1\r\n\r\n"[..],
                "Natsbridge-Status: 503\r\nA: 1\r\n",
            ),
            (
                b"NATS/1.0 100 FlowControl Request\r\n\r\n",
                "Natsbridge-Status: 100 FlowControl Request\r\n",
            ),
            (b"NATS/1.0\r\nA: 1\r\n b\r\n\r\n", "A: 1 b\r\n"),
            (b"NATS/1.0\r\nA: a\rb\r\nB: 2\r\n\r\n", "B: 2\r\n!A: a\\rb\r\n"),
            (b"NATS/1.0\r\nno colon\r\n\r\n", "!no colon\r\n"),
            (b"NATS/1.0\r\nA: \xff\r\n\r\n", "!A: \\xff\r\n"),
            (b"NATS/1.0\r\nA b: 1\r\n\r\n", "!A b: 1\r\n"),
            (b"NATS/2.0\r\nA: 1\r\n\r\n", "A: 1\r\n!NATS/2.0\r\n"),
            (b"NATS/1.0 abc\r\n\r\n", "!NATS/1.0 abc\r\n"),
            (b"NATS/1.0 503 a\rb\r\n\r\n", "!NATS/1.0 503 a\\rb\r\n"),
            (b"\xff\r\nA: 1\r\n\r\n", "A: 1\r\n!\\xff\r\n"),
            (b"NATS/1.0\r\nA: 1", "A: 1\r\n"),
            (b"x", "!x\r\n"),
        ] {
            let told = told.replace('!', &format!("{UNREADABLE_HEADER}: "));
            assert_eq!(lines(block, &Odd::default()), told, "{}", block.escape_ascii());
        }
    }

    #[test]
    fn subjects_that_are_not_text_are_told() {
        let odd = Odd {
            subject: Some(b"a.\xff"),
            reply: Some(b"\xfe"),
        };
        let told = lines(b"NATS/1.0\r\nA: 1\r\n\r\n", &odd).into_owned();
        let told = told.replace(UNREADABLE_HEADER, "!");
        assert_eq!(told, "A: 1\r\n!: subject a.\\xff\r\n!: reply \\xfe\r\n");
    }

    proptest! {
        #[test]
        fn lines_always_have_a_name_and_an_end(block in prop::collection::vec(
            prop_oneof![Just(b'\r'), Just(b'\n'), Just(b':'), Just(b' '), Just(b'a'), any::<u8>()], 0..40,
        )) {
            let block = [b"NATS/1.0\r\n", &block[..]].concat();
            let lines = lines(&block, &Odd::default());
            prop_assert!(lines.is_empty() || lines.ends_with("\r\n"));
            prop_assert!(lines.split_terminator("\r\n").all(|line| line.contains(':')), "{lines:?}");
        }
    }
}
