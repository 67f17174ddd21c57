//! JSON rows → table: an array of objects, or one object per line.

use super::column_text::{column, known_type};
use super::column_type::ColumnType;
use super::from_csv::BYTE_ORDER_MARK;
use super::json_shape::Shape;
use super::json_values::{Distinct, exact_numbers};
use super::rows_made::{ImportedTable, InferredColumn, chosen};
use crate::bounds::Limits;
use crate::findings::Code;
use crate::table::arrow_table::Table;
use crate::table::table_error::TableError;
use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use serde_json::{Deserializer, Value};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Reads JSON rows. Columns stand in the order of their first appearance, missing keys are null, types are found from
/// all values; a column whose values have several types keeps them as text.
pub(super) fn read(
    bytes: &[u8],
    types: &[(String, ColumnType)],
    limits: &Limits,
) -> Result<ImportedTable, TableError> {
    let mut rows = Vec::new();
    let text = exact_numbers(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes));
    for value in Deserializer::from_slice(&text).into_iter() {
        let Distinct(value) = value.map_err(|error: serde_json::Error| {
            if error.is_data() {
                bad(format!("the rows cannot be read: {error}"))
            } else {
                bad(format!("the rows are not valid JSON: {error}"))
            }
        })?;
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
        let (most, number) = (limits.table_columns, index + 1);
        TableError::within(shape.names(), most, || {
            format!(
                "by row {number} the rows have more than {most} different keys, and each one becomes a \
                 column; {most} is the limit"
            )
        })?;
    }
    // Before anything is built: keys that most rows lack take memory all the same.
    within(&shape, rows.len(), limits)?;
    let Shape::Object(columns) = shape else {
        return Ok(ImportedTable {
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
) -> Result<ImportedTable, TableError> {
    let mut made = HashMap::new();
    for field in fields {
        if let Some(chosen) = chosen(types, field.name()) {
            made.insert(field.name(), chosen_column(field.name(), &rows, chosen)?);
        }
    }
    let plain = fields.iter().filter(|field| !made.contains_key(field.name()));
    let plain: Fields = plain.cloned().collect();
    for row in &mut rows {
        conform_object(row, &plain);
    }
    let failed = |error: ArrowError| bad(format!("the rows cannot become a table: {error}"));
    let mut decoded = decode(&Arc::new(Schema::new(plain)), &rows)
        .map_err(failed)?
        .into_iter();
    let (mut placed, mut arrays, mut columns) = (Vec::new(), Vec::new(), Vec::new());
    for field in fields {
        let decoded = || Some((decoded.next()?, found(field)));
        if let Some((array, inferred)) = made.remove(field.name()).or_else(decoded) {
            placed.push(Field::new(field.name(), array.data_type().clone(), true));
            arrays.push(array);
            columns.push(inferred);
        }
    }
    let schema = Arc::new(Schema::new(placed));
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &options).map_err(failed)?;
    Ok(ImportedTable {
        table: Table::from_batches(schema, vec![batch]),
        columns,
    })
}

/// An error where the table would have more fields, or take more bytes, than one may.
fn within(shape: &Shape, rows: usize, limits: &Limits) -> Result<(), TableError> {
    let (fields, bytes) = (shape.fields_in_all(), shape.least_bytes(rows as u64));
    let (most, most_bytes) = (limits.table_fields, limits.table_bytes);
    TableError::within(fields, most, || {
        format!("the table has {fields} fields including nested ones; the limit is {most}")
    })?;
    TableError::within(bytes, most_bytes as u64, || {
        format!(
            "the rows become a table of at least {bytes} bytes; the limit is {most_bytes}; send them in \
             smaller parts, or as jsontable"
        )
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

fn chosen_column(
    name: &str,
    rows: &[Value],
    chosen: ColumnType,
) -> Result<(ArrayRef, InferredColumn), TableError> {
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

/// The inferred type of a column's values.
fn found(field: &FieldRef) -> InferredColumn {
    let because = match field.data_type() {
        DataType::Boolean => "every value is true or false",
        DataType::Int64 => "every value is a whole number",
        DataType::UInt64 => "every value is a whole number, some beyond signed 64 bits",
        DataType::Float64 => "every value is a number",
        DataType::List(_) => "every value is an array",
        DataType::Struct(_) => "every value is an object",
        _ => "the values are strings, of several types, or missing",
    };
    InferredColumn {
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
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Replaces values by their text where the table has text.
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
        read(bytes, &[], &Limits::DEFAULT).map(|made| made.table)
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
        let made = read(rows, &types, &Limits::DEFAULT).unwrap();
        assert_eq!(made.table.row_json(0).to_string(), r#"{"a":1,"b":"2","c":"x"}"#);
        assert_eq!(
            made.table.row_json(1).to_string(),
            r#"{"a":null,"b":"3.5","c":null}"#
        );
        assert_eq!(made.columns[0].because, "chosen by hand");
        let error = read(rows, &[("c".to_owned(), ColumnType::Integer)], &Limits::DEFAULT).unwrap_err();
        assert!(
            error
                .message
                .starts_with("row 1, column \"c\": \"x\" is not a 64-bit whole number"),
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

    #[test]
    fn numbers_that_a_float_would_round_stay_text() {
        let rows = br#"[{"a": 9007199254740993, "b": 12345678901234567890123, "c": [1e-400, 2]}, {"a": 0.5, "b": 1}]"#;
        let table = table_from_json_rows(rows).unwrap();
        assert_eq!(types(&table), ["utf8", "utf8", "list<utf8>"]);
        assert_eq!(
            table.row_json(0).to_string(),
            r#"{"a":"9007199254740993","b":"12345678901234567890123","c":["1e-400","2"]}"#
        );
    }

    #[test]
    fn a_key_that_stands_twice_is_said() {
        let error = table_from_json_rows(br#"[{"a": 1, "a": 2}]"#).unwrap_err();
        assert!(
            error.message.contains(r#"the key "a" is repeated in one object"#),
            "{error}"
        );
    }

    #[test]
    fn rows_of_very_many_keys_are_refused_before_the_memory_for_them_is_taken() {
        let one_each = |keys: usize, rows: usize| -> String {
            let rows: Vec<_> = (0..rows)
                .map(|row| format!("{{\"k{}\":1}}\n", row % keys))
                .collect();
            rows.concat()
        };
        let error = table_from_json_rows(one_each(20_000, 20_000).as_bytes()).unwrap_err();
        assert!(
            error
                .message
                .contains("by row 4097 the rows have more than 4096 different keys"),
            "{error}"
        );
        let nested = format!(
            "{{\"a\":[{}]}}",
            one_each(20_000, 20_000).trim_end().replace('\n', ",")
        );
        for rows in [one_each(4_000, 40_000), nested] {
            let error = table_from_json_rows(rows.as_bytes()).unwrap_err();
            assert!(error.message.contains("bytes; the limit is 268435456"), "{error}");
        }
        assert_eq!(
            table_from_json_rows(one_each(100, 300).as_bytes())
                .unwrap()
                .num_rows(),
            300
        );
    }
}
