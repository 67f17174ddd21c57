//! Numbers by what their digits say: compared exactly, however long they are. Where a number comes from, and what it is
//! asked for, is decided elsewhere.

use std::cmp::Ordering;
use std::fmt;

/// A number as it was written, with the value that its digits say.
#[derive(Debug, Clone)]
pub struct Decimal {
    text: String,
    negative: bool,
    /// Where the digits that count are in the text, which may hold a point; empty for zero.
    digits: (usize, usize),
    /// The value is 0.DIGITS × 10^point.
    point: i128,
}

impl Decimal {
    /// The number that a text is: digits with at most one point among them, a sign before and an exponent behind them if
    /// need be. `None` for any other text.
    pub fn of(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let start = text.len() - unsigned.len();
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (unsigned, 0),
        };
        let whole = mantissa.find('.').unwrap_or(mantissa.len());
        let is_digit = |(at, byte): (usize, u8)| at == whole || byte.is_ascii_digit();
        if !mantissa.bytes().enumerate().all(is_digit) || !mantissa.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let counts = |c: char| matches!(c, '1'..='9');
        let first = mantissa.find(counts);
        let last = mantissa.rfind(counts);
        let (first, end) = first.zip(last).map_or((0, 0), |(first, last)| (first, last + 1));
        let before = whole as i128 - first as i128;
        Some(Self {
            text: text.to_owned(),
            negative: start > 0 && text.starts_with('-') && end > 0,
            digits: (start + first, start + end),
            // A point before the first digit that counts is no digit.
            point: if end == 0 {
                0
            } else {
                exponent + before + i128::from(first > whole)
            },
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The nearest double; an infinity beyond all of them.
    pub fn nearest(&self) -> f64 {
        // Of every text that is a decimal there is one.
        self.text.parse().unwrap_or(f64::NAN)
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        let digits = self.text.as_bytes()[self.digits.0..self.digits.1].iter();
        digits.copied().filter(u8::is_ascii_digit)
    }

    fn sign(&self) -> i8 {
        match (self.digits.0 == self.digits.1, self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

/// Exponents beyond every use are the largest that there is.
fn exponent_of(text: &str) -> Option<i128> {
    const MOST: i128 = i128::MAX / 2;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let size = digits.parse::<i128>().unwrap_or(MOST).min(MOST);
    whole.then_some(if text.starts_with('-') { -size } else { size })
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sizes = || {
            let size = self.point.cmp(&other.point);
            let size = size.then_with(|| self.digits().cmp(other.digits()));
            if self.negative { size.reverse() } else { size }
        };
        self.sign().cmp(&other.sign()).then_with(sizes)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

/// A number of any sort. Doubles mean what they are written as, with the fewest digits that tell them from others.
#[derive(Debug, Clone)]
pub enum Number {
    /// A whole number.
    Int(i128),
    /// A float of 32 bits.
    Single(f32),
    /// A float of 64 bits; also NaN and the infinities.
    Double(f64),
    /// A number that only its text keeps exact.
    Decimal(Decimal),
}

impl Number {
    /// The number that a text is, NaN and infinities among them.
    ///
    /// ```
    /// use natsbridge_wire::Number;
    /// let of = |text| Number::of(text).unwrap();
    /// assert!(of("1724442618569203715").compare(&of("1724442618569203714")).unwrap().is_gt());
    /// assert!(of("0.10").compare(&of("1e-1")).unwrap().is_eq());
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse() {
            return Some(Self::Int(whole));
        }
        let decimal = Decimal::of(text).map(Self::Decimal);
        decimal.or_else(|| text.parse().ok().map(Self::Double))
    }

    /// The nearest double.
    pub fn nearest(&self) -> f64 {
        match self {
            Self::Int(value) => *value as f64,
            Self::Single(value) => f64::from(*value),
            Self::Double(value) => *value,
            Self::Decimal(value) => value.nearest(),
        }
    }

    /// How two numbers compare, exactly. NaN is equal to itself, and to nothing else.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if let (Self::Int(a), Self::Int(b)) = (self, other) {
            return Some(a.cmp(b));
        }
        let (a, b) = (self.nearest(), other.nearest());
        if a.is_nan() || b.is_nan() {
            return (a.is_nan() && b.is_nan()).then_some(Ordering::Equal);
        }
        // What the nearest doubles tell apart is so.
        match a.partial_cmp(&b)? {
            order if order.is_ne() && self.is_apart(other) => Some(order),
            Ordering::Equal if self.is_plain() && other.is_plain() => Some(Ordering::Equal),
            _ => match (self.decimal(), other.decimal()) {
                (Some(a), Some(b)) => Some(a.cmp(&b)),
                // One is infinite, the other beyond all doubles.
                (None, Some(_)) => 0.0.partial_cmp(&-a),
                (Some(_), None) => 0.0.partial_cmp(&b),
                (None, None) => a.partial_cmp(&b),
            },
        }
    }

    /// The same number in the form that is compared most quickly: what a double says as well becomes one.
    #[must_use]
    pub fn simplest(self) -> Self {
        let double = Self::Double(self.nearest());
        match self {
            Self::Decimal(_) if self == double => double,
            other => other,
        }
    }

    /// Whether the nearest doubles tell the two apart. A single that is not the other one's neighbour is; nearer ones may be
    /// written alike.
    fn is_apart(&self, other: &Self) -> bool {
        let far = |single: &f32, other: &Self| {
            let (low, high) = (f64::from(single.next_down()), f64::from(single.next_up()));
            !(low..=high).contains(&other.nearest())
        };
        match (self, other) {
            (Self::Single(_), Self::Single(_)) => true,
            (Self::Single(single), other) | (other, Self::Single(single)) => far(single, other),
            _ => true,
        }
    }

    /// Whether doubles tell it from all numbers of its sort.
    fn is_plain(&self) -> bool {
        match self {
            Self::Int(value) => value.unsigned_abs() <= EXACT.into(),
            Self::Double(_) => true,
            Self::Single(_) | Self::Decimal(_) => false,
        }
    }

    fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(decimal) => Some(decimal.clone()),
            other => Decimal::of(&other.to_string()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Single(value) => write!(f, "{value:?}"),
            Self::Double(value) => write!(f, "{value:?}"),
            Self::Decimal(value) => f.write_str(value.text()),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.compare(other) == Some(Ordering::Equal)
    }
}

/// Integers up to here are exact as floating-point numbers.
pub(crate) const EXACT: u64 = 1 << 53;
/// Significant digits that a floating-point number always keeps.
const KEPT: usize = 15;

/// Whether a floating-point number keeps every digit of a decimal number: written with as many digits, it is the same
/// again. Zeros at the end count for nothing.
pub(crate) fn survives(text: &str) -> bool {
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

/// Characters of a number without an exponent that a double keeps: a sign, a zero, a point, and 17 digits.
pub(super) const LONGEST_DOUBLE: usize = 20;

/// Whether a whole number is beyond those that doubles hold exactly.
pub(super) fn beyond_exact(integer: &str) -> bool {
    !(integer.parse::<i64>()).is_ok_and(|value| value.unsigned_abs() <= EXACT)
}

/// Whether no double holds it. Of whole numbers those that are beyond all doubles: that others lose digits is told by itself.
#[cold]
pub(super) fn beyond_double(number: &str, whole: bool) -> bool {
    if whole {
        number.parse::<f64>().is_ok_and(f64::is_infinite)
    } else {
        !survives(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    #[test]
    fn decimals_are_in_the_order_of_their_values() {
        let rising = [
            "-1e1000",
            "-2.5E+3",
            "-1000",
            "-0.5",
            "-1e-400",
            "0",
            "1e-400",
            "0.01",
            ".09",
            "0.10",
            "1",
            "1.10",
            "1.2",
            "9.99",
            "10",
            "9007199254740992.5",
            "9007199254740993",
            "12345678901234567890123456789012345",
            "1e308",
            "1e309",
            "10e309",
            "1e99999999999999999999",
        ];
        for (at, a) in rising.iter().enumerate() {
            for (other, b) in rising.iter().enumerate() {
                let (a, b) = (Number::of(a).unwrap(), Number::of(b).unwrap());
                assert_eq!(a.compare(&b), Some(at.cmp(&other)), "{a} and {b}");
            }
        }
        for (a, b) in [
            ("1", "1.0"),
            ("-0", "0.00e7"),
            ("0.10", "1e-1"),
            ("+5", "5."),
            ("100", "1e2"),
            ("0e9", "0"),
            ("0.001", "1e-3"),
            ("1e1000", "10e999"),
            ("NaN", "nan"),
            ("inf", "Infinity"),
        ] {
            assert_eq!(Number::of(a), Number::of(b), "{a} and {b}");
        }
        for text in [
            "", ".", "-", "1e", "e5", "1e+", "1.2.3", "0x10", "1_0", " 1", "１",
        ] {
            assert!(Number::of(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn floats_mean_what_they_are_written_as() {
        let of = |text| Number::of(text).unwrap();
        for (float, text, order) in [
            (Number::Single(0.1), "0.1", Some(Ordering::Equal)),
            (Number::Single(16_777_216.0), "16777217", Some(Ordering::Less)),
            (Number::Single(1e-45), "1e-45", Some(Ordering::Equal)),
            (Number::Double(0.1), "0.10", Some(Ordering::Equal)),
            (
                Number::Double(9_007_199_254_740_992.0),
                "9007199254740993",
                Some(Ordering::Less),
            ),
            (Number::Double(f64::INFINITY), "1e1000", Some(Ordering::Greater)),
            (Number::Double(f64::NEG_INFINITY), "-1e1000", Some(Ordering::Less)),
            (Number::Double(f64::NAN), "NaN", Some(Ordering::Equal)),
            (Number::Double(f64::NAN), "1", None),
        ] {
            assert_eq!(float.compare(&of(text)), order, "{float} and {text}");
            assert_eq!(
                of(text).compare(&float),
                order.map(Ordering::reverse),
                "{text} and {float}"
            );
        }
    }

    proptest! {
        #[test]
        fn whole_numbers_compare_as_integers_do(a in any::<i64>(), b in any::<i64>(), zeros in 0..3_usize) {
            let decimal = |number: i64| Decimal::of(&format!("{number}.{}", "0".repeat(zeros))).unwrap();
            prop_assert_eq!(decimal(a).cmp(&decimal(b)), a.cmp(&b));
        }

        #[test]
        fn doubles_compare_as_their_texts_do(a in any::<f64>(), b in any::<f64>()) {
            let (text_a, text_b) = (format!("{a:?}"), format!("{b:?}"));
            let written = Number::of(&text_a).unwrap().compare(&Number::of(&text_b).unwrap());
            prop_assert_eq!(Number::Double(a).compare(&Number::Double(b)), written);
        }
    }
}
