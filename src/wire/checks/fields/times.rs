//! The checks of the timestamp: how it is written, and how far it is from the arrival.
//! What time it is comes from outside.

use crate::checks::contract::{Check, OTHERS, partly};
use crate::envelope::parse_timestamp_us;
use crate::findings::{Code, Findings, quoted};
use std::ops::RangeInclusive;

pub const ROWS: &[Check] = &[
    Check::new(
        Code::BadTimestamp,
        "A timestamp that is not RFC 3339",
        "Send UTC as 2026-01-31T12:00:00.000Z.",
    )
    .lines(
        "Dates.format(now(UTC), \"yyyy-mm-ddTHH:MM:SS.sss\") * \"Z\"",
        "new Date().toISOString()",
        "datetime.now(timezone.utc).isoformat().replace(\"+00:00\", \"Z\")",
    )
    .affects(&[partly(OTHERS, "the timestamp cannot be parsed")]),
    Check::new(
        Code::TimestampWithoutZone,
        "A timestamp without a zone",
        "Send UTC with a trailing Z; without a zone the reader has to guess.",
    )
    .lines(
        "Dates.format(now(UTC), \"yyyy-mm-ddTHH:MM:SS.sss\") * \"Z\"",
        "new Date().toISOString()",
        "datetime.now(timezone.utc).isoformat().replace(\"+00:00\", \"Z\")",
    ),
    Check::new(
        Code::TimestampFalselyZoned,
        "A local time marked as UTC",
        "Send UTC, not local time with a Z appended; on MicroPython set the clock with \
             ntptime.settime().",
    )
    .lines(
        "Dates.format(now(UTC), \"yyyy-mm-ddTHH:MM:SS.sss\") * \"Z\"  # not now()",
        "new Date().toISOString()",
        "datetime.now(timezone.utc)  # not datetime.now()",
    )
    .affects(&[partly(OTHERS, "the time is wrong by the UTC offset")]),
    Check::new(
        Code::ClockSkew,
        "A timestamp far from the arrival time",
        "Set the clock of the sender or of this machine with NTP, on MicroPython with \
             ntptime.settime().",
    )
    .lines(
        "",
        "",
        "ntptime.settime()  # MicroPython, after the network is up",
    ),
];

/// Checks a timestamp; an empty one has no finding.
pub fn check_timestamp(timestamp: &str, findings: &mut Findings) {
    if timestamp.is_empty() || is_usual(timestamp.as_bytes()) || timestamp.parse::<jiff::Timestamp>().is_ok()
    {
        return;
    }
    if timestamp.parse::<jiff::civil::DateTime>().is_ok() {
        let message = format!("{} has no zone", quoted(timestamp));
        findings.add(Code::TimestampWithoutZone, "timestamp", message);
    } else {
        let message = format!("{} is not an RFC 3339 timestamp", quoted(timestamp));
        findings.add(Code::BadTimestamp, "timestamp", message);
    }
}

/// Whether this is a timestamp in the form nearly all peers write, `2026-02-22T14:16:57.123Z`, on a day that every
/// month has. Others may still be valid: that takes a parser.
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

const SECOND_US: i64 = 1_000_000;
/// Larger differences are clock skew; smaller ones are transit time.
const SKEW_US: i64 = 5 * SECOND_US;
/// An older message was stored or is replayed, which is not worth reporting.
const STORED_US: i64 = 86_400 * SECOND_US;
/// No NATSBridge message is older than this (2020-01-01): the sender's clock was never set.
const UNSET_US: i64 = 1_577_836_800 * SECOND_US;
/// UTC offsets are multiples of a quarter hour …
const QUARTER_US: i64 = 900 * SECOND_US;
/// … of at least two quarter hours and at most fourteen hours …
const ZONES: RangeInclusive<i64> = 2..=56;
/// … and a message takes less than this.
const ON_THE_WAY_US: i64 = 10 * SECOND_US;

/// Compares the sender's timestamp with the arrival; an unreadable one has its own finding.
pub fn check_clock(timestamp: &str, at_us: i64, findings: &mut Findings) {
    let Some(stamp) = parse_timestamp_us(timestamp) else {
        return;
    };
    let ahead = stamp.saturating_sub(at_us);
    let skew = ahead.saturating_abs();
    let stated = || quoted(timestamp);
    let away = || {
        format!(
            "{} {} its arrival",
            span(skew),
            if ahead > 0 { "after" } else { "before" }
        )
    };
    if zone_error_us(stamp, at_us).is_some() {
        // Without a zone it may well be local time: that it has none is told already.
        if timestamp.parse::<jiff::Timestamp>().is_ok() {
            let message = format!("{} is exactly {}: local time marked as UTC", stated(), away());
            findings.add(Code::TimestampFalselyZoned, "timestamp", message);
        }
    } else if skew > SKEW_US && (ahead > -STORED_US || stamp < UNSET_US) {
        let message = if stamp < UNSET_US {
            format!("{} is before 2020: the sender's clock was never set", stated())
        } else {
            format!("{} is {}", stated(), away())
        };
        findings.add(Code::ClockSkew, "timestamp", message);
    }
}

/// The offset if a timestamp is local time instead of UTC: whole quarter hours ahead of its arrival or behind, to the
/// second.
pub fn zone_error_us(stamp: i64, at_us: i64) -> Option<i64> {
    let ahead = stamp.saturating_sub(at_us);
    let skew = ahead.saturating_abs();
    let quarters = (skew + QUARTER_US / 2) / QUARTER_US;
    let near = (skew - quarters * QUARTER_US).abs() <= ON_THE_WAY_US;
    (ZONES.contains(&quarters) && near).then(|| quarters * QUARTER_US * ahead.signum())
}

/// A span in words, to the second or to the minute where it is long.
fn span(skew: i64) -> String {
    let seconds = skew / SECOND_US;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds.saturating_add(30) / 60),
        7_200..172_800 => {
            let minutes = seconds.saturating_add(30) / 60;
            match minutes % 60 {
                0 => format!("{} h", minutes / 60),
                rest => format!("{} h {rest} min", minutes / 60),
            }
        }
        _ => format!("{} days", seconds / 86_400),
    }
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

    #[test]
    fn skew_zones_and_messages_that_were_stored() {
        let at_us = parse_timestamp_us("2026-11-22T10:00:00Z").unwrap();
        for (stamp, expected) in [
            ("2026-11-22T10:00:00Z", None),
            ("2026-11-22T09:59:55.500Z", None),
            ("2026-11-22T09:59:50Z", Some((Code::ClockSkew, "10 s before"))),
            ("2026-11-22T10:03:00Z", Some((Code::ClockSkew, "3 min after"))),
            (
                "2026-11-22T11:00:00Z",
                Some((Code::TimestampFalselyZoned, "60 min after")),
            ),
            (
                "2026-11-22T16:59:59Z",
                Some((Code::TimestampFalselyZoned, "7 h after")),
            ),
            (
                "2026-11-22T04:29:59.9Z",
                Some((Code::TimestampFalselyZoned, "5 h 30 min before")),
            ),
            (
                "2026-11-22T04:40:00Z",
                Some((Code::ClockSkew, "5 h 20 min before")),
            ),
            ("2026-11-22T16:59:59", None),
            ("2026-11-01T10:00:00Z", None),
            ("2027-11-22T10:00:00Z", Some((Code::ClockSkew, "365 days after"))),
            ("2000-01-01T00:00:12Z", Some((Code::ClockSkew, "never set"))),
            ("9999-12-30T22:00:00Z", Some((Code::ClockSkew, "days after"))),
            ("yesterday", None),
        ] {
            let found = told(|findings| check_clock(stamp, at_us, findings));
            assert_eq!(found.len(), usize::from(expected.is_some()), "{stamp}: {found:?}");
            if let Some((code, words)) = expected {
                assert_eq!(found[0].0, code, "{stamp}");
                assert!(found[0].1.contains(words), "{found:?}");
            }
        }
    }
}
