//! Dates, times, instants and durations as ISO text. Values outside the years -9999 to 9999 are shown as numbers.

use super::zones::find_zone;
use arrow::datatypes::TimeUnit;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

const NANOS_PER_SECOND: i128 = 1_000_000_000;
const NANOS_PER_DAY: i128 = 86_400 * NANOS_PER_SECOND;

/// A date counted in days since 1970.
pub(crate) fn date(days: i64) -> String {
    match civil(i128::from(days) * NANOS_PER_DAY) {
        Some(instant) => instant.date().to_string(),
        None => format!("{days} days since 1970"),
    }
}

/// A date counted in milliseconds; what is no whole day keeps its time.
pub(crate) fn date64(millis: i64) -> String {
    const DAY: i64 = 86_400_000;
    match i32::try_from(millis / DAY) {
        Ok(days) if millis % DAY == 0 => date(days.into()),
        _ => timestamp(millis, TimeUnit::Millisecond, None),
    }
}

/// A time of day.
pub(crate) fn time(ticks: i64, unit: TimeUnit) -> String {
    let nanoseconds = i128::from(ticks) * nanos(unit);
    match civil(nanoseconds) {
        Some(instant) if (0..NANOS_PER_DAY).contains(&nanoseconds) => {
            let precision = digits(nanoseconds % NANOS_PER_SECOND);
            format!("{:.precision$}", instant.time())
        }
        _ => format!("{ticks} {} since midnight", unit_name(unit)),
    }
}

/// An instant: with a zone in that zone's clock and with its offset, without one as it is written.
pub(crate) fn timestamp(ticks: i64, unit: TimeUnit, zone: Option<&str>) -> String {
    let nanoseconds = i128::from(ticks) * nanos(unit);
    // With an unknown zone the instant is still known: it is shown in UTC.
    let offset = zone.map(
        |name| match (find_zone(name), Timestamp::from_nanosecond(nanoseconds)) {
            (Some(zone), Ok(instant)) => zone.to_offset(instant),
            _ => Offset::UTC,
        },
    );
    let shift = i128::from(offset.map_or(0, Offset::seconds)) * NANOS_PER_SECOND;
    clock(
        ticks,
        unit,
        nanoseconds + shift,
        &offset.map_or(String::new(), suffix),
    )
}

/// A clock time of a zone that is stored as if it were UTC; the offset is that of the zone at that time.
pub(crate) fn wall_clock(ticks: i64, unit: TimeUnit, zone: &str) -> String {
    let nanoseconds = i128::from(ticks) * nanos(unit);
    let zoned = civil(nanoseconds).and_then(|local| find_zone(zone)?.to_zoned(local).ok());
    // Without its zone the clock time is all that is known.
    let suffix = zoned.map_or(String::new(), |zoned| suffix(zoned.offset()));
    clock(ticks, unit, nanoseconds, &suffix)
}

/// The instant that a clock time of a zone means, both in milliseconds since 1970 by the calendar.
pub(crate) fn instant(millis: i64, zone: &str) -> Option<i64> {
    let local = civil(i128::from(millis) * nanos(TimeUnit::Millisecond))?;
    let zoned = find_zone(zone)?.to_zoned(local).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

/// What a clock shows so long after the start of 1970.
fn clock(ticks: i64, unit: TimeUnit, nanoseconds: i128, suffix: &str) -> String {
    let Some(local) = civil(nanoseconds) else {
        return format!("{ticks} {} since 1970", unit_name(unit));
    };
    let least = if unit == TimeUnit::Second { 0 } else { 3 };
    let precision = digits(nanoseconds.rem_euclid(NANOS_PER_SECOND)).max(least);
    format!("{local:.precision$}{suffix}")
}

/// The clock time that many nanoseconds after the start of 1970.
fn civil(nanoseconds: i128) -> Option<DateTime> {
    let seconds = i64::try_from(nanoseconds.div_euclid(NANOS_PER_SECOND)).ok()?;
    let rest = i32::try_from(nanoseconds.rem_euclid(NANOS_PER_SECOND)).ok()?;
    let since = SignedDuration::new(seconds, rest);
    DateTime::constant(1970, 1, 1, 0, 0, 0, 0).checked_add(since).ok()
}

fn suffix(offset: Offset) -> String {
    let seconds = offset.seconds();
    if seconds == 0 {
        return "Z".into();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A length of time in the unit it was counted in: `90s`, `-2ms`.
pub(crate) fn duration(ticks: i64, unit: TimeUnit) -> String {
    format!("{ticks}{}", unit_name(unit))
}

/// A calendar interval: `1y 2mo 3d 4ns`, parts that are zero left out.
pub(crate) fn interval(months: i32, days: i32, nanoseconds: i64) -> String {
    let (time, unit) = match nanoseconds {
        whole if whole % 1_000_000_000 == 0 => (whole / 1_000_000_000, "s"),
        millis if millis % 1_000_000 == 0 => (millis / 1_000_000, "ms"),
        micros if micros % 1_000 == 0 => (micros / 1_000, "us"),
        nanos => (nanos, "ns"),
    };
    let parts = [
        (i64::from(months / 12), "y"),
        (i64::from(months % 12), "mo"),
        (i64::from(days), "d"),
        (time, unit),
    ];
    let words: Vec<_> = parts
        .iter()
        .filter(|(count, _)| *count != 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if words.is_empty() {
        "0s".into()
    } else {
        words.join(" ")
    }
}

/// How a unit is written behind a number and in a type's name.
pub(crate) fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    }
}

/// Nanoseconds in one tick.
fn nanos(unit: TimeUnit) -> i128 {
    match unit {
        TimeUnit::Second => NANOS_PER_SECOND,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

/// Digits of a fraction (in nanoseconds) that lose nothing: 0, 3, 6 or 9.
fn digits(fraction: i128) -> usize {
    match fraction {
        0 => 0,
        millis if millis % 1_000_000 == 0 => 3,
        micros if micros % 1_000 == 0 => 6,
        _ => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};

    #[test]
    fn instants_keep_their_digits_and_say_their_zone() {
        assert_eq!(
            timestamp(1_771_769_818_000, Millisecond, None),
            "2026-02-22T14:16:58.000"
        );
        assert_eq!(
            timestamp(1_771_769_817_123_456, Microsecond, Some("UTC")),
            "2026-02-22T14:16:57.123456Z"
        );
        assert_eq!(timestamp(0, Second, Some("+05:30")), "1970-01-01T05:30:00+05:30");
        assert_eq!(timestamp(0, Second, Some("+0530")), "1970-01-01T05:30:00+05:30");
        assert_eq!(timestamp(0, Second, Some("-05")), "1969-12-31T19:00:00-05:00");
        assert_eq!(timestamp(-1, Nanosecond, None), "1969-12-31T23:59:59.999999999");
        assert_eq!(timestamp(0, Second, Some("Mars/Olympus")), "1970-01-01T00:00:00Z");
        assert_eq!(
            timestamp(0, Second, Some("UTC+02:00")),
            "1970-01-01T02:00:00+02:00"
        );
        assert_eq!(
            wall_clock(1_782_907_200_000, Millisecond, "Europe/Berlin"),
            "2026-07-01T12:00:00.000+02:00"
        );
        assert_eq!(wall_clock(0, Second, "Mars/Olympus"), "1970-01-01T00:00:00");
        assert_eq!(
            timestamp(i64::MAX, Second, None),
            "9223372036854775807 s since 1970"
        );
    }

    #[test]
    fn dates_and_times_of_day() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(i32::MIN.into()), "-2147483648 days since 1970");
        assert_eq!(date64(86_400_000), "1970-01-02");
        assert_eq!(time(51_417_123_456_789, Nanosecond), "14:16:57.123456789");
        assert_eq!(time(3_600_000, Millisecond), "01:00:00");
        assert_eq!(time(-1, Second), "-1 s since midnight");
    }

    #[test]
    fn intervals_name_their_parts() {
        assert_eq!(interval(14, -3, 1_500_000), "1y 2mo -3d 1500us");
        assert_eq!(interval(0, 0, 0), "0s");
    }
}
