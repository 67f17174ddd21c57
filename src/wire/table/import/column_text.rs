//! Columns given as text: infers their common type, and builds a column of it. Nothing is dropped, and values are
//! rounded only for an explicitly chosen type: what does not fit is an error with row, column and value, or stays
//! text.

use super::column_type::ColumnType;
use super::rows_made::InferredColumn;
use crate::findings::Code;
use crate::json::{EXACT, survives};
use crate::table::table_error::TableError;
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
    TimestampMillisecondArray,
};
use arrow::datatypes::DataType;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use std::num::{ParseFloatError, ParseIntError};
use std::sync::Arc;

/// Characters shown of a value in a sentence.
const SHOWN: usize = 40;

/// The class of a single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A whole number of 64 bits; `wide` if a floating-point number would round it.
    Integer {
        wide: bool,
    },
    Float,
    /// NaN or an infinity: a number among numbers, alone a word.
    NotFinite,
    Boolean,
    Date,
    Timestamp {
        zoned: bool,
    },
    Text,
}

/// Makes a column of the chosen type, or of the one that the values have in common.
pub fn column<'v>(
    name: &str,
    values: impl Iterator<Item = Option<&'v str>> + Clone,
    chosen: Option<ColumnType>,
) -> Result<(ArrayRef, InferredColumn), TableError> {
    let (column_type, because) = match chosen {
        Some(chosen) => (chosen, "chosen by hand".to_owned()),
        None => infer(values.clone()),
    };
    let inferred = InferredColumn {
        name: name.to_owned(),
        column_type: Some(column_type),
        because,
    };
    Ok((convert(name, values, column_type)?, inferred))
}

/// The common type of all values, and the reason for it.
fn infer<'v>(values: impl Iterator<Item = Option<&'v str>>) -> (ColumnType, String) {
    let mut common = None;
    for (row, value) in values.enumerate() {
        // Blanks are no value, unless there are texts.
        let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else {
            continue;
        };
        let joined = match (common, classify(value)) {
            (_, Class::Text) => Err(why_text(value)),
            (None, class) => Ok(class),
            (Some(known), class) => {
                join(known, class).ok_or_else(|| format!("is {}, others are {}", sort(class), sort(known)))
            }
        };
        match joined {
            Ok(class) => common = Some(class),
            Err(why) => {
                return (
                    ColumnType::Text,
                    format!("{} in row {} {why}", shown(value), row + 1),
                );
            }
        }
    }
    match common {
        None => (ColumnType::Text, "it has no values".into()),
        Some(Class::NotFinite) => (
            ColumnType::Text,
            "NaN and infinities without numbers may be words".into(),
        ),
        Some(class) => (column_type(class), format!("every value is {}", sort(class))),
    }
}

fn column_type(class: Class) -> ColumnType {
    match class {
        Class::Integer { .. } => ColumnType::Integer,
        Class::Float => ColumnType::Float,
        Class::Boolean => ColumnType::Boolean,
        Class::Date => ColumnType::Date,
        Class::Timestamp { .. } => ColumnType::Timestamp,
        Class::NotFinite | Class::Text => ColumnType::Text,
    }
}

fn sort(class: Class) -> &'static str {
    match class {
        Class::Integer { wide: false } => "a whole number",
        Class::Integer { wide: true } => "a whole number with many digits",
        Class::Float => "a number",
        Class::NotFinite => "NaN or infinite",
        Class::Boolean => "true or false",
        Class::Date => "a date",
        Class::Timestamp { zoned: true } => "a time with a zone",
        Class::Timestamp { zoned: false } => "a time without a zone",
        Class::Text => "text",
    }
}

/// The class that covers both; `None` if only text does.
fn join(known: Class, other: Class) -> Option<Class> {
    use Class::{Date, Float, Integer, NotFinite, Timestamp};
    Some(match (known, other) {
        (Integer { wide: a }, Integer { wide: b }) => Integer { wide: a || b },
        (Integer { wide: false } | Float, Float | NotFinite)
        | (Float | NotFinite, Integer { wide: false })
        | (NotFinite, Float) => Float,
        (Date, Timestamp { zoned: false }) | (Timestamp { zoned: false }, Date) => Timestamp { zoned: false },
        (known, other) if known == other && known != Class::Text => known,
        _ => return None,
    })
}

fn classify(value: &str) -> Class {
    if is_not_finite(value) {
        return Class::NotFinite;
    }
    let digits = value.strip_prefix('-').unwrap_or(value).as_bytes();
    match digits.first() {
        Some(b'0'..=b'9' | b'.') if !has_leading_zeros(value) => {}
        Some(b't' | b'T' | b'f' | b'F') if boolean_word(value).is_some() => return Class::Boolean,
        _ => return Class::Text,
    }
    if digits.iter().all(u8::is_ascii_digit) {
        return match value.parse::<i64>() {
            Ok(number) => Class::Integer {
                wide: number.unsigned_abs() > EXACT,
            },
            Err(_) => Class::Text,
        };
    }
    if is_number(value) {
        return if survives(value) && !is_code(value) {
            Class::Float
        } else {
            Class::Text
        };
    }
    let looks_like_date = matches!(digits, [_, _, _, _, b'-', _, _, b'-', _, _, ..]);
    match digits.get(10) {
        None if looks_like_date && days(value).is_ok() => Class::Date,
        Some(b'T' | b't' | b' ') if looks_like_date => {
            moment(value).map_or(Class::Text, |(_, zoned)| Class::Timestamp { zoned })
        }
        _ => Class::Text,
    }
}

/// Codes such as postcodes are not numbers: they would lose their leading zeros.
fn has_leading_zeros(value: &str) -> bool {
    matches!(
        value.trim_start_matches(['-', '+']).as_bytes(),
        [b'0', b'0'..=b'9', ..]
    )
}

/// Article numbers such as 1E10 are not numbers either: programs write a point or a sign into those that have an exponent.
fn is_code(value: &str) -> bool {
    let parts = value.split_once(['e', 'E']);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.is_some_and(|(before, after)| digits(before) && digits(after))
}

fn is_not_finite(value: &str) -> bool {
    let word = value.strip_prefix(['-', '+']).unwrap_or(value);
    ["nan", "inf", "infinity"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether it is written as a number with a point or an exponent, one that there is.
fn is_number(value: &str) -> bool {
    let mut bytes = value.bytes();
    bytes.all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
        && value.parse::<f64>().is_ok_and(f64::is_finite)
}

fn why_text(value: &str) -> String {
    let only_digits = value
        .trim_start_matches(['-', '+'])
        .bytes()
        .all(|byte| byte.is_ascii_digit());
    match (has_leading_zeros(value), only_digits && !value.is_empty()) {
        (true, _) => "has leading zeros".into(),
        _ if value.starts_with('+') => "begins with a plus sign".into(),
        _ if is_code(value) => "is digits with an E and no point, as codes are".into(),
        (_, true) => "does not fit a 64-bit number".into(),
        _ if is_number(value) => "has more digits than a number can hold".into(),
        _ => "is text".into(),
    }
}

fn boolean_word(value: &str) -> Option<bool> {
    match value {
        _ if value.eq_ignore_ascii_case("true") => Some(true),
        _ if value.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Why a value does not fit its column's type, as the end of a sentence.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("not a 64-bit whole number")]
    Integer(#[from] ParseIntError),
    #[error("not a number")]
    Float(#[from] ParseFloatError),
    #[error("beyond 64-bit numbers")]
    Infinite,
    #[error("neither true nor false")]
    Boolean,
    #[error("not a date; write 2026-02-22")]
    Date(#[source] jiff::Error),
    #[error("not a time; write 2026-02-22T10:00:00Z")]
    Time(#[source] jiff::Error),
    #[error("beyond the calendar")]
    Calendar(#[source] jiff::Error),
    #[error("finer than microseconds")]
    Fine,
    #[error("a time without a zone, while others have one")]
    Zoneless,
    #[error("a time with a zone, while others have none")]
    Zoned,
}

/// A point in time in microseconds since 1970, and whether the text names a zone; without one it is read as UTC.
fn moment(value: &str) -> Result<(i64, bool), Unfit> {
    let (time, is_zoned) = if let Ok(time) = value.parse::<Timestamp>() {
        (time, true)
    } else {
        let wall: DateTime = value.parse().map_err(Unfit::Time)?;
        let utc = wall.to_zoned(TimeZone::UTC).map_err(Unfit::Calendar)?;
        (utc.timestamp(), false)
    };
    if time.subsec_nanosecond() % 1000 != 0 {
        return Err(Unfit::Fine);
    }
    Ok((time.as_microsecond(), is_zoned))
}

/// Days since 1970.
fn days(value: &str) -> Result<i32, Unfit> {
    const EPOCH: Date = date(1970, 1, 1);
    let day = value.parse::<Date>().and_then(|day| EPOCH.until(day));
    Ok(day.map_err(Unfit::Date)?.get_days())
}

/// A number that is not infinite, unless it says so.
fn float(value: &str) -> Result<f64, Unfit> {
    match value.parse::<f64>()? {
        number if number.is_infinite() && value.contains(|c: char| c.is_ascii_digit()) => {
            Err(Unfit::Infinite)
        }
        number => Ok(number),
    }
}

fn boolean(value: &str) -> Result<bool, Unfit> {
    match value {
        "1" => Ok(true),
        "0" => Ok(false),
        word => boolean_word(word).ok_or(Unfit::Boolean),
    }
}

fn convert<'v>(
    name: &str,
    values: impl Iterator<Item = Option<&'v str>> + Clone,
    column_type: ColumnType,
) -> Result<ArrayRef, TableError> {
    fn all<'v, T>(
        name: &str,
        values: impl Iterator<Item = Option<&'v str>>,
        mut parse: impl FnMut(&str) -> Result<T, Unfit>,
    ) -> Result<Vec<Option<T>>, TableError> {
        let parsed = values.enumerate().map(|(row, value)| {
            let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else {
                return Ok(None);
            };
            parse(value).map(Some).map_err(|why| {
                let value = shown(value);
                let message = format!(
                    "row {}, column {name:?}: {value} is {why}; correct it or choose another type for the \
                     column",
                    row + 1
                );
                TableError::new(Code::BadJsonTable, message)
            })
        });
        parsed.collect()
    }
    Ok(match column_type {
        ColumnType::Text => Arc::new(values.collect::<StringArray>()),
        ColumnType::Integer => Arc::new(Int64Array::from(all(name, values, |value| Ok(value.parse()?))?)),
        ColumnType::Float => Arc::new(Float64Array::from(all(name, values, float)?)),
        ColumnType::Boolean => Arc::new(BooleanArray::from(all(name, values, boolean)?)),
        ColumnType::Date => Arc::new(Date32Array::from(all(name, values, days)?)),
        ColumnType::Timestamp => {
            let mut zoned = None;
            let parse = |value: &str| {
                let (micros, own) = moment(value)?;
                match *zoned.get_or_insert(own) {
                    before if before == own => Ok(micros),
                    true => Err(Unfit::Zoneless),
                    false => Err(Unfit::Zoned),
                }
            };
            let micros = all(name, values, parse)?;
            let zone = zoned.filter(|zoned| *zoned).map(|_| "UTC");
            // Not every reader keeps what is finer than milliseconds, so that it is only where it is needed.
            if micros.iter().flatten().all(|micros| micros % 1000 == 0) {
                let millis = micros
                    .into_iter()
                    .map(|micros| micros.map(|micros| micros / 1000));
                let array = millis.collect::<TimestampMillisecondArray>();
                return Ok(Arc::new(array.with_timezone_opt(zone)));
            }
            Arc::new(TimestampMicrosecondArray::from(micros).with_timezone_opt(zone))
        }
    })
}

fn shown(value: &str) -> String {
    let mut text: String = value.chars().take(SHOWN).collect();
    if text.len() < value.len() {
        text.push('…');
    }
    format!("{text:?}")
}

/// The type of that data, where it is one that can be chosen.
pub fn known_type(data_type: &DataType) -> Option<ColumnType> {
    Some(match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnType::Text,
        DataType::Int64 => ColumnType::Integer,
        DataType::Float64 => ColumnType::Float,
        DataType::Boolean => ColumnType::Boolean,
        DataType::Date32 => ColumnType::Date,
        DataType::Timestamp(_, _) => ColumnType::Timestamp,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inferred(values: &[&str]) -> (ColumnType, String) {
        infer(values.iter().map(|value| Some(*value)).chain([None]))
    }

    #[test]
    fn types_are_what_all_values_have_in_common() {
        use ColumnType::{Boolean, Date, Float, Integer, Text, Timestamp};
        for (values, column_type, because) in [
            (&["1", "-2", "0"][..], Integer, "every value is a whole number"),
            (
                &["1", "1.5", "2.0e3", "-.5", "1e-05", "1e+20"],
                Float,
                "every value is a number",
            ),
            (&["1.10", "20.00"], Float, "every value is a number"),
            (
                &["1E10", "2E3"],
                Text,
                "\"1E10\" in row 1 is digits with an E and no point",
            ),
            (&["1.5", "2e3"], Text, "\"2e3\" in row 2 is digits with an E"),
            (&["1.5", "NaN", "-inf"], Float, "every value is a number"),
            (&["nan", "1"], Float, "every value is a number"),
            (&["NaN", "inf"], Text, "may be words"),
            (&["NaN", "x"], Text, "is text"),
            (
                &["9007199254740993", "NaN"],
                Text,
                "NaN or infinite, others are a whole number with many",
            ),
            (&[" 1", "2 ", " "], Integer, "every value is a whole number"),
            (&[" ", ""], Text, "no values"),
            (&["true", "FALSE"], Boolean, "every value is true or false"),
            (&["2026-02-22"], Date, "every value is a date"),
            (
                &["2026-02-22T10:00:00Z", "2026-02-22 10:00:00.5+02:00"],
                Timestamp,
                "with a zone",
            ),
            (&["2026-02-22", "2026-02-22T10:00"], Timestamp, "without a zone"),
            (&[], Text, "no values"),
            (&["1", "007"], Text, "\"007\" in row 2 has leading zeros"),
            (&["007"], Text, "\"007\" in row 1 has leading zeros"),
            (&["9223372036854775807"], Integer, "many digits"),
            (&["9223372036854775808"], Text, "does not fit a 64-bit number"),
            (
                &["9007199254740993", "0.5"],
                Text,
                "\"0.5\" in row 2 is a number, others are a whole number with many digits",
            ),
            (&["1", "x"], Text, "\"x\" in row 2 is text"),
            (&["+49123"], Text, "begins with a plus sign"),
            (&["2026-02-30"], Text, "is text"),
            (
                &["2026-02-22T10:00:00Z", "2026-02-22T10:00:00"],
                Text,
                "without a zone, others are a time with a zone",
            ),
            (&["2026-02-22T10:00:00.0000001Z"], Text, "is text"),
            (&["1.0e999"], Text, "is text"),
        ] {
            let (found, why) = inferred(values);
            assert_eq!(found, column_type, "{values:?}: {why}");
            assert!(why.contains(because), "{values:?}: {why}");
        }
    }

    #[test]
    fn times_are_no_finer_than_they_were_written() {
        for (value, unit) in [
            ("2026-02-22T10:00:00Z", "ms, \"UTC\""),
            ("2026-02-22 10:00:00.123", "ms"),
            ("2026-02-22 10:00:00.1234", "µs"),
        ] {
            let (array, _) = column("c", [Some(value)].into_iter(), None).unwrap();
            assert_eq!(
                array.data_type().to_string(),
                format!("Timestamp({unit})"),
                "{value}"
            );
        }
    }

    #[test]
    fn what_does_not_fit_a_chosen_type_is_named() {
        for (value, chosen, why) in [
            ("x", ColumnType::Integer, "is not a 64-bit whole number"),
            ("1.5", ColumnType::Integer, "not a 64-bit whole number"),
            ("one", ColumnType::Float, "not a number"),
            ("1e999", ColumnType::Float, "beyond 64-bit numbers"),
            ("maybe", ColumnType::Boolean, "neither true nor false"),
            ("2026-02-30", ColumnType::Date, "not a date"),
            ("yesterday", ColumnType::Timestamp, "not a time"),
            (
                "2026-02-22T10:00:00.0000001Z",
                ColumnType::Timestamp,
                "finer than microseconds",
            ),
        ] {
            let Err(error) = column("c", [None, Some(value)].into_iter(), Some(chosen)) else {
                panic!("{value} became {chosen:?}");
            };
            let place = format!("row 2, column \"c\": {value:?} is ");
            assert!(
                error.message.starts_with(&place) && error.message.contains(why),
                "{error}"
            );
        }
        let mixed = ["2026-02-22T10:00:00", "2026-02-22T10:00:00Z"].map(Some);
        let error = column("c", mixed.into_iter(), Some(ColumnType::Timestamp))
            .err()
            .unwrap();
        assert!(error.message.contains("others have none"), "{error}");
    }
}
