//! Numbers with units, as filters write them: sizes and durations.

/// A number of bytes: `1500`, `2kB`, `1.5MB`, `1MiB`. Units count in any case.
pub fn number_of_bytes(text: &str) -> Option<u64> {
    let units: &[(&str, f64)] = &[
        ("", 1.0),
        ("b", 1.0),
        ("k", 1e3),
        ("kb", 1e3),
        ("m", 1e6),
        ("mb", 1e6),
        ("g", 1e9),
        ("gb", 1e9),
        ("kib", 1024.0),
        ("mib", 1_048_576.0),
        ("gib", 1_073_741_824.0),
    ];
    scaled(text, units).map(|bytes| bytes as u64)
}

/// A duration in microseconds: `250ms`, `5s`, `1.5min`, `2h`, `1d`; a bare number is seconds.
pub fn duration_us(text: &str) -> Option<i64> {
    let units: &[(&str, f64)] = &[
        ("us", 1.0),
        ("µs", 1.0),
        ("ms", 1e3),
        ("", 1e6),
        ("s", 1e6),
        ("m", 6e7),
        ("min", 6e7),
        ("h", 3.6e9),
        ("d", 8.64e10),
    ];
    scaled(text, units).map(|us| us as i64)
}

fn scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '_'))
        .unwrap_or(text.len());
    let number: f64 = text[..digits].replace('_', "").parse().ok()?;
    let unit = text[digits..].trim().to_lowercase();
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_scale() {
        assert_eq!(number_of_bytes("1.5MB"), Some(1_500_000));
        assert_eq!(number_of_bytes("1 MiB"), Some(1_048_576));
        assert_eq!(number_of_bytes("x"), None);
        assert_eq!(duration_us("250ms"), Some(250_000));
        assert_eq!(duration_us("5min"), Some(300_000_000));
        assert_eq!(duration_us("-1s"), None);
    }
}
