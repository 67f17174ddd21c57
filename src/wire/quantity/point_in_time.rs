//! Points in time as people write them: an age, an instant, a date, a time of the day, seconds since 1970. What time it is,
//! and in which zone, comes from outside.

use super::duration::delay;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

/// Fewer digits are no seconds since 1970 that anybody means: nine of them are in the year 1973.
const EPOCH_DIGITS: usize = 9;

/// A point in time before `now`: an age (`10m`, `1d ago`), an instant, a date or a time of the last day in `zone`, or seconds
/// since 1970.
///
/// ```
/// use jiff::{Timestamp, tz::TimeZone};
/// let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
/// let told = natsbridge_wire::point_in_time("1h30m", now, &TimeZone::UTC).unwrap();
/// assert_eq!(told.to_string(), "2026-01-31T10:30:00Z");
/// ```
pub fn point_in_time(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(instant) = text.parse().ok().or_else(|| epoch(text)) {
        return Some(instant);
    }
    // Otherwise the start of a date would be parsed as a time.
    if let Some(time) = text.parse::<Time>().ok().filter(|_| !text.contains('-')) {
        let now = now.to_zoned(zone.clone());
        let today = now.date().to_datetime(time).to_zoned(zone.clone()).ok()?;
        let passed = if today > now { today.yesterday() } else { Ok(today) };
        return Some(passed.ok()?.timestamp());
    }
    if let Ok(at) = text.parse::<DateTime>() {
        return Some(at.to_zoned(zone.clone()).ok()?.timestamp());
    }
    let ago = text.strip_suffix("ago").unwrap_or(text).trim();
    now.checked_sub(delay(ago).ok()?).ok()
}

/// Seconds since 1970, possibly with a fraction.
fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() < EPOCH_DIGITS || !digits(whole) || !digits(fraction) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Timestamp::new(whole.parse().ok()?, nanos).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_say_times_in_many_ways() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        for (text, expected) in [
            ("15 min", Some("2026-01-31T11:45:00Z")),
            ("90min", Some("2026-01-31T10:30:00Z")),
            ("1h30m", Some("2026-01-31T10:30:00Z")),
            ("1d", Some("2026-01-30T12:00:00Z")),
            ("1w", Some("2026-01-24T12:00:00Z")),
            ("1 day ago", Some("2026-01-30T12:00:00Z")),
            ("11:30", Some("2026-01-31T11:30:00Z")),
            ("12:30", Some("2026-01-30T12:30:00Z")),
            ("2026-01-01", Some("2026-01-01T00:00:00Z")),
            ("2026-01-01 06:00", Some("2026-01-01T06:00:00Z")),
            ("2026-01-01T06:00:00+01:00", Some("2026-01-01T05:00:00Z")),
            ("1769860800", Some("2026-01-31T12:00:00Z")),
            ("1769860800.25", Some("2026-01-31T12:00:00.25Z")),
            ("17698608", None),
            ("5", None),
            ("soon", None),
            ("-5s", None),
            ("2026-13-01", None),
            ("", None),
        ] {
            let told = point_in_time(text, time("2026-01-31T12:00:00Z"), &TimeZone::UTC);
            assert_eq!(told, expected.map(time), "{text}");
        }
    }
}
