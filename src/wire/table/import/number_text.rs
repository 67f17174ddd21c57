//! Whether a number in text survives conversion to a floating-point number. Works on the text only.

/// Integers up to here are exact as floating-point numbers.
pub(super) const EXACT: u64 = 1 << 53;
/// Significant digits that a floating-point number always keeps.
const KEPT: usize = 15;

/// Whether a floating-point number keeps every digit of a decimal number: written with as many digits, it is the same
/// again. Zeros at the end count for nothing.
pub(super) fn survives(text: &str) -> bool {
    let Ok(value) = text.parse::<f64>() else {
        return false;
    };
    let digits = significant(text);
    if digits.is_empty() || !value.is_finite() {
        return value == 0.0;
    }
    // Near zero fewer are kept.
    (value.is_normal() && digits.len() <= KEPT)
        || significant(&format!("{value:.*e}", digits.len() - 1)) == digits
}

/// The digits without the zeros before and after them. Where the point stands is not asked: reading a number cannot
/// move it.
fn significant(text: &str) -> String {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_would_be_rounded_do_not_survive() {
        for text in [
            "0",
            "-0.0",
            "0.1",
            "1.50",
            "2e3",
            "0.30000000000000004",
            "0.10000000000000001",
            "1e300",
            "9007199254740992.0",
            "123456789012345e-10",
            "5e-324",
            "18014398509481984",
        ] {
            assert!(survives(text), "{text}");
        }
        for text in [
            "9007199254740993.0",
            "12345678901234567890123",
            "3.14159265358979323846",
            "1e999",
            "1e-400",
            "1.2345678e-320",
            "-9223372036854775809",
            "x",
        ] {
            assert!(!survives(text), "{text}");
        }
    }
}
