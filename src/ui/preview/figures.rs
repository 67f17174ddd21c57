//! Numbers as a person reads them: sizes, counts, durations.

/// A size in bytes with three significant digits: `512 B`, `1.23 kB`, `12.3 MB`.
pub(super) fn size(bytes: usize) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1e3;
    let mut unit = 0;
    // 999.5 would be rounded to four digits.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1e3;
        unit += 1;
    }
    let digits = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {}", UNITS[unit])
}

/// A count with commas between thousands: `12,345`.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A duration: `1.3 s`, `3:05`, `1:02:03`.
pub(super) fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits() {
        let sizes = [
            0,
            999,
            1000,
            1234,
            12_345,
            123_456,
            999_499,
            999_501,
            1_000_000,
            2_500_000_000,
        ];
        let texts = [
            "0 B", "999 B", "1.00 kB", "1.23 kB", "12.3 kB", "123 kB", "999 kB", "1.00 MB", "1.00 MB",
            "2.50 GB",
        ];
        assert_eq!(sizes.map(size), texts);
    }

    #[test]
    fn counts_and_durations() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0.25, 59.94, 185.7, 3723.0].map(duration),
            ["0.2 s", "59.9 s", "3:05", "1:02:03"]
        );
    }
}
