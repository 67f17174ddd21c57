//! The sort keys of many numeric values at once: the type is resolved once per array, not per value.

use crate::table::key::{float_key, int_key};
use arrow::array::{Array, ArrowPrimitiveType, AsArray, PrimitiveArray, downcast_primitive_array};
use arrow::datatypes::{ArrowNativeType, DataType, Float32Type, Float64Type, UInt64Type};

/// Whether values of that type have fast sort keys.
pub(crate) fn are_fast(kind: &DataType) -> bool {
    match kind {
        DataType::Interval(_) => false,
        DataType::Boolean | DataType::Float32 | DataType::Float64 => true,
        other => other.is_integer() || other.is_temporal(),
    }
}

/// The places of these values of an array; `None` where there is no value.
pub(crate) fn push_keys(array: &dyn Array, indices: impl Iterator<Item = usize>, out: &mut Vec<Option<u64>>) {
    match array.data_type() {
        DataType::UInt64 => primitive(array.as_primitive::<UInt64Type>(), indices, out, |value| value),
        DataType::Float32 => {
            primitive(array.as_primitive::<Float32Type>(), indices, out, |value| {
                float_key(value.into())
            });
        }
        DataType::Float64 => primitive(array.as_primitive::<Float64Type>(), indices, out, float_key),
        DataType::Boolean => {
            let array = array.as_boolean();
            out.extend(indices.map(|index| array.is_valid(index).then(|| array.value(index).into())));
        }
        _ => downcast_primitive_array!(
            array => primitive(array, indices, out, |value| int_key(value.to_i64().unwrap_or_default())),
            _ => out.extend(indices.map(|_| None)),
        ),
    }
}

fn primitive<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    indices: impl Iterator<Item = usize>,
    out: &mut Vec<Option<u64>>,
    key: impl Fn(T::Native) -> u64,
) {
    let values = array.values();
    match array.nulls() {
        None => out.extend(indices.map(|index| Some(key(values[index])))),
        Some(nulls) => out.extend(indices.map(|index| nulls.is_valid(index).then(|| key(values[index])))),
    }
}
