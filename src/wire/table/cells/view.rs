//! One cell's value, borrowed from its Arrow array and interpreted; text and JSON are both built from it.

use super::extension::{Extension, Tensor};
use super::times;
use arrow::array::{
    Array, AsArray, GenericListArray, GenericListViewArray, OffsetSizeTrait, StructArray,
    downcast_primitive_array,
};
use arrow::datatypes::{
    ArrowNativeType, DataType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Field,
    Float16Type, Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, IntervalDayTimeType,
    IntervalMonthDayNanoType, IntervalUnit, IntervalYearMonthType, RunEndIndexType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use uuid::Uuid;

/// A value.
pub(crate) enum View<'a> {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Single(f32),
    Double(f64),
    /// A number that only text keeps exact.
    Number(String),
    /// A value with a written form of its own: date, UUID, address.
    Word(String),
    Text(&'a str),
    Bytes(&'a [u8]),
    List {
        values: &'a dyn Array,
        range: Range<usize>,
        extension: Extension,
    },
    Struct {
        array: &'a StructArray,
        index: usize,
        tuple: bool,
    },
    Map {
        entries: &'a StructArray,
        range: Range<usize>,
    },
    /// Values of several dimensions, or what is left of them.
    Tensor {
        values: &'a dyn Array,
        start: usize,
        /// The dimensions as they are shown: how long each is, and how far its steps are apart.
        dimensions: Vec<(usize, usize)>,
    },
}

/// The value of one field of a struct.
pub(crate) fn entry(array: &StructArray, position: usize, index: usize) -> View<'_> {
    let extension = Extension::of(&array.fields()[position]);
    view(array.column(position).as_ref(), &extension, index)
}

/// A part of a tensor: with its first dimension gone one step of it, or its only value.
pub(crate) fn part<'a>(
    values: &'a dyn Array,
    start: usize,
    dimensions: &[(usize, usize)],
    at: usize,
) -> View<'a> {
    match dimensions {
        [] => view(values, &Extension::Plain, start),
        [(_, step)] => view(values, &Extension::Plain, start + at * step),
        [(_, step), rest @ ..] => View::Tensor {
            values,
            start: start + at * step,
            dimensions: rest.to_vec(),
        },
    }
}

/// The value at `index`, in constant time (logarithmic for run-end encoding).
pub(crate) fn view<'a>(array: &'a dyn Array, extension: &Extension, index: usize) -> View<'a> {
    if array.is_null(index) {
        return View::Null;
    }
    if let Extension::Tensor(tensor) = extension
        && let Some(view) = tensor_view(array, tensor, index)
    {
        return view;
    }
    match array.data_type() {
        DataType::Null => View::Null,
        DataType::Boolean => View::Bool(array.as_boolean().value(index)),
        DataType::Int8 if *extension == Extension::Bool8 => View::Bool(ticks(array, index) != 0),
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => {
            View::Int(ticks(array, index))
        }
        DataType::UInt8 => View::UInt(array.as_primitive::<UInt8Type>().value(index).into()),
        DataType::UInt16 => View::UInt(array.as_primitive::<UInt16Type>().value(index).into()),
        DataType::UInt32 => unsigned(array.as_primitive::<UInt32Type>().value(index), extension),
        DataType::UInt64 => View::UInt(array.as_primitive::<UInt64Type>().value(index)),
        DataType::Float16 => View::Single(array.as_primitive::<Float16Type>().value(index).to_f32()),
        DataType::Float32 => View::Single(array.as_primitive::<Float32Type>().value(index)),
        DataType::Float64 => View::Double(array.as_primitive::<Float64Type>().value(index)),
        DataType::Decimal32(..) => View::Number(array.as_primitive::<Decimal32Type>().value_as_string(index)),
        DataType::Decimal64(..) => View::Number(array.as_primitive::<Decimal64Type>().value_as_string(index)),
        DataType::Decimal128(..) => {
            View::Number(array.as_primitive::<Decimal128Type>().value_as_string(index))
        }
        DataType::Decimal256(..) => {
            View::Number(array.as_primitive::<Decimal256Type>().value_as_string(index))
        }
        DataType::Utf8 => View::Text(array.as_string::<i32>().value(index)),
        DataType::LargeUtf8 => View::Text(array.as_string::<i64>().value(index)),
        DataType::Utf8View => View::Text(array.as_string_view().value(index)),
        DataType::Binary => View::Bytes(array.as_binary::<i32>().value(index)),
        DataType::LargeBinary => View::Bytes(array.as_binary::<i64>().value(index)),
        DataType::BinaryView => View::Bytes(array.as_binary_view().value(index)),
        DataType::FixedSizeBinary(_) => sixteen(array.as_fixed_size_binary().value(index), extension),
        DataType::Date32 => View::Word(times::date(ticks(array, index))),
        DataType::Date64 => View::Word(times::date64(ticks(array, index))),
        DataType::Time32(unit) | DataType::Time64(unit) => {
            View::Word(times::time(ticks(array, index), *unit))
        }
        DataType::Timestamp(unit, zone) => View::Word(match (extension, zone) {
            (Extension::JuliaZoned, Some(zone)) => times::wall_clock(ticks(array, index), *unit, zone),
            _ => times::timestamp(ticks(array, index), *unit, zone.as_deref()),
        }),
        DataType::Duration(unit) => View::Word(times::duration(ticks(array, index), *unit)),
        DataType::Interval(unit) => View::Word(interval(array, *unit, index)),
        DataType::List(item) => list(array.as_list::<i32>(), item, index),
        DataType::LargeList(item) => list(array.as_list::<i64>(), item, index),
        DataType::ListView(item) => list_view(array.as_list_view::<i32>(), item, index),
        DataType::LargeListView(item) => list_view(array.as_list_view::<i64>(), item, index),
        DataType::FixedSizeList(item, length) => {
            let list = array.as_fixed_size_list();
            items(list.values(), item, list.value_offset_at(index), *length as usize)
        }
        DataType::Struct(_) => View::Struct {
            array: array.as_struct(),
            index,
            tuple: *extension == Extension::Tuple,
        },
        DataType::Map(..) => {
            let map = array.as_map();
            let offsets = map.value_offsets();
            View::Map {
                entries: map.entries(),
                range: offsets[index] as usize..offsets[index + 1] as usize,
            }
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = integer(dictionary.keys(), index).and_then(|key| usize::try_from(key).ok());
            key.map_or(View::Null, |key| {
                view(dictionary.values().as_ref(), extension, key)
            })
        }
        DataType::RunEndEncoded(ends, values) => {
            let (array, at) = match ends.data_type() {
                DataType::Int16 => run::<Int16Type>(array, index),
                DataType::Int32 => run::<Int32Type>(array, index),
                _ => run::<Int64Type>(array, index),
            };
            view(array, &Extension::of(values), at)
        }
        DataType::Union(fields, _) => {
            let union = array.as_union();
            let id = union.type_id(index);
            let field = fields.iter().find(|(own, _)| *own == id).map(|(_, field)| field);
            let extension = field.map_or(Extension::Plain, |field| Extension::of(field));
            view(union.child(id).as_ref(), &extension, union.value_offset(index))
        }
    }
}

/// A tensor as its type says; `None` where its values are not as many as its shape wants.
fn tensor_view<'a>(array: &'a dyn Array, tensor: &Tensor, index: usize) -> Option<View<'a>> {
    let (values, start, count, shape) = match array.data_type() {
        DataType::FixedSizeList(_, count) => {
            let list = array.as_fixed_size_list();
            (
                list.values(),
                list.value_offset_at(index),
                *count as usize,
                tensor.shape.clone(),
            )
        }
        DataType::Struct(_) => {
            let array = array.as_struct();
            let shape = array.column_by_name("shape")?.as_fixed_size_list_opt()?;
            let lengths = shape.values().as_primitive_opt::<Int32Type>()?.values();
            let (first, count) = (shape.value_offset_at(index), shape.value_length() as usize);
            let lengths = lengths.get(first..first + count)?.iter();
            let shape = lengths
                .map(|length| usize::try_from(*length).ok())
                .collect::<Option<Vec<_>>>()?;
            let list = array.column_by_name("data")?.as_list_opt::<i32>()?;
            let start = list.value_offsets()[index].as_usize();
            (list.values(), start, list.value_length(index).as_usize(), shape)
        }
        _ => return None,
    };
    let fits = !shape.is_empty() && Tensor::count(&shape) == Some(count);
    let dimensions = fits.then(|| tensor.dimensions(&shape))??;
    Some(View::Tensor {
        values,
        start,
        dimensions,
    })
}

fn list<'a, O: OffsetSizeTrait>(list: &'a GenericListArray<O>, item: &Field, index: usize) -> View<'a> {
    let start = list.value_offsets()[index].as_usize();
    items(list.values(), item, start, list.value_length(index).as_usize())
}

fn list_view<'a, O: OffsetSizeTrait>(
    list: &'a GenericListViewArray<O>,
    item: &Field,
    index: usize,
) -> View<'a> {
    let start = list.value_offset(index).as_usize();
    items(list.values(), item, start, list.value_size(index).as_usize())
}

fn items<'a>(values: &'a dyn Array, item: &Field, start: usize, length: usize) -> View<'a> {
    View::List {
        values,
        range: start..start + length,
        extension: Extension::of(item),
    }
}

fn run<K: RunEndIndexType>(array: &dyn Array, index: usize) -> (&dyn Array, usize) {
    let run = array.as_run::<K>();
    (run.values().as_ref(), run.get_physical_index(index))
}

/// The integer that a value is, or that counts it; `None` where it is no 64-bit one.
fn integer(array: &dyn Array, index: usize) -> Option<i64> {
    downcast_primitive_array!(
        array => array.value(index).to_i64(),
        _ => None,
    )
}

fn ticks(array: &dyn Array, index: usize) -> i64 {
    integer(array, index).unwrap_or_default()
}

/// The integer that puts dates, instants, times of day and durations of one column in order.
pub(crate) fn ordering_ticks(array: &dyn Array, index: usize) -> Option<i64> {
    match array.data_type() {
        DataType::Interval(_) => None,
        _ => integer(array, index),
    }
}

fn interval(array: &dyn Array, unit: IntervalUnit, index: usize) -> String {
    match unit {
        IntervalUnit::YearMonth => {
            let months = array.as_primitive::<IntervalYearMonthType>().value(index);
            times::interval(months, 0, 0)
        }
        IntervalUnit::DayTime => {
            let value = array.as_primitive::<IntervalDayTimeType>().value(index);
            times::interval(0, value.days, i64::from(value.milliseconds) * 1_000_000)
        }
        IntervalUnit::MonthDayNano => {
            let value = array.as_primitive::<IntervalMonthDayNanoType>().value(index);
            times::interval(value.months, value.days, value.nanoseconds)
        }
    }
}

fn unsigned(value: u32, extension: &Extension) -> View<'static> {
    match extension {
        // A Julia Char may contain an invalid code point: the number says more than a replacement character.
        Extension::Char => char::from_u32(value).map_or(View::UInt(value.into()), |it| View::Word(it.into())),
        Extension::Ipv4 => View::Word(Ipv4Addr::from_bits(value).to_string()),
        _ => View::UInt(value.into()),
    }
}

fn sixteen<'a>(bytes: &'a [u8], extension: &Extension) -> View<'a> {
    let Ok(array) = <[u8; 16]>::try_from(bytes) else {
        return View::Bytes(bytes);
    };
    match extension {
        Extension::Uuid => View::Word(Uuid::from_bytes(array).to_string()),
        Extension::JuliaUuid => View::Word(Uuid::from_u128_le(u128::from_be_bytes(array)).to_string()),
        Extension::Ipv6 => View::Word(Ipv6Addr::from_bits(u128::from_le_bytes(array)).to_string()),
        _ => View::Bytes(bytes),
    }
}

#[cfg(test)]
mod tests {
    use crate::bounds::Limits;
    use crate::table::{Cell, Scalar, Table, TableSource};
    use arrow::array::{
        ArrayRef, FixedSizeListArray, Int8Array, Int32Array, ListArray, RecordBatch, StringArray, StructArray,
    };
    use arrow::datatypes::{DataType, Field, Int32Type, Schema};
    use std::collections::HashMap;
    use std::sync::Arc;

    /// A table of one column with that extension.
    fn column(array: ArrayRef, name: &str, metadata: &str) -> Table {
        let said = [
            ("ARROW:extension:name", name),
            ("ARROW:extension:metadata", metadata),
        ];
        let said: HashMap<String, String> = said.map(|(key, text)| (key.to_owned(), text.to_owned())).into();
        let field = Field::new("c", array.data_type().clone(), true).with_metadata(said);
        let schema = Arc::new(Schema::new(vec![field]));
        let batch = RecordBatch::try_new(schema.clone(), vec![array]).unwrap();
        Table::from_batches(schema, vec![batch])
    }

    fn shown(table: &Table) -> (&str, Vec<Cell>) {
        let cells = (0..table.num_rows()).map(|row| table.cell(row, 0));
        (&table.columns()[0].type_name, cells.collect())
    }

    fn texts(texts: &[&str]) -> Vec<Cell> {
        texts.iter().map(|text| Cell::Text((*text).to_owned())).collect()
    }

    fn numbers(rows: &[&[i32]]) -> ListArray {
        let rows = rows.iter().map(|row| Some(row.iter().copied().map(Some)));
        ListArray::from_iter_primitive::<Int32Type, _, _>(rows)
    }

    fn fixed(values: Vec<i32>, width: i32) -> FixedSizeListArray {
        let item = Arc::new(Field::new("item", DataType::Int32, true));
        FixedSizeListArray::new(item, width, Arc::new(Int32Array::from(values)), None)
    }

    #[test]
    fn bytes_that_are_truth_values_say_so() {
        let bytes = include_bytes!("../../../../tests/fixtures/field/x_bool8.arrow").as_slice();
        let table = Table::open(&bytes.into(), &Limits::DEFAULT, &mut Vec::new()).unwrap();
        assert_eq!(
            (&*table.columns()[0].type_name, table.columns()[0].numeric),
            ("bool8", false)
        );
        let table = column(
            Arc::new(Int8Array::from(vec![Some(0), Some(1), None, Some(-7)])),
            "arrow.bool8",
            "",
        );
        assert_eq!(
            shown(&table),
            (
                "bool8",
                vec![
                    Cell::Text("false".into()),
                    Cell::Text("true".into()),
                    Cell::Null,
                    Cell::Text("true".into())
                ]
            )
        );
        assert_eq!(table.row_json(1).to_string(), r#"{"c":true}"#);
        assert_eq!(table.scalar(3, 0), Scalar::Bool(true));
    }

    #[test]
    fn tensors_are_shown_by_their_shape() {
        let two_by_three = || -> ArrayRef { Arc::new(fixed((1..=12).collect(), 6)) };
        let name = "arrow.fixed_shape_tensor";
        assert_eq!(
            shown(&column(two_by_three(), name, r#"{"shape":[2,3]}"#)),
            (
                "tensor<i32>[2,3]",
                texts(&["[[1, 2, 3], [4, 5, 6]]", "[[7, 8, 9], [10, 11, 12]]"])
            )
        );
        let turned = column(
            two_by_three(),
            name,
            r#"{"shape":[2,3],"permutation":[1,0],"dim_names":["x","y"]}"#,
        );
        assert_eq!(
            shown(&turned),
            (
                "tensor<i32>[3,2]",
                texts(&["[[1, 4], [2, 5], [3, 6]]", "[[7, 10], [8, 11], [9, 12]]"])
            )
        );
        assert_eq!(turned.row_json(0).to_string(), r#"{"c":[[1,4],[2,5],[3,6]]}"#);
        // What does not fit is shown as it is stored.
        for wrong in [
            r#"{"shape":[2,2]}"#,
            r#"{"shape":[2,3],"permutation":[0,0]}"#,
            "{}",
            "no JSON",
        ] {
            let cell = column(two_by_three(), name, wrong).cell(0, 0);
            assert_eq!(cell, Cell::Text("[1, 2, 3, 4, 5, 6]".into()), "{wrong}");
        }
        let parts = |shapes: Vec<i32>, data: ListArray| -> ArrayRef {
            let (data, shape): (ArrayRef, ArrayRef) = (Arc::new(data), Arc::new(fixed(shapes, 2)));
            Arc::new(StructArray::from(vec![
                (Arc::new(Field::new("data", data.data_type().clone(), true)), data),
                (
                    Arc::new(Field::new("shape", shape.data_type().clone(), true)),
                    shape,
                ),
            ]))
        };
        let own = parts(vec![2, 1, 1, 3], numbers(&[&[1, 2], &[3, 4, 5]]));
        assert_eq!(
            shown(&column(
                own,
                "arrow.variable_shape_tensor",
                r#"{"uniform_shape":[null,null]}"#
            )),
            ("tensor<i32>[?,?]", texts(&["[[1], [2]]", "[[3, 4, 5]]"]))
        );
    }

    #[test]
    fn other_extensions_are_told_by_their_names() {
        let words = || -> ArrayRef { Arc::new(StringArray::from(vec!["{\"a\": 0.10}"])) };
        for (name, metadata, told) in [
            ("arrow.json", "", "json"),
            (
                "arrow.opaque",
                r#"{"type_name":"box","vendor_name":"PostgreSQL"}"#,
                "opaque PostgreSQL box",
            ),
            ("arrow.opaque", "?", "opaque"),
            ("geoarrow.wkt", "{}", "utf8 (geoarrow.wkt)"),
            ("acme.code", "", "utf8 (acme.code)"),
            ("arrow.bool8", "", "utf8 (arrow.bool8)"),
            ("", "", "utf8"),
        ] {
            let table = column(words(), name, metadata);
            assert_eq!(shown(&table), (told, texts(&["{\"a\": 0.10}"])));
        }
    }
}
