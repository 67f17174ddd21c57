//! Durations and rates as people write them: `5s`, `500ms`, `10/s`.

use std::time::Duration;

fn bad() -> String {
    "a duration is a number with a unit, ms, s, m or h: 5s, 500ms, 2m".to_owned()
}

/// A duration: `5s`, `500ms`, `2m`, `1h`, `1.5s`.
pub fn duration(text: &str) -> Result<Duration, String> {
    Some(delay(text)?)
        .filter(|duration| !duration.is_zero())
        .ok_or_else(bad)
}

/// Like [`duration`], but zero is allowed: `0s`, `0ms`.
pub fn delay(text: &str) -> Result<Duration, String> {
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
    let (number, unit) = text.split_at(unit_at);
    let scale = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(bad()),
    };
    let number: f64 = number.parse().map_err(|_| bad())?;
    Duration::try_from_secs_f64(number * scale).map_err(|_| bad())
}

/// The pause between two sends at a rate: `10/s` or `10`, per second; `30/m` per minute.
pub fn rate(text: &str) -> Result<Duration, String> {
    let bad = || "a rate is a number per second or minute: 10/s, 0.5/s, 30/m".to_owned();
    let (number, seconds) = match text.split_once('/') {
        None | Some((_, "s")) => (text.split('/').next().unwrap_or_default(), 1.0),
        Some((number, "m")) => (number, 60.0),
        Some(_) => return Err(bad()),
    };
    let number: f64 = number.parse().map_err(|_| bad())?;
    if !(number.is_finite() && number > 0.0) {
        return Err(bad());
    }
    Duration::try_from_secs_f64(seconds / number).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(delay("0ms"), Ok(Duration::ZERO));
        for bad in ["", "5", "s", "-1s", "0s", "5 parsecs", "1e400s", "NaNs", "٣s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rates() {
        assert_eq!(rate("10/s"), Ok(Duration::from_millis(100)));
        assert_eq!(rate("10"), Ok(Duration::from_millis(100)));
        assert_eq!(rate("30/m"), Ok(Duration::from_secs(2)));
        for bad in ["", "0", "-1/s", "10/h", "inf", "x"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }
}
