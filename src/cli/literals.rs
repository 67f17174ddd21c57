//! Small values on the command line: durations, rates, headers, subjects. Each error includes a correct example.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use natsbridge_engine::{MessageFilter, check_bucket, check_header, check_pattern, check_subject, clock};
use natsbridge_wire::{SizeError, byte_size, point_in_time};
pub use natsbridge_wire::{delay, duration, rate};
use std::sync::Arc;

/// One of a few values, each with its name and what it is.
pub fn one_of<T: Clone + Send + Sync + 'static>(
    rows: Vec<(&'static str, &'static str, T)>,
) -> impl TypedValueParser<Value = T> {
    let names = rows
        .iter()
        .map(|(name, about, _)| PossibleValue::new(*name).help(*about));
    PossibleValuesParser::new(names.collect::<Vec<_>>()).try_map(move |chosen| {
        let mut values = rows.iter().filter(|(name, ..)| *name == chosen);
        values
            .next()
            .map(|(.., value)| value.clone())
            .ok_or("no such value")
    })
}

/// A time: an age (`10m`, `1w`), an instant (`2026-11-22T10:00:00Z`; without a zone it is local time), or seconds since 1970.
pub fn since(text: &str) -> Result<Timestamp, String> {
    point_in_time(text, clock::now(), &TimeZone::system()).ok_or_else(|| {
        "a time is a duration ago, an instant, or seconds since 1970: 10m, 2026-11-22T10:00:00Z, 1795341600"
            .to_owned()
    })
}

/// A filter over messages; errors are marked below it.
pub fn filter(text: &str) -> Result<Arc<MessageFilter>, String> {
    MessageFilter::new(text).map(Arc::new).map_err(|fault| {
        let before = text.get(..fault.at.start).unwrap_or_default().chars().count();
        let wrong = text
            .get(fault.at.clone())
            .unwrap_or_default()
            .chars()
            .count()
            .max(1);
        format!(
            "{}\n  {text}\n  {}{}",
            fault.what,
            " ".repeat(before),
            "^".repeat(wrong)
        )
    })
}

/// A place on a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The number of a message.
    Number(u64),
    /// A time.
    Time(Timestamp),
}

/// Numbers from here on are seconds since 1970: no tape has so many messages.
const EPOCH: u64 = 1_000_000_000;

/// A place on a tape: a message's number (`120`), or a time as `--since` takes it, but no age: a tape is old.
pub fn mark(text: &str) -> Result<Mark, String> {
    let number = text.parse().ok().filter(|&number| number < EPOCH);
    number
        .map(Mark::Number)
        .or_else(|| {
            let time = since(text).ok().filter(|_| duration(text).is_err());
            time.map(Mark::Time)
        })
        .ok_or_else(|| "expected a message number or an instant: 120, 2026-11-22T10:00:00Z".to_owned())
}

/// A limit in bytes, above zero: `1000000`, `256MiB`, `1GB`.
pub fn size(text: &str) -> Result<u64, SizeError> {
    byte_size(text).and_then(|size| if size > 0 { Ok(size) } else { Err(SizeError) })
}

/// A size from which something happens; zero is one too.
pub fn threshold(text: &str) -> Result<usize, SizeError> {
    byte_size(text).and_then(|size| usize::try_from(size).map_err(|_| SizeError))
}

/// The address of a web server, `http://` or `https://` and a host.
pub fn web_address(text: &str) -> Result<String, String> {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.query().or(url.fragment()).is_none() => {
            Ok(text.to_owned())
        }
        _ => Err("expected an address such as http://files.example:8080".into()),
    }
}

/// The name of a bucket.
pub fn bucket(text: &str) -> Result<String, String> {
    check_bucket(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

/// A NATS header, `KEY:VALUE`. A carriage return in a value would break other clients, so it is refused.
pub fn header(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once(':')
        .ok_or("a header is KEY:VALUE, such as Trace:on")?;
    check_header(key, value).map_err(|error| error.to_string())?;
    Ok((key.to_owned(), value.trim().to_owned()))
}

/// A subject to subscribe to; wildcards count only as whole tokens between dots.
pub fn pattern(text: &str) -> Result<String, String> {
    check_pattern(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

/// A subject to send to: no wildcards.
pub fn subject(text: &str) -> Result<String, String> {
    check_subject(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let instant: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        assert_eq!(since("2026-11-22T10:00:00Z"), Ok(instant));
        assert_eq!(since("2026-11-22T12:00:00+02:00"), Ok(instant));
        assert_eq!(since("1795341600"), Ok(instant));
        assert_eq!(mark("1795341600"), Ok(Mark::Time(instant)));
        assert_eq!(mark("120"), Ok(Mark::Number(120)));
        let local = since("2026-11-22").unwrap();
        assert!(local.duration_since(instant).abs() < jiff::SignedDuration::from_hours(48));
        let ago = clock::now().duration_since(since("10m").unwrap());
        assert!((590..660).contains(&ago.as_secs()), "{ago}");
        for bad in ["", "5", "yesterday", "2026-13-01", "-5s"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("1000"), Ok(1000));
        assert_eq!(size("1GB"), Ok(1_000_000_000));
        assert_eq!(size("256MiB"), Ok(256 << 20));
        assert_eq!(size("1TiB"), Ok(1 << 40));
        assert_eq!(size("2 k"), Ok(2000));
        assert_eq!(size("1.5GB"), Ok(1_500_000_000), "as filters have it");
        assert_eq!(threshold("0"), Ok(0));
        for bad in ["", "0", "-1", "1.5.0GB", "GB", "99999999999TB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn web_addresses() {
        assert!(web_address("http://h:1").is_ok() && web_address("https://h/base/").is_ok());
        for bad in ["h:1", "ftp://h", "http://", "http://h?q", "http://h#f"] {
            assert!(web_address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn headers() {
        assert_eq!(header("K: v w"), Ok(("K".into(), "v w".into())));
        assert_eq!(header("K:"), Ok(("K".into(), String::new())));
        assert_eq!(header("K:a:b"), Ok(("K".into(), "a:b".into())));
        for bad in ["K", ":v", "K k:v", "K:a\rb", "K:a\nb"] {
            assert!(header(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn subjects() {
        for good in ["chat.room1", "/chat/room1", "a.*.b", "a.>", ">", "/chat/*"] {
            assert!(pattern(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a..b", ".a", "a.", ">.a", "a\tb"] {
            assert!(pattern(bad).is_err(), "{bad}");
        }
        assert!(subject("a.*").is_err());
        assert!(
            subject("/chat/*").is_ok(),
            "a literal: the star is no whole token"
        );
    }
}
