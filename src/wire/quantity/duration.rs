//! Durations and rates as people write them: `5s`, `500ms`, `1h30m`, `10/s`. How times are shown to people is decided
//! by the workbench.

use jiff::SpanRelativeTo;
use jiff::fmt::friendly::SpanParser;
use std::time::Duration;

/// The text is not a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a duration as a number with a unit, us, ms, s, m, h, d or w: 5s, 500ms, 2m or 1h30m")]
pub struct DurationError;

/// The text is not a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a rate as a number per second or minute: 10/s, 0.5/s or 30/m")]
pub struct RateError;

/// A duration above zero: `5s`, `500ms`, `1.5s`, `2m`, `1h30m`, `1d`, `1w`. A day has 24 hours.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(natsbridge_wire::duration("1m30s"), Ok(Duration::from_secs(90)));
/// assert!(natsbridge_wire::duration("soon").is_err());
/// ```
pub fn duration(text: &str) -> Result<Duration, DurationError> {
    Some(delay(text)?)
        .filter(|duration| !duration.is_zero())
        .ok_or(DurationError)
}

/// Like [`duration`], but zero is allowed: `0s`, `0ms`.
pub fn delay(text: &str) -> Result<Duration, DurationError> {
    let span = SpanParser::new().parse_span(text.trim().to_lowercase());
    let exact = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    exact.and_then(Duration::try_from).map_err(|_| DurationError)
}

/// A duration as commands and drafts are given it: `5s`, `500ms`, `0.0005s`; [`delay`] parses it again.
pub fn duration_text(time: Duration) -> String {
    match (time.subsec_nanos() % 1_000_000, time.as_millis()) {
        (0, millis) if millis % 1000 == 0 => format!("{}s", time.as_secs()),
        (0, millis) => format!("{millis}ms"),
        _ => format!("{}s", time.as_secs_f64()),
    }
}

/// The pause between two sends at a rate: `10/s` or `10`, per second; `30/m` per minute.
pub fn rate(text: &str) -> Result<Duration, RateError> {
    let (number, seconds) = match text.split_once('/') {
        None => (text, 1.0),
        Some((number, "s")) => (number, 1.0),
        Some((number, "m")) => (number, 60.0),
        Some(_) => return Err(RateError),
    };
    let number: f64 = number.parse().map_err(|_| RateError)?;
    if !(number.is_finite() && number > 0.0) {
        return Err(RateError);
    }
    Duration::try_from_secs_f64(seconds / number).map_err(|_| RateError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, millis) in [
            ("5s", 5000),
            ("500ms", 500),
            ("250 ms", 250),
            ("1000us", 1),
            ("2000µs", 2),
            ("2m", 120_000),
            ("5min", 300_000),
            ("1.5min", 90_000),
            ("1h", 3_600_000),
            ("1h30m", 5_400_000),
            ("1 hour, 30 minutes", 5_400_000),
            ("1.5s", 1500),
            ("5S", 5000),
            ("1d", 86_400_000),
            ("1d12h", 129_600_000),
            ("90min", 5_400_000),
            ("1w", 604_800_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        assert_eq!(delay("0ms"), Ok(Duration::ZERO));
    }

    #[test]
    fn what_is_no_duration_is_refused_with_an_example() {
        for bad in [
            "",
            "5",
            "s",
            "-1s",
            "1s ago",
            "0s",
            "5 parsecs",
            "1e400s",
            "NaNs",
            "٣s",
            "1mo",
            "2y",
            "P1D",
            "99999999999999999h",
        ] {
            assert_eq!(duration(bad), Err(DurationError), "{bad}");
        }
        assert!(DurationError.to_string().contains("5s, 500ms"));
    }

    #[test]
    fn durations_are_written_as_they_are_parsed() {
        for (nanos, text) in [
            (0, "0s"),
            (5_000_000_000, "5s"),
            (90_000_000_000, "90s"),
            (1_500_000_000, "1500ms"),
            (500_000, "0.0005s"),
        ] {
            let time = Duration::from_nanos(nanos);
            assert_eq!(duration_text(time), text);
            assert_eq!(delay(text), Ok(time));
        }
    }

    #[test]
    fn rates() {
        assert_eq!(rate("10/s"), Ok(Duration::from_millis(100)));
        assert_eq!(rate("10"), Ok(Duration::from_millis(100)));
        assert_eq!(rate("30/m"), Ok(Duration::from_secs(2)));
        for bad in ["", "0", "-1/s", "10/h", "inf", "x"] {
            assert_eq!(rate(bad), Err(RateError), "{bad}");
        }
    }
}
