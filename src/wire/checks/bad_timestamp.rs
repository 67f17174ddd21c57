//! `bad-timestamp`: a timestamp that is no RFC 3339.

use super::contract::{Check, Lines, OTHERS, Reads, effect};
use crate::findings::{Code, Findings, quoted};

pub(super) const CHECK: Check = Check {
    title: "A timestamp that is no RFC 3339",
    advice: "Send UTC as 2026-01-31T12:00:00.000Z.",
    lines: Lines {
        julia: "Dates.format(now(UTC), \"yyyy-mm-ddTHH:MM:SS.sss\") * \"Z\"",
        javascript: "new Date().toISOString()",
        python: "datetime.now(timezone.utc).isoformat().replace(\"+00:00\", \"Z\")",
    },
    effects: &[effect(OTHERS, Reads::Partly, "the timestamp cannot be parsed")],
};

/// Checks a timestamp; an empty one says nothing.
pub fn check_timestamp(timestamp: &str, findings: &mut Findings) {
    if timestamp.is_empty() || is_usual(timestamp.as_bytes()) || timestamp.parse::<jiff::Timestamp>().is_ok()
    {
        return;
    }
    if timestamp.parse::<jiff::civil::DateTime>().is_ok() {
        let message = format!("{} has no zone", quoted(timestamp));
        findings.add(Code::TimestampWithoutZone, "timestamp", message);
    } else {
        let message = format!("{} is no RFC 3339 timestamp", quoted(timestamp));
        findings.add(Code::BadTimestamp, "timestamp", message);
    }
}

/// Whether this is a timestamp as nearly all peers write it, `2026-02-22T14:16:57.123Z`, on a day that every month
/// has. What is not may still be right: that takes a parser.
fn is_usual(timestamp: &[u8]) -> bool {
    let Some((seconds, fraction)) = timestamp.split_first_chunk::<19>() else {
        return false;
    };
    let number = |at: usize| match [seconds[at], seconds[at + 1]] {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => (tens - b'0') * 10 + (ones - b'0'),
        _ => u8::MAX,
    };
    let marks = [seconds[4], seconds[7], seconds[10], seconds[13], seconds[16]];
    let fraction = match fraction {
        b"Z" => true,
        [b'.', digits @ .., b'Z'] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    marks == *b"--T::"
        && number(0) < 100
        && number(2) < 100
        && (1..=12).contains(&number(5))
        && (1..=28).contains(&number(8))
        && number(11) < 24
        && number(14) < 60
        && number(17) < 60
        && fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::told;

    #[test]
    fn timestamps_of_every_peer_are_judged() {
        for (text, code) in [
            ("2026-02-22T14:16:57.123Z", None),
            ("2026-02-22T14:16:57Z", None),
            ("2026-02-22T14:16:57.123456+07:00", None),
            ("2026-02-22T14:16:57", Some(Code::TimestampWithoutZone)),
            ("2026-02-22T14:16:57.12", Some(Code::TimestampWithoutZone)),
            ("2026-02-30T14:16:57Z", Some(Code::BadTimestamp)),
            ("1771769817", Some(Code::BadTimestamp)),
            ("2026-13-22T14:16:57Z", Some(Code::BadTimestamp)),
            ("2026-02-22T24:16:57Z", Some(Code::BadTimestamp)),
            ("2026-02-22T14:16:5xZ", Some(Code::BadTimestamp)),
            ("2026-02-22T14:16:57.Z", Some(Code::BadTimestamp)),
            ("2026-02-22T14:16:57.0123456789Z", Some(Code::BadTimestamp)),
            ("2028-02-29T00:00:00Z", None),
            ("yesterday", Some(Code::BadTimestamp)),
            ("", None),
        ] {
            let found = told(|findings| check_timestamp(text, findings));
            assert_eq!(found.first().map(|(code, _)| *code), code, "{text}");
        }
    }
}
