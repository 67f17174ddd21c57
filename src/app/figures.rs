//! Figures as people read them: thousands separators, sizes, rates, ages. Pure text, no styles.

/// A count with thousands separators: `12,431`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A byte count with three significant digits: `42 B`, `1.23 kB`, `18.0 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    // 999.5 and more would be printed as 1000.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let places = match value {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.places$} {}", UNITS[unit])
}

/// A rate per second: `0.4/s`, `30/s`, `1,204/s`.
pub fn per_second(rate: f64) -> String {
    if rate > 0.0 && rate < 9.95 && (rate - rate.round()).abs() > 0.05 {
        format!("{rate:.1}/s")
    } else {
        format!("{}/s", thousands(rate.max(0.0).round() as u64))
    }
}

/// How long ago, coarsely, so that it need not be redrawn every second: `now`, `5 min`, `2 h`, `3 d`.
pub fn age(elapsed_us: i64) -> String {
    let minutes = elapsed_us.max(0) / 60_000_000;
    match minutes {
        0 => "now".into(),
        1..=59 => format!("{minutes} min"),
        60..=1439 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
}

/// A span of time with three significant digits: `812 µs`, `12.3 ms`, `1.25 s`, `3 min 5 s`.
pub fn span(us: i64) -> String {
    let value = us.unsigned_abs() as f64;
    match us.unsigned_abs() {
        0..=999 => format!("{us} µs"),
        1_000..=999_999 => format!("{} ms", significant(value / 1e3)),
        1_000_000..=59_999_999 => format!("{} s", significant(value / 1e6)),
        60_000_000..=3_599_999_999 => {
            let seconds = us.unsigned_abs() / 1_000_000;
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
        _ => format!("{} h", thousands(us.unsigned_abs() / 3_600_000_000)),
    }
}

fn significant(value: f64) -> String {
    let places = match value {
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.places$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(12_345_678), "12,345,678");
    }

    #[test]
    fn sizes_have_three_significant_digits() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.00 kB"),
            (1_234, "1.23 kB"),
            (99_960, "100 kB"),
            (999_499, "999 kB"),
            (999_500, "1.00 MB"),
            (2_100_000, "2.10 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn rates_and_ages_read_well() {
        assert_eq!(per_second(0.4), "0.4/s");
        assert_eq!(per_second(1204.2), "1,204/s");
        assert_eq!(age(59_000_000), "now");
        assert_eq!(age(61_000_000), "1 min");
        assert_eq!(age(7_300_000_000), "2 h");
        assert_eq!(span(12_340), "12.3 ms");
        assert_eq!(span(3_200_000), "3.20 s");
    }
}
