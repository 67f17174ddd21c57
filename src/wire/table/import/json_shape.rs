//! The common shape of JSON values at one place, which determines their column's type. Parses and builds nothing.

use crate::json::EXACT;
use arrow::datatypes::{DataType, Field, Fields};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// What the values seen so far at one place have in common.
#[derive(Debug, Default)]
pub(super) enum Shape {
    #[default]
    Nothing,
    Bool,
    Number(Numbers),
    Text,
    /// With how many items there are in all.
    List(Box<Shape>, u64),
    Object(Columns),
}

/// What sorts of numbers there are among those at one place.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "any combination can occur")]
pub(super) struct Numbers {
    negative: bool,
    /// Integers beyond the signed ones.
    unsigned: bool,
    /// Integers that a floating-point number would round.
    wide: bool,
    /// Numbers with a fraction or an exponent.
    float: bool,
}

/// Named shapes in the order of their first appearance.
#[derive(Debug, Default)]
pub(super) struct Columns {
    shapes: Vec<(String, Shape)>,
    places: HashMap<String, usize>,
}

impl Shape {
    /// Widens it to include `value`.
    pub(super) fn take(&mut self, value: &Value) {
        if value.is_null() {
            return;
        }
        *self = match (std::mem::take(self), value) {
            (Self::Nothing | Self::Bool, Value::Bool(_)) => Self::Bool,
            (Self::Nothing, Value::Number(number)) => Self::Number(Numbers::default().with(number)),
            (Self::Number(numbers), Value::Number(number)) => Self::Number(numbers.with(number)),
            (Self::Nothing, Value::Array(items)) => Self::List(Box::default(), 0).with_items(items),
            (list @ Self::List(..), Value::Array(items)) => list.with_items(items),
            (Self::Nothing, Value::Object(object)) => Self::Object(Columns::default().with(object)),
            (Self::Object(columns), Value::Object(object)) => Self::Object(columns.with(object)),
            _ => Self::Text,
        };
    }

    fn with_items(mut self, items: &[Value]) -> Self {
        if let Self::List(item, count) = &mut self {
            *count += items.len() as u64;
            for value in items {
                item.take(value);
            }
        }
        self
    }

    /// Keys of the objects here.
    pub(super) fn names(&self) -> usize {
        match self {
            Self::Object(columns) => columns.shapes.len(),
            _ => 0,
        }
    }

    /// Keys of all objects, those in them counted.
    pub(super) fn fields_in_all(&self) -> usize {
        match self {
            Self::Object(columns) => {
                let inner = columns.shapes.iter().map(|(_, shape)| shape.fields_in_all());
                columns.shapes.len() + inner.sum::<usize>()
            }
            Self::List(item, _) => item.fields_in_all(),
            _ => 0,
        }
    }

    /// Bytes that so many values of it take as a column, the texts themselves not counted.
    pub(super) fn least_bytes(&self, count: u64) -> u64 {
        match self {
            Self::Bool => count / 8,
            Self::Number(numbers) if numbers.data_type() != DataType::Utf8 => count.saturating_mul(8),
            Self::Nothing | Self::Text | Self::Number(_) => count.saturating_mul(4),
            Self::List(item, items) => count.saturating_mul(4).saturating_add(item.least_bytes(*items)),
            Self::Object(columns) => (columns.shapes.iter())
                .map(|(_, shape)| shape.least_bytes(count))
                .fold(0, u64::saturating_add),
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Number(numbers) => numbers.data_type(),
            // A column of only nulls is text, which every reader supports.
            Self::Nothing | Self::Text => DataType::Utf8,
            Self::List(item, _) => DataType::List(Arc::new(Field::new("item", item.data_type(), true))),
            Self::Object(columns) if columns.shapes.is_empty() => DataType::Utf8,
            Self::Object(columns) => DataType::Struct(columns.fields()),
        }
    }
}

impl Numbers {
    fn with(mut self, number: &Number) -> Self {
        match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => {
                self.negative |= number < 0;
                self.wide |= number.unsigned_abs() > EXACT;
            }
            (None, Some(_)) => (self.unsigned, self.wide) = (true, true),
            (None, None) => self.float = true,
        }
        self
    }

    /// Text where no number type holds all of them: -1 and 2^64-1, or 2^53+1 and a half.
    fn data_type(self) -> DataType {
        match (self.float, self.unsigned) {
            (true, _) if self.wide => DataType::Utf8,
            (true, _) => DataType::Float64,
            (_, true) if self.negative => DataType::Utf8,
            (_, true) => DataType::UInt64,
            _ => DataType::Int64,
        }
    }
}

impl Columns {
    fn with(mut self, object: &Map<String, Value>) -> Self {
        for (name, value) in object {
            let place = *self.places.entry(name.clone()).or_insert_with(|| {
                self.shapes.push((name.clone(), Shape::Nothing));
                self.shapes.len() - 1
            });
            self.shapes[place].1.take(value);
        }
        self
    }

    /// The columns of a table of such objects.
    pub(super) fn fields(self) -> Fields {
        let shapes = self.shapes.into_iter();
        shapes
            .map(|(name, shape)| Field::new(name, shape.data_type(), true))
            .collect()
    }
}
