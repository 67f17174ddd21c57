//! Bytes as JSON values: text if they are UTF-8 and text is not longer than the alternative, otherwise Base64; times
//! and numbers. Anything that could act on a terminal is escaped, so that a tape can be read with `cat` and `grep`.

use jiff::Timestamp;
use natsbridge_wire::{acts_on_terminal, encode_base64_into};

/// Longest escaped text for so many bytes before Base64 is the shorter one.
const fn longest_text(bytes: usize) -> usize {
    bytes / 3 * 4 + 64
}

/// Appends `"text":"…"` or `"base64":"…"`.
pub(super) fn body(out: &mut Vec<u8>, bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let start = out.len();
        out.extend_from_slice(br#""text":"#);
        if quoted_within(out, text, longest_text(bytes.len())) {
            return;
        }
        out.truncate(start);
    }
    out.extend_from_slice(br#""base64":""#);
    encode_base64_into(bytes, out);
    out.push(b'"');
}

/// Appends a JSON string.
pub(super) fn quoted(out: &mut Vec<u8>, text: &str) {
    quoted_within(out, text, usize::MAX);
}

/// Appends a JSON string; gives up when it gets longer than `most`.
fn quoted_within(out: &mut Vec<u8>, text: &str, most: usize) -> bool {
    let most = out.len().saturating_add(most);
    let bytes = text.as_bytes();
    // JSON within JSON grows by about an eighth.
    out.reserve(bytes.len() + bytes.len() / 4 + 2);
    out.push(b'"');
    let (mut plain, mut at) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        if !SUSPECT[usize::from(byte)] {
            at += 1;
            continue;
        }
        // By far the most frequent ones; the rest may be slower.
        if byte == b'"' || byte == b'\\' {
            out.extend_from_slice(&bytes[plain..at]);
            out.extend_from_slice(&[b'\\', byte]);
            at += 1;
            plain = at;
            continue;
        }
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            at += 1;
            continue;
        };
        let end = at + c.len_utf8();
        if acts_on_terminal(c) {
            out.extend_from_slice(&bytes[plain..at]);
            escape(out, c);
            plain = end;
            if out.len() > most {
                return false;
            }
        }
        at = end;
    }
    out.extend_from_slice(&bytes[plain..]);
    out.push(b'"');
    out.len() <= most
}

fn escape(out: &mut Vec<u8>, c: char) {
    match c {
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        c => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(b"\\u");
                for shift in [12, 8, 4, 0] {
                    out.push(b"0123456789abcdef"[usize::from(*unit >> shift & 15)]);
                }
            }
        }
    }
}

/// Bytes with which something begins that may have to be escaped.
static SUSPECT: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte < 0x20
            || matches!(
                byte,
                0x22 | 0x5c | 0x7f | 0xc2 | 0xcd | 0xd8 | 0xdb | 0xdc | 0xe0..=0xe3 | 0xef | 0xf0 | 0xf3
            );
        byte += 1;
    }
    table
};

/// Appends a number.
pub(super) fn number(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let (mut at, mut rest) = (digits.len(), number);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Writes times; remembers the last second, because most messages share it with the one before.
#[derive(Debug, Default)]
pub(super) struct Clock {
    second: i64,
    text: String,
}

impl Clock {
    /// Appends `"2026-11-22T10:00:00.123456Z"`, given microseconds since the Unix epoch.
    pub(super) fn time(&mut self, out: &mut Vec<u8>, at_us: i64) {
        let (second, micros) = (at_us.div_euclid(1_000_000), at_us.rem_euclid(1_000_000));
        if self.text.is_empty() || second != self.second {
            // A time outside the calendar does not come from any clock; the epoch is written instead.
            let time = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
            self.text = time.strftime("\"%Y-%m-%dT%H:%M:%S.").to_string();
            self.second = second;
        }
        out.extend_from_slice(self.text.as_bytes());
        let mut rest = micros as u64;
        let mut digits = [0; 6];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        out.extend_from_slice(&digits);
        out.extend_from_slice(b"Z\"");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn json(write: impl FnOnce(&mut Vec<u8>)) -> Value {
        let mut out = Vec::new();
        write(&mut out);
        serde_json::from_slice(&out).unwrap()
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            prop_assert_eq!(json(|out| quoted(out, &text)), Value::from(text));
        }
    }

    #[test]
    fn nothing_in_a_line_acts_on_a_terminal() {
        let text: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        let mut out = Vec::new();
        quoted(&mut out, &text);
        let written = std::str::from_utf8(&out).unwrap();
        assert!(!written.chars().any(acts_on_terminal));
        assert_eq!(serde_json::from_str::<String>(written).unwrap(), text);
    }

    #[test]
    fn text_stays_readable_and_only_what_is_none_becomes_base64() {
        let written = |bytes: &[u8]| {
            let mut out = Vec::new();
            body(&mut out, bytes);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written("Grüße \"x\"\n".as_bytes()), r#""text":"Grüße \"x\"\n""#);
        assert_eq!(written(b""), r#""text":"""#);
        assert_eq!(written(&[0xff, 0]), r#""base64":"/wA=""#);
        assert!(
            written(&[0; 1000]).starts_with(r#""base64""#),
            "text would be longer"
        );
    }

    #[test]
    fn times_have_microseconds_and_numbers_all_their_digits() {
        let mut clock = Clock::default();
        for (us, text) in [
            (1_763_805_600_123_456, "2025-11-22T10:00:00.123456Z"),
            (1_763_805_600_000_007, "2025-11-22T10:00:00.000007Z"),
            (0, "1970-01-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(json(|out| clock.time(out, us)), Value::from(text));
        }
        for figure in [0, 9, 10, 12_345, u64::MAX] {
            assert_eq!(json(|out| number(out, figure)), Value::from(figure));
        }
    }
}
