//! Times and addresses formatted for display, beside the workbench's own figures. Plain text, no styles and no clock.

pub use natsbridge_app::{count, counted, size, span};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Whole seconds as people say them: `11 s`, `2 min 5 s`.
pub fn seconds(microseconds: u64) -> String {
    match microseconds / 1_000_000 {
        seconds @ 0..60 => format!("{seconds} s"),
        _ => span(microseconds),
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
    // Up to the last `@` before the query, so that a password with a slash is hidden too.
    let head = url.find(['?', '#']).unwrap_or(url.len());
    match url[..head].rfind('@') {
        None => url.to_owned(),
        Some(at) => {
            let scheme = url[..at].find("://").map_or(0, |end| end + 3);
            format!("{}•••{}", &url[..scheme], &url[at..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
