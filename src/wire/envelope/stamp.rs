//! Parses the sender's timestamp, in every spelling that peers use. Comparing it with our clock happens elsewhere.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The instant that a stamp names, microseconds since the Unix epoch; `None` where it cannot be read. Without a zone it
/// is read as UTC, which is what the peers that leave it out mean.
///
/// ```
/// use natsbridge_wire::parse_timestamp_us;
/// assert_eq!(parse_timestamp_us("1970-01-01T00:00:00.012Z"), Some(12_000));
/// assert_eq!(parse_timestamp_us("1970-01-01T00:00:00.012"), Some(12_000));
/// assert_eq!(parse_timestamp_us("yesterday"), None);
/// ```
pub fn parse_timestamp_us(stamp: &str) -> Option<i64> {
    let without_zone = || {
        let at = stamp.parse::<DateTime>().ok()?;
        Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let at: Timestamp = stamp.parse().ok().or_else(without_zone)?;
    Some(at.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_of_any_age_and_none_at_all() {
        assert_eq!(
            parse_timestamp_us("2026-11-22T10:00:00.123Z"),
            parse_timestamp_us("2026-11-22T11:00:00.123+01:00")
        );
        for far in [
            "0000-01-01T00:00:00Z",
            "9999-12-30T22:00:00Z",
            "0001-01-01T00:00:00",
        ] {
            assert!(parse_timestamp_us(far).is_some(), "{far}");
        }
        for bad in [
            "",
            "0",
            "12:00",
            "9999-99-99T00:00:00Z",
            "99999-01-01T00:00:00Z",
            "\u{202e}",
        ] {
            assert_eq!(parse_timestamp_us(bad), None, "{bad}");
        }
    }
}
