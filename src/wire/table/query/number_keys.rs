//! The sort keys of many numeric values at once: the type is resolved once per array, not per value.

use crate::table::cells::ordering_ticks;
use crate::table::key::{float_key, int_key};
use arrow::array::{Array, ArrowPrimitiveType, AsArray};
use arrow::datatypes::{
    DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};

/// Whether values of that type have fast sort keys.
pub(crate) fn are_fast(kind: &DataType) -> bool {
    match kind {
        DataType::Interval(_) => false,
        DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float32
        | DataType::Float64 => true,
        other => other.is_temporal(),
    }
}

/// The places of these values of an array; `None` where there is no value.
pub(crate) fn push_keys(array: &dyn Array, indices: impl Iterator<Item = usize>, out: &mut Vec<Option<u64>>) {
    match array.data_type() {
        DataType::Int8 => primitive::<Int8Type>(array, indices, out, |value| int_key(value.into())),
        DataType::Int16 => primitive::<Int16Type>(array, indices, out, |value| int_key(value.into())),
        DataType::Int32 => primitive::<Int32Type>(array, indices, out, |value| int_key(value.into())),
        DataType::Int64 => primitive::<Int64Type>(array, indices, out, int_key),
        DataType::UInt8 => primitive::<UInt8Type>(array, indices, out, u64::from),
        DataType::UInt16 => primitive::<UInt16Type>(array, indices, out, u64::from),
        DataType::UInt32 => primitive::<UInt32Type>(array, indices, out, u64::from),
        DataType::UInt64 => primitive::<UInt64Type>(array, indices, out, |value| value),
        DataType::Float32 => primitive::<Float32Type>(array, indices, out, |value| float_key(value.into())),
        DataType::Float64 => primitive::<Float64Type>(array, indices, out, float_key),
        DataType::Boolean => {
            let array = array.as_boolean();
            out.extend(indices.map(|index| array.is_valid(index).then(|| array.value(index).into())));
        }
        _ => out.extend(indices.map(|index| {
            let ticks = array
                .is_valid(index)
                .then(|| ordering_ticks(array, index))
                .flatten();
            ticks.map(int_key)
        })),
    }
}

fn primitive<T: ArrowPrimitiveType>(
    array: &dyn Array,
    indices: impl Iterator<Item = usize>,
    out: &mut Vec<Option<u64>>,
    key: impl Fn(T::Native) -> u64,
) {
    let array = array.as_primitive::<T>();
    let values = array.values();
    match array.nulls() {
        None => out.extend(indices.map(|index| Some(key(values[index])))),
        Some(nulls) => out.extend(indices.map(|index| nulls.is_valid(index).then(|| key(values[index])))),
    }
}
