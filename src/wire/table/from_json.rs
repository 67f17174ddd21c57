//! JSON rows → table: an array of objects, or one object per line.

use super::arrow_table::Table;
use super::column_text::{TextColumn, column, known_type};
use super::column_type::ColumnType;
use super::from_csv::BYTE_ORDER_MARK;
use super::rows_made::{ColumnRead, RowsTable, chosen};
use super::table_error::TableError;
use crate::wire::finding::Code;
use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use serde_json::{Deserializer, Map, Number, Value};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Reads JSON rows. Columns stand in the order of their first appearance, missing keys are null, types are found from
/// all values; a column whose values have several types keeps them as text.
pub(super) fn read(bytes: &[u8], types: &[(String, ColumnType)]) -> Result<RowsTable, TableError> {
    let mut rows = Vec::new();
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    for value in Deserializer::from_slice(text).into_iter() {
        let value = value.map_err(|error| bad(format!("the rows are no JSON: {error}")))?;
        match value {
            Value::Array(items) => rows.extend(items),
            other => rows.push(other),
        }
    }
    let mut shape = Shape::Nothing;
    for (index, row) in rows.iter().enumerate() {
        if !row.is_object() {
            let number = index + 1;
            return Err(bad(format!("row {number} is {}, not an object", sort_of(row))));
        }
        shape.take(row);
    }
    let Shape::Object(columns) = shape else {
        return Ok(RowsTable {
            table: Table::from_batches(Arc::new(Schema::empty()), Vec::new()),
            columns: vec![],
        });
    };
    table(&columns.fields(), rows, types)
}

/// The columns whose types were chosen are made of the values' texts, the others as they are.
fn table(
    fields: &Fields,
    mut rows: Vec<Value>,
    types: &[(String, ColumnType)],
) -> Result<RowsTable, TableError> {
    let mut made = HashMap::new();
    for field in fields {
        if let Some(chosen) = chosen(types, field.name()) {
            made.insert(field.name().clone(), chosen_column(field.name(), &rows, chosen)?);
        }
    }
    let plain: Vec<FieldRef> = fields
        .iter()
        .filter(|field| !made.contains_key(field.name()))
        .cloned()
        .collect();
    let plain = Fields::from(plain);
    for row in &mut rows {
        conform_object(row, &plain);
    }
    let failed = |error: ArrowError| bad(format!("the rows make no table: {error}"));
    let mut decoded = decode(&Arc::new(Schema::new(plain)), &rows)
        .map_err(failed)?
        .into_iter();
    let mut columns = Vec::new();
    let mut placed: (Vec<FieldRef>, Vec<ArrayRef>) = Default::default();
    for field in fields {
        let (field, array, read) = match made.remove(field.name()) {
            Some(made) => (Arc::new(made.field), Some(made.array), made.read),
            None => (field.clone(), decoded.next(), found(field)),
        };
        placed.0.push(field);
        placed.1.extend(array);
        columns.push(read);
    }
    let schema = Arc::new(Schema::new(placed.0));
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    let batch = RecordBatch::try_new_with_options(schema.clone(), placed.1, &options).map_err(failed)?;
    Ok(RowsTable {
        table: Table::from_batches(schema, vec![batch]),
        columns,
    })
}

fn decode(schema: &Arc<Schema>, rows: &[Value]) -> Result<Vec<ArrayRef>, ArrowError> {
    if schema.fields().is_empty() {
        return Ok(vec![]);
    }
    let builder = ReaderBuilder::new(schema.clone()).with_batch_size(rows.len());
    let mut decoder = builder.build_decoder()?;
    decoder.serialize(rows)?;
    Ok(decoder
        .flush()?
        .map_or_else(Vec::new, |batch| batch.columns().to_vec()))
}

fn chosen_column(name: &str, rows: &[Value], chosen: ColumnType) -> Result<TextColumn, TableError> {
    let texts: Vec<Option<Cow<'_, str>>> = rows
        .iter()
        .map(|row| match row.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(Cow::Borrowed(text.as_str())),
            Some(other) => Some(Cow::Owned(other.to_string())),
        })
        .collect();
    column(name, texts.iter().map(Option::as_deref), Some(chosen))
}

/// What the values of a column turned out to be.
fn found(field: &FieldRef) -> ColumnRead {
    let because = match field.data_type() {
        DataType::Boolean => "every value is true or false",
        DataType::Int64 => "every value is a whole number",
        DataType::UInt64 => "every value is a whole number, some beyond 64 bits with a sign",
        DataType::Float64 => "every value is a number",
        DataType::List(_) => "every value is an array",
        DataType::Struct(_) => "every value is an object",
        _ => "the values are texts, or of several sorts, or none",
    };
    ColumnRead {
        name: field.name().clone(),
        column_type: known_type(field.data_type()),
        because: because.to_owned(),
    }
}

fn bad(message: String) -> TableError {
    TableError::new(Code::BadJsonTable, message)
}

fn sort_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// What the values seen so far at one place have in common.
#[derive(Debug, Default)]
enum Shape {
    #[default]
    Nothing,
    Bool,
    /// Integers that fit signed and unsigned ones alike.
    Count,
    /// Integers, negative ones among them.
    Int,
    /// Integers, some beyond the signed ones.
    UInt,
    Float,
    Text,
    List(Box<Shape>),
    Object(Columns),
}

/// Named shapes in the order of their first appearance.
#[derive(Debug, Default)]
struct Columns {
    shapes: Vec<(String, Shape)>,
    places: HashMap<String, usize>,
}

impl Shape {
    /// Widens to what holds `value` too.
    fn take(&mut self, value: &Value) {
        if value.is_null() {
            return;
        }
        *self = match (std::mem::take(self), value) {
            (Self::Nothing | Self::Bool, Value::Bool(_)) => Self::Bool,
            (shape, Value::Number(number)) => shape.with_number(number),
            (Self::Nothing, Value::Array(items)) => Self::List(Box::default()).with_items(items),
            (list @ Self::List(_), Value::Array(items)) => list.with_items(items),
            (Self::Nothing, Value::Object(object)) => Self::Object(Columns::default().with(object)),
            (Self::Object(columns), Value::Object(object)) => Self::Object(columns.with(object)),
            _ => Self::Text,
        };
    }

    fn with_number(self, number: &Number) -> Self {
        let number = match number.as_i64() {
            Some(0..) => Self::Count,
            Some(_) => Self::Int,
            None if number.is_u64() => Self::UInt,
            None => Self::Float,
        };
        match (self, number) {
            (Self::Nothing | Self::Count, number) => number,
            (Self::Int, Self::Count | Self::Int) => Self::Int,
            (Self::UInt, Self::Count | Self::UInt) => Self::UInt,
            (Self::Float, Self::Count | Self::Int | Self::Float) | (Self::Int, Self::Float) => Self::Float,
            // No number type holds both -1 and 2^64-1, or 2^64-1 and a half.
            _ => Self::Text,
        }
    }

    fn with_items(mut self, items: &[Value]) -> Self {
        if let Self::List(item) = &mut self {
            for value in items {
                item.take(value);
            }
        }
        self
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Count | Self::Int => DataType::Int64,
            Self::UInt => DataType::UInt64,
            Self::Float => DataType::Float64,
            // A column of nothing but nulls is text: every reader knows it.
            Self::Nothing | Self::Text => DataType::Utf8,
            Self::List(item) => DataType::List(Arc::new(Field::new("item", item.data_type(), true))),
            Self::Object(columns) if columns.shapes.is_empty() => DataType::Utf8,
            Self::Object(columns) => DataType::Struct(columns.fields()),
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

    fn fields(self) -> Fields {
        let shapes = self.shapes.into_iter();
        shapes
            .map(|(name, shape)| Field::new(name, shape.data_type(), true))
            .collect()
    }
}

/// Writes as text what stands where the table holds text.
fn conform(value: &mut Value, data_type: &DataType) {
    match (data_type, &mut *value) {
        (_, Value::Null) | (DataType::Utf8, Value::String(_)) => {}
        (DataType::Utf8, other) => *value = Value::String(other.to_string()),
        (DataType::List(item), Value::Array(items)) => {
            for value in items {
                conform(value, item.data_type());
            }
        }
        (DataType::Struct(fields), object) => conform_object(object, fields),
        _ => {}
    }
}

fn conform_object(object: &mut Value, fields: &Fields) {
    for field in fields {
        if let Some(value) = object.get_mut(field.name()) {
            conform(value, field.data_type());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table_from_json_rows(bytes: &[u8]) -> Result<Table, TableError> {
        read(bytes, &[]).map(|made| made.table)
    }

    fn types(table: &Table) -> Vec<&str> {
        table
            .columns()
            .iter()
            .map(|column| column.type_name.as_str())
            .collect()
    }

    #[test]
    fn columns_come_in_order_with_types_that_hold_every_row() {
        let rows = br#"[{"b": 1, "a": true}, {"b": 1.5, "c": [1, null]}, {"n": null, "d": {"x": "y"}}]"#;
        let table = table_from_json_rows(rows).unwrap();
        assert_eq!(
            types(&table),
            ["f64", "bool", "list<i64>", "utf8", "struct<x: utf8>"]
        );
        assert_eq!(
            table.row_json(1).to_string(),
            r#"{"b":1.5,"a":null,"c":[1,null],"n":null,"d":null}"#
        );
    }

    #[test]
    fn mixed_columns_become_text_that_keeps_the_value() {
        let table = table_from_json_rows(b"{\"a\": 1}\n{\"a\": \"x\"}\n{\"a\": {\"k\": [1]}}\n").unwrap();
        assert_eq!(types(&table), ["utf8"]);
        assert_eq!(table.row_json(0)["a"], "1");
        assert_eq!(table.row_json(2)["a"], r#"{"k":[1]}"#);
    }

    #[test]
    fn integers_beyond_signed_ones_stay_exact() {
        let table = table_from_json_rows(br#"[{"a": 1}, {"a": 18446744073709551615}]"#).unwrap();
        assert_eq!(types(&table), ["u64"]);
        assert_eq!(table.row_json(1)["a"], u64::MAX);
        let mixed = table_from_json_rows(br#"[{"a": -1}, {"a": 18446744073709551615}]"#).unwrap();
        assert_eq!(mixed.row_json(1)["a"], "18446744073709551615");
    }

    #[test]
    fn chosen_types_overrule_and_keep_the_order() {
        let rows = br#"[{"a": "1", "b": 2, "c": "x"}, {"a": null, "b": 3.5}]"#;
        let types =
            [("a", ColumnType::Integer), ("b", ColumnType::Text)].map(|(name, t)| (name.to_owned(), t));
        let made = read(rows, &types).unwrap();
        assert_eq!(made.table.row_json(0).to_string(), r#"{"a":1,"b":"2","c":"x"}"#);
        assert_eq!(
            made.table.row_json(1).to_string(),
            r#"{"a":null,"b":"3.5","c":null}"#
        );
        assert_eq!(made.columns[0].because, "it was chosen");
        let error = read(rows, &[("c".to_owned(), ColumnType::Integer)]).unwrap_err();
        assert!(
            error
                .message
                .starts_with("row 1, column \"c\": \"x\" is no whole number"),
            "{error}"
        );
    }

    #[test]
    fn rows_that_are_no_objects_are_named() {
        let error = table_from_json_rows(br#"[{"a": 1}, 7]"#).unwrap_err();
        assert_eq!(error.message, "row 2 is a number, not an object");
        assert!(table_from_json_rows(b"[{]").is_err());
        assert_eq!(table_from_json_rows(b"[]").unwrap().num_rows(), 0);
    }
}
