//! Numbers, sizes, times and addresses as people read them on screen. Pure text, no styles and no clock.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A count with thousands separators: `12,345`.
pub fn count(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 row`, `12 rows`.
pub fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// A byte count in decimal units with three significant digits: `310 B`, `1.23 kB`, `2.10 MB`.
pub fn size(bytes: impl TryInto<u64>) -> String {
    let bytes = bytes.try_into().unwrap_or(u64::MAX);
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    scaled(bytes as f64, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB", "EB"])
}

/// A span of time with three significant digits: `310 µs`, `12.3 ms`, `3.20 s`, then `2 min 5 s`, `3 h 12 min`, `4 d 2 h`.
pub fn span(microseconds: u64) -> String {
    match microseconds {
        0..1000 => format!("{microseconds} µs"),
        1000..60_000_000 => scaled(microseconds as f64, 1000.0, &["µs", "ms", "s"]),
        _ => {
            let seconds = microseconds / 1_000_000;
            let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
            match (days, hours) {
                (0, 0) => format!("{minutes} min {} s", seconds % 60),
                (0, _) => format!("{hours} h {} min", minutes % 60),
                _ => format!("{days} d {} h", hours % 24),
            }
        }
    }
}

/// How long ago something was, in one short unit: `now`, `3 s`, `12 min`, `5 h`, `2 d`.
pub fn age(microseconds: i64) -> String {
    let seconds = microseconds.max(0) / 1_000_000;
    match seconds {
        0 => "now".to_owned(),
        1..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", count(seconds / 86_400)),
    }
}

/// The time of day of an instant (microseconds since the Unix epoch): `12:01:02.118`.
pub fn clock(at_us: i64, zone: &TimeZone) -> String {
    let Ok(instant) = Timestamp::from_microsecond(at_us) else {
        return "–".to_owned();
    };
    let at = instant.to_zoned(zone.clone());
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

/// An instant (microseconds since the Unix epoch) with its date and offset: `2026-01-31 12:01:02.118+00:00`.
pub fn date_time(at_us: i64, zone: &TimeZone) -> String {
    let Ok(instant) = Timestamp::from_microsecond(at_us) else {
        return "–".to_owned();
    };
    let at = instant.to_zoned(zone.clone());
    format!("{} {}{}", at.date(), clock(at_us, zone), at.strftime("%:z"))
}

/// The address with user names, passwords and tokens hidden: `nats://•••@host:4222`.
pub fn without_credentials(url: &str) -> String {
    url.split(',')
        .map(one_without_credentials)
        .collect::<Vec<_>>()
        .join(",")
}

fn one_without_credentials(url: &str) -> String {
    // Up to the last `@` before the query: a password with a slash in it must not survive either.
    let head = url.find(['?', '#']).unwrap_or(url.len());
    match url[..head].rfind('@') {
        None => url.to_owned(),
        Some(at) => {
            let scheme = url[..at].find("://").map_or(0, |end| end + 3);
            format!("{}•••{}", &url[..scheme], &url[at..])
        }
    }
}

/// `value` in the largest unit that keeps it at 1 or more, three significant digits.
fn scaled(mut value: f64, step: f64, units: &[&str]) -> String {
    let mut unit = 0;
    // 999.5 would be printed as 1000: it belongs to the next unit.
    while value >= step - 0.5 && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    let decimals = if value < 9.995 {
        2
    } else {
        usize::from(value < 99.95)
    };
    format!(
        "{value:.decimals$} {}",
        units.get(unit).copied().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_thousands_separators() {
        let texts = [0u64, 7, 999, 1000, 12_345, 1_000_000].map(count);
        assert_eq!(texts, ["0", "7", "999", "1,000", "12,345", "1,000,000"]);
        assert_eq!(
            (counted(1, "row"), counted(2000, "row")),
            ("1 row".into(), "2,000 rows".into())
        );
    }

    #[test]
    fn sizes_have_three_significant_digits() {
        let texts = [
            0u64,
            999,
            1000,
            1234,
            12_345,
            999_499,
            999_999,
            2_100_000,
            u64::MAX,
        ]
        .map(size);
        let expected = [
            "0 B", "999 B", "1.00 kB", "1.23 kB", "12.3 kB", "999 kB", "1.00 MB", "2.10 MB", "18.4 EB",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn spans_and_ages() {
        let texts = [
            310,
            12_300,
            3_200_000,
            59_999_000,
            125_000_000,
            11_520_000_000,
            352_800_000_000,
        ]
        .map(span);
        assert_eq!(
            texts,
            [
                "310 µs",
                "12.3 ms",
                "3.20 s",
                "60.0 s",
                "2 min 5 s",
                "3 h 12 min",
                "4 d 2 h"
            ]
        );
        let ages = [-5, 0, 3_000_000, 720_000_000, 18_000_000_000, 172_800_000_000].map(age);
        assert_eq!(ages, ["now", "now", "3 s", "12 min", "5 h", "2 d"]);
    }

    #[test]
    fn instants_in_a_zone() {
        let at = 1_769_860_862_118_000;
        assert_eq!(clock(at, &TimeZone::UTC), "12:01:02.118");
        assert_eq!(date_time(at, &TimeZone::UTC), "2026-01-31 12:01:02.118+00:00");
        assert_eq!(clock(i64::MAX, &TimeZone::UTC), "–");
    }

    #[test]
    fn credentials_never_show() {
        let cases = [
            ("nats://host:4222", "nats://host:4222"),
            ("nats://me:secret@host", "nats://•••@host"),
            ("me:secret@host", "•••@host"),
            ("nats://token@a,tls://u:p/q@b", "nats://•••@a,tls://•••@b"),
            ("http://h/x?mail=a@b", "http://h/x?mail=a@b"),
        ];
        for (url, shown) in cases {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
