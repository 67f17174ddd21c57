//! Sizes as people write them, `1500`, `2kB`, `1.5MB`, `1MiB`, and as they are shown to people. Where that is, others decide.

/// The units, in lower case: one, decimal, binary.
const UNITS: &[(&str, u64)] = &[
    ("", 1),
    ("b", 1),
    ("k", 1_000),
    ("kb", 1_000),
    ("m", 1_000_000),
    ("mb", 1_000_000),
    ("g", 1_000_000_000),
    ("gb", 1_000_000_000),
    ("t", 1_000_000_000_000),
    ("tb", 1_000_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
];

/// The text is not a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a size as a number of bytes, with or without a unit: 1000000, 500KB, 20MB or 1GiB")]
pub struct SizeError;

/// A number of bytes: `1500`, `2kB`, `1.5 MB`, `1MiB`; underscores may separate digits, units count in any case.
///
/// ```
/// assert_eq!(natsbridge_wire::byte_size("1.5MB"), Ok(1_500_000));
/// assert!(natsbridge_wire::byte_size("much").is_err());
/// ```
pub fn byte_size(text: &str) -> Result<u64, SizeError> {
    let unit_at = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit = unit.trim().to_lowercase();
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(SizeError)?;
    let number = number.trim().replace('_', "");
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(*factor).ok_or(SizeError);
    }
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let bytes = number.parse::<f64>().map_err(|_| SizeError)? * *factor as f64;
    (number.chars().all(digits) && bytes < u64::MAX as f64)
        .then_some(bytes as u64)
        .ok_or(SizeError)
}

/// A byte count in decimal units with three significant digits.
///
/// ```
/// let shown = [310, 1_230, 2_096_000, 3_145_728_000].map(natsbridge_wire::size_text);
/// assert_eq!(shown, ["310 B", "1.23 kB", "2.10 MB", "3.15 GB"]);
/// ```
pub fn size_text(bytes: u64) -> String {
    const UNITS: &[&str] = &["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let (mut value, mut unit) = (bytes as f64 / 1000.0, 0);
    // 999.5 would be printed as 1000, so it belongs to the next unit.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        (value, unit) = (value / 1000.0, unit + 1);
    }
    let decimals = if value < 9.995 {
        2
    } else {
        usize::from(value < 99.95)
    };
    format!("{value:.decimals$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_every_unit() {
        for (text, bytes) in [
            ("0", 0),
            ("1500", 1500),
            ("1_000_000", 1_000_000),
            ("12 b", 12),
            ("2k", 2000),
            ("2 kB", 2000),
            ("1.5MB", 1_500_000),
            ("1GB", 1_000_000_000),
            ("3t", 3_000_000_000_000),
            ("1KiB", 1024),
            ("1 MiB", 1 << 20),
            ("256mib", 256 << 20),
            ("0.5GiB", 1 << 29),
            ("1TiB", 1 << 40),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(byte_size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_an_example() {
        for text in [
            "",
            "GB",
            "x",
            "-1",
            "1e3",
            "inf",
            "NaN",
            "1.5.2MB",
            "1 XB",
            "1MB 2kB",
            "99999999999TB",
            "٣kB",
        ] {
            assert_eq!(byte_size(text), Err(SizeError), "{text}");
        }
        assert!(SizeError.to_string().contains("500KB"));
    }
}
