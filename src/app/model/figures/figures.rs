//! Numbers formatted for people: counts, sizes, rates, ages. Plain text, no styles.

pub use natsbridge_engine::{counted, grouped as count};

/// Words in a row: `A`, `A and B`, `A, B and C`.
pub fn listed(words: &[String]) -> String {
    match words {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        words => words.concat(),
    }
}

/// The start of a text, at most that many bytes and never cut within a character.
pub fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A byte count in decimal units with three significant digits: `310 B`, `1.23 kB`, `2.10 MB`.
pub fn size(bytes: impl TryInto<u64>) -> String {
    natsbridge_wire::size_text(bytes.try_into().unwrap_or(u64::MAX))
}

/// A rate per second: `0.4/s`, `30/s`, `1,204/s`.
pub fn per_second(rate: f64) -> String {
    if rate > 0.0 && rate < 9.95 && (rate - rate.round()).abs() > 0.05 {
        format!("{rate:.1}/s")
    } else {
        format!("{}/s", count(rate.max(0.0).round() as u64))
    }
}

/// A coarse age that need not be redrawn every second: `now`, `5 min`, `2 h`, `3 d`.
pub fn age(elapsed_us: i64) -> String {
    let minutes = elapsed_us.max(0) / 60_000_000;
    match minutes {
        0 => "now".into(),
        1..=59 => format!("{minutes} min"),
        60..=1439 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
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

/// How long an answer took; messages received together share one time, so a shorter time is unknown.
pub fn latency(microseconds: u64) -> String {
    match microseconds {
        0 => "instant".to_owned(),
        _ => span(microseconds),
    }
}

/// `value` in the largest unit that keeps it at 1 or more, three significant digits.
fn scaled(mut value: f64, step: f64, units: &[&str]) -> String {
    let mut unit = 0;
    // 999.5 would be printed as 1000, so it belongs to the next unit.
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
    fn the_last_of_several_words_has_an_and() {
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(
            [0, 1, 2, 3].map(|some| listed(&words[..some])),
            ["", "a", "a and b", "a, b and c"]
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
    fn spans_have_three_significant_digits() {
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
    }

    #[test]
    fn rates_and_ages_read_well() {
        assert_eq!(per_second(0.4), "0.4/s");
        assert_eq!(per_second(1204.2), "1,204/s");
        assert_eq!(age(59_000_000), "now");
        assert_eq!(age(61_000_000), "1 min");
        assert_eq!(age(7_300_000_000), "2 h");
    }
}
