//! Names of Arrow types for display: `i64`, `timestamp[us, UTC]`, `list<f64>`, `dict<utf8>`, Julia's own names.

use super::brief::BoundedString;
use super::extension::{Extension, julia_name, name, opaque};
use super::times::unit_name;
use arrow::datatypes::{DataType, Field, IntervalUnit, UnionMode};
use std::fmt::{Result, Write};

/// The type of a column, at most `most` bytes.
pub(crate) fn type_name(field: &Field, most: usize) -> String {
    BoundedString::write(most, |out| write_field(field, out))
}

/// Whether a column is shown right-aligned.
pub(crate) fn is_numeric(field: &Field) -> bool {
    let plain = matches!(julia_name(field), None | Some("Any")) && Extension::of(field) == Extension::Plain;
    match field.data_type() {
        DataType::Dictionary(_, values) => plain && values.is_numeric(),
        DataType::RunEndEncoded(_, values) => plain && values.data_type().is_numeric(),
        other => plain && other.is_numeric(),
    }
}

fn write_field(field: &Field, out: &mut BoundedString) -> Result {
    if let Some(name) = name(field).filter(|name| !name.starts_with("JuliaLang.")) {
        return write_extension(name, field, out);
    }
    let meaning = match julia_name(field) {
        Some("UUID") => Some("uuid"),
        Some("Symbol") => Some("symbol"),
        Some("Char") => Some("char"),
        Some("Nothing") => Some("nothing"),
        Some("IPv4") => Some("ipv4"),
        Some("IPv6") => Some("ipv6"),
        _ => None,
    };
    match (field.data_type(), meaning) {
        (DataType::Dictionary(..), Some(meaning)) => write!(out, "dict<{meaning}>"),
        (_, Some(meaning)) => out.write_str(meaning),
        (DataType::Struct(fields), None) => match julia_name(field) {
            Some("Tuple") => write_all("tuple", fields.iter().map(AsRef::as_ref), false, out),
            Some(own) => write_all(own, fields.iter().map(AsRef::as_ref), true, out),
            None => write_type(field.data_type(), out),
        },
        (data_type, None) => {
            write_type(data_type, out)?;
            match julia_name(field) {
                // Arrow's own types already say these.
                None | Some("Date" | "DateTime" | "Time" | "Dates.Period" | "Any") => Ok(()),
                Some(own) => write!(out, " ({own})"),
            }
        }
    }
}

/// A type that is more than its storage: those that Arrow has agreed on by their short names, others by their own beside the
/// storage.
fn write_extension(name: &str, field: &Field, out: &mut BoundedString) -> Result {
    let storage = field.data_type();
    let (kind, written) = match storage {
        DataType::Dictionary(_, values) => (&**values, true),
        other => (other, false),
    };
    let short = match (name, kind) {
        ("arrow.uuid", DataType::FixedSizeBinary(16)) => "uuid".to_owned(),
        ("arrow.bool8", DataType::Int8) => "bool8".to_owned(),
        ("arrow.json", _) => "json".to_owned(),
        ("arrow.opaque", _) => match opaque(field) {
            Some((type_name, vendor)) => format!("opaque {vendor} {type_name}"),
            None => "opaque".to_owned(),
        },
        _ => {
            if let (Extension::Tensor(tensor), Some((item, dimensions))) =
                (Extension::of(field), items_of(storage))
            {
                out.write_str("tensor<")?;
                write_field(item, out)?;
                return write!(
                    out,
                    ">[{}]",
                    tensor.words(dimensions.unwrap_or(tensor.shape.len()))
                );
            }
            write_type(storage, out)?;
            return write!(out, " ({name})");
        }
    };
    if written {
        write!(out, "dict<{short}>")
    } else {
        out.write_str(&short)
    }
}

/// The field of a tensor's values, and of how many dimensions it is, where its storage says so.
fn items_of(storage: &DataType) -> Option<(&Field, Option<usize>)> {
    match storage {
        DataType::FixedSizeList(item, _) => Some((item, None)),
        DataType::Struct(fields) => {
            let (_, data) = fields.find("data")?;
            let (_, shape) = fields.find("shape")?;
            match (data.data_type(), shape.data_type()) {
                (
                    DataType::List(item) | DataType::LargeList(item),
                    DataType::FixedSizeList(_, dimensions),
                ) => Some((item, usize::try_from(*dimensions).ok())),
                _ => None,
            }
        }
        _ => None,
    }
}

fn write_type(data_type: &DataType, out: &mut BoundedString) -> Result {
    match data_type {
        DataType::Null => out.write_str("null"),
        DataType::Boolean => out.write_str("bool"),
        DataType::Int8 => out.write_str("i8"),
        DataType::Int16 => out.write_str("i16"),
        DataType::Int32 => out.write_str("i32"),
        DataType::Int64 => out.write_str("i64"),
        DataType::UInt8 => out.write_str("u8"),
        DataType::UInt16 => out.write_str("u16"),
        DataType::UInt32 => out.write_str("u32"),
        DataType::UInt64 => out.write_str("u64"),
        DataType::Float16 => out.write_str("f16"),
        DataType::Float32 => out.write_str("f32"),
        DataType::Float64 => out.write_str("f64"),
        DataType::Utf8 => out.write_str("utf8"),
        DataType::LargeUtf8 => out.write_str("large_utf8"),
        DataType::Utf8View => out.write_str("utf8_view"),
        DataType::Binary => out.write_str("binary"),
        DataType::LargeBinary => out.write_str("large_binary"),
        DataType::BinaryView => out.write_str("binary_view"),
        DataType::FixedSizeBinary(width) => write!(out, "binary[{width}]"),
        DataType::Date32 => out.write_str("date32"),
        DataType::Date64 => out.write_str("date64"),
        DataType::Time32(unit) => write!(out, "time32[{}]", unit_name(*unit)),
        DataType::Time64(unit) => write!(out, "time64[{}]", unit_name(*unit)),
        DataType::Timestamp(unit, None) => write!(out, "timestamp[{}]", unit_name(*unit)),
        DataType::Timestamp(unit, Some(zone)) => write!(out, "timestamp[{}, {zone}]", unit_name(*unit)),
        DataType::Duration(unit) => write!(out, "duration[{}]", unit_name(*unit)),
        DataType::Interval(IntervalUnit::YearMonth) => out.write_str("interval[year_month]"),
        DataType::Interval(IntervalUnit::DayTime) => out.write_str("interval[day_time]"),
        DataType::Interval(IntervalUnit::MonthDayNano) => out.write_str("interval[month_day_nano]"),
        DataType::Decimal32(precision, scale) => write!(out, "decimal32({precision},{scale})"),
        DataType::Decimal64(precision, scale) => write!(out, "decimal64({precision},{scale})"),
        DataType::Decimal128(precision, scale) => write!(out, "decimal({precision},{scale})"),
        DataType::Decimal256(precision, scale) => write!(out, "decimal256({precision},{scale})"),
        DataType::List(item) => write_around("list", item, out),
        DataType::LargeList(item) => write_around("large_list", item, out),
        DataType::ListView(item) => write_around("list_view", item, out),
        DataType::LargeListView(item) => write_around("large_list_view", item, out),
        DataType::FixedSizeList(item, length) => {
            write_around("list", item, out)?;
            write!(out, "[{length}]")
        }
        DataType::Struct(fields) => write_all("struct", fields.iter().map(AsRef::as_ref), true, out),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) => write_all("map", fields.iter().map(AsRef::as_ref), false, out),
            _ => out.write_str("map<>"),
        },
        DataType::Dictionary(_, values) => {
            out.write_str("dict<")?;
            write_type(values, out)?;
            out.write_str(">")
        }
        DataType::RunEndEncoded(_, values) => write_around("run_end", values, out),
        DataType::Union(fields, mode) => {
            let word = match mode {
                UnionMode::Dense => "union",
                UnionMode::Sparse => "sparse_union",
            };
            write_all(word, fields.iter().map(|(_, field)| field.as_ref()), false, out)
        }
    }
}

fn write_around(word: &str, item: &Field, out: &mut BoundedString) -> Result {
    write_all(word, std::iter::once(item), false, out)
}

fn write_all<'a>(
    word: &str,
    fields: impl Iterator<Item = &'a Field>,
    named: bool,
    out: &mut BoundedString,
) -> Result {
    write!(out, "{word}<")?;
    for (index, field) in fields.enumerate() {
        out.write_str(if index > 0 { ", " } else { "" })?;
        if named {
            write!(out, "{}: ", field.name())?;
        }
        write_field(field, out)?;
    }
    out.write_str(">")
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::datatypes::{Fields, TimeUnit};
    use std::sync::Arc;

    fn named(data_type: DataType) -> String {
        type_name(&Field::new("c", data_type, true), 100)
    }

    #[test]
    fn types_read_as_people_write_them() {
        let item = Arc::new(Field::new("", DataType::Float64, true));
        assert_eq!(named(DataType::List(item.clone())), "list<f64>");
        assert_eq!(named(DataType::FixedSizeList(item.clone(), 3)), "list<f64>[3]");
        assert_eq!(
            named(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))),
            "timestamp[us, UTC]"
        );
        assert_eq!(
            named(DataType::Dictionary(
                Box::new(DataType::Int8),
                Box::new(DataType::Utf8)
            )),
            "dict<utf8>"
        );
        assert_eq!(named(DataType::Decimal128(10, 2)), "decimal(10,2)");
        let fields = Fields::from(vec![
            Field::new("a", DataType::Int64, true),
            Field::new("b", DataType::Utf8, true),
        ]);
        assert_eq!(named(DataType::Struct(fields.clone())), "struct<a: i64, b: utf8>");
        let tuple = Field::new("t", DataType::Struct(fields), false)
            .with_metadata([("ARROW:extension:name".to_owned(), "JuliaLang.Tuple".to_owned())]);
        assert_eq!(type_name(&tuple, 100), "tuple<i64, utf8>");
    }

    #[test]
    fn a_type_of_endless_fields_is_cut() {
        let fields: Vec<_> = (0..1000)
            .map(|n| Field::new(format!("f{n}"), DataType::Int8, true))
            .collect();
        let name = type_name(&Field::new("c", DataType::Struct(fields.into()), true), 40);
        assert!(name.len() <= 40 && name.ends_with('…'), "{name}");
    }
}
