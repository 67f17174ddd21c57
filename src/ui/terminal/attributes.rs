//! Asks the terminal what it is (primary device attributes, DA1). Done before its input is read normally: keys typed
//! in the meantime are passed on.

use crossterm::event::Event;
use natsbridge_engine::clock;
use std::time::Duration;

/// How long to wait for an answer; most terminals answer within milliseconds, and a late answer is dropped by the
/// input reader.
pub const PATIENCE: Duration = Duration::from_millis(100);

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The attributes; 4 is sixel.
    pub attributes: Vec<u16>,
    /// What was typed meanwhile.
    pub typed: Vec<Event>,
}

/// Asks; the terminal must be in raw mode.
#[cfg(unix)]
pub fn ask() -> std::io::Result<Answer> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use std::io::Write;

    let mut out = std::io::stdout();
    out.write_all(b"\x1b[c")?;
    out.flush()?;
    let until = clock::instant() + PATIENCE;
    let mut bytes = Vec::new();
    while answer_end(&bytes).is_none() {
        let left = until.saturating_duration_since(clock::instant());
        let wait = Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let mut ready = [PollFd::from_borrowed_fd(rustix::stdio::stdin(), PollFlags::IN)];
        match poll(&mut ready, Some(&wait)) {
            Err(rustix::io::Errno::INTR) => continue,
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        let mut chunk = [0; 256];
        match rustix::io::read(rustix::stdio::stdin(), &mut chunk) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(0) | Err(_) => break,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
    Ok(parse(&bytes))
}

/// Elsewhere nothing is asked.
#[cfg(not(unix))]
pub fn ask() -> std::io::Result<Answer> {
    Ok(Answer::default())
}

/// Where the answer starts and ends among the bytes.
fn answer_end(bytes: &[u8]) -> Option<(usize, usize)> {
    let start = memchr::memmem::find(bytes, b"\x1b[?")?;
    let length = bytes[start + 3..]
        .iter()
        .position(|byte| !byte.is_ascii_digit() && *byte != b';')?;
    let end = start + 3 + length;
    (bytes[end] == b'c').then_some((start, end + 1))
}

fn parse(bytes: &[u8]) -> Answer {
    let Some((start, end)) = answer_end(bytes) else {
        return Answer {
            attributes: vec![],
            typed: typed(bytes),
        };
    };
    let numbers = std::str::from_utf8(&bytes[start + 3..end - 1]).unwrap_or_default();
    let mut events = typed(&bytes[..start]);
    events.extend(typed(&bytes[end..]));
    Answer {
        attributes: numbers
            .split(';')
            .filter_map(|number| number.parse().ok())
            .collect(),
        typed: events,
    }
}

/// Parses keys from bytes. Sequences are reports of the terminal (such as focus), not keys.
fn typed(bytes: &[u8]) -> Vec<Event> {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let text = String::from_utf8_lossy(bytes);
    let mut chars = text.chars().peekable();
    let mut events = Vec::new();
    while let Some(c) = chars.next() {
        let (code, modifiers) = match c {
            '\x1b' if chars.peek() == Some(&'[') => {
                chars.next();
                while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
                continue;
            }
            '\x1b' => (KeyCode::Esc, KeyModifiers::NONE),
            '\r' | '\n' => (KeyCode::Enter, KeyModifiers::NONE),
            '\t' => (KeyCode::Tab, KeyModifiers::NONE),
            '\x7f' | '\x08' => (KeyCode::Backspace, KeyModifiers::NONE),
            '\x01'..='\x1a' => {
                let letter = char::from(c as u8 - 1 + b'a');
                (KeyCode::Char(letter), KeyModifiers::CONTROL)
            }
            c if c.is_control() => continue,
            c => (KeyCode::Char(c), KeyModifiers::NONE),
        };
        events.push(Event::Key(KeyEvent::new(code, modifiers)));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    fn key(c: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers))
    }

    #[test]
    fn the_answer_is_found_among_what_was_typed() {
        let answer = parse(b"q\x1b[I\x1b[?63;1;4;9c\x03\xc3\xa9");
        assert_eq!(answer.attributes, [63, 1, 4, 9]);
        let expected = [
            key('q', KeyModifiers::NONE),
            key('c', KeyModifiers::CONTROL),
            key('é', KeyModifiers::NONE),
        ];
        assert_eq!(answer.typed, expected);
    }

    #[test]
    fn no_answer_and_half_an_answer_are_none() {
        for bytes in [&b""[..], b"\x1b[?", b"\x1b[?6", b"\x1b[?62;4u", b"\x1b[I"] {
            assert_eq!(answer_end(bytes), None, "{bytes:?}");
            assert_eq!(parse(bytes), Answer::default(), "{bytes:?}");
        }
        assert_eq!(parse(b"\x1b[?6c").attributes, [6]);
    }
}
