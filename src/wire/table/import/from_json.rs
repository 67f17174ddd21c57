//! JSON rows → table: an array of objects, or one object per line.

use super::column_text::{column, known_type};
use super::column_type::ColumnType;
use super::json_shape::Shape;
use super::json_values::{Distinct, exact_numbers};
use super::rows_made::{ImportedTable, InferredColumn, chosen};
use crate::bounds::{Budget, Limits};
use crate::findings::Code;
use crate::table::arrow_table::Table;
use crate::table::table_error::TableError;
use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use arrow::json::reader::Decoder;
use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Deserializer, Value};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Rows that are parsed at a time, and bytes of their text.
const PIECE_ROWS: usize = 8192;
const PIECE_BYTES: usize = 1 << 20;
/// Bytes that a value takes at most for each byte of its text.
const PARSED: u64 = 32;

/// Reads JSON rows. Columns stand in the order of their first appearance, missing keys are null, types are found from
/// all values; a column whose values have several types keeps them as text.
///
/// The text is read twice, once for the types and once for the values, so that few rows are parsed at one time.
pub(super) fn read(
    text: &str,
    types: &[(String, ColumnType)],
    limits: &Limits,
) -> Result<ImportedTable, TableError> {
    let text = exact_numbers(text.as_bytes());
    let mut charge = Budget::whole(limits).charge(PARSED * PIECE_BYTES as u64)?;
    let mut largest = PIECE_BYTES;
    let (mut shape, mut rows) = (Shape::Nothing, 0);
    each_row(&text, |raw| {
        rows += 1;
        if raw.len() > largest {
            charge.grow(PARSED * (raw.len() - largest) as u64)?;
            largest = raw.len();
        }
        let place = || place(&text, raw, rows);
        let row = parsed(raw, place)?;
        if !row.is_object() {
            return Err(bad(format!("{} is {}, not an object", place(), sort_of(&row))));
        }
        shape.take(&row);
        let most = limits.table_columns;
        TableError::within(shape.names(), most, || {
            format!(
                "by {} the rows have more than {most} different keys, and each one becomes a \
                 column; {most} is the limit",
                place()
            )
        })
    })?;
    // Before anything is built: keys that most rows lack take memory all the same.
    within(&shape, rows, limits)?;
    let least = shape.least_bytes(rows as u64);
    let Shape::Object(columns) = shape else {
        return Ok(ImportedTable {
            table: Table::from_batches(Arc::new(Schema::empty()), Vec::new()),
            columns: vec![],
            notes: vec![],
        });
    };
    let columns = columns.fields();
    let chosen = columns
        .iter()
        .filter(|field| chosen(types, field.name()).is_some());
    let texts = chosen.count() as u64 * rows as u64 * size_of::<Option<String>>() as u64;
    // The pieces, the whole of them, and texts, of which no more is there than was written.
    charge.grow(2 * (least + text.len() as u64) + texts)?;
    let made = table(&columns, &text, types)?;
    charge.shrink_to(least + text.len() as u64);
    Ok(ImportedTable {
        table: made.table.charged(charge),
        columns: made.columns,
        notes: made.notes,
    })
}

/// Passes on the text of each row: of the items of arrays, and of any other value.
fn each_row(text: &[u8], mut take: impl FnMut(&str) -> Result<(), TableError>) -> Result<(), TableError> {
    for value in Deserializer::from_slice(text).into_iter::<&RawValue>() {
        let raw = value.map_err(|error| invalid(&error))?.get();
        if raw.starts_with('[') {
            let mut failed = None;
            let items = Items {
                take: &mut take,
                failed: &mut failed,
            };
            let read = Deserializer::from_str(raw).deserialize_seq(items);
            if let Some(error) = failed {
                return Err(error);
            }
            read.map_err(|error| invalid(&error))?;
        } else {
            take(raw)?;
        }
    }
    Ok(())
}

/// The items of an array, passed on one by one until that fails.
struct Items<'i, F> {
    take: &'i mut F,
    failed: &'i mut Option<TableError>,
}

impl<'de, F: FnMut(&str) -> Result<(), TableError>> Visitor<'de> for Items<'_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            if let Err(error) = (self.take)(item.get()) {
                *self.failed = Some(error);
                return Err(A::Error::custom("given up"));
            }
        }
        Ok(())
    }
}

fn parsed(raw: &str, place: impl Fn() -> String) -> Result<Value, TableError> {
    let Distinct(value) = serde_json::from_str(raw).map_err(|error: serde_json::Error| {
        let what = if error.is_data() {
            "cannot be read"
        } else {
            "is not valid JSON"
        };
        bad(format!("{} {what}: {error}", place()))
    })?;
    Ok(value)
}

/// Where a row stands for people: its number, and its line where the text has several.
fn place(text: &[u8], raw: &str, row: usize) -> String {
    let before = text.get(..raw.as_ptr().addr().wrapping_sub(text.as_ptr().addr()));
    let lines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count();
    match before.map(lines) {
        Some(before) if lines(text) > 0 => format!("row {row} (line {})", before + 1),
        _ => format!("row {row}"),
    }
}

fn invalid(error: &serde_json::Error) -> TableError {
    bad(format!("the rows are not valid JSON: {error}"))
}

/// The columns whose types were chosen are made of the values' texts, the others as they are.
fn table(fields: &Fields, text: &[u8], types: &[(String, ColumnType)]) -> Result<ImportedTable, TableError> {
    let failed = |error: ArrowError| bad(format!("the rows cannot become a table: {error}"));
    let by_hand = |field: &FieldRef| chosen(types, field.name());
    let mut texts: HashMap<&String, Vec<Option<String>>> = HashMap::new();
    for field in fields.iter().filter(|field| by_hand(field).is_some()) {
        texts.insert(field.name(), vec![]);
    }
    let plain = fields.iter().filter(|field| by_hand(field).is_none()).cloned();
    let mut pieces = Pieces::new(plain.collect()).map_err(failed)?;
    let mut rows = 0;
    each_row(text, |raw| {
        rows += 1;
        let mut row = parsed(raw, || place(text, raw, rows))?;
        for (name, texts) in &mut texts {
            texts.push(text_of(row.get(name.as_str())));
        }
        conform_object(&mut row, pieces.schema.fields());
        pieces.add(row, raw.len()).map_err(failed)
    })?;
    let mut decoded = pieces.whole().map_err(failed)?.into_iter();
    let (mut placed, mut arrays, mut columns) = (Vec::new(), Vec::new(), Vec::new());
    for field in fields {
        let (array, inferred) = match (by_hand(field), texts.remove(field.name())) {
            (Some(by_hand), Some(texts)) => {
                column(field.name(), texts.iter().map(Option::as_deref), Some(by_hand))?
            }
            _ => match decoded.next() {
                Some(array) => (array, found(field)),
                None => continue,
            },
        };
        placed.push(Field::new(field.name(), array.data_type().clone(), true));
        arrays.push(array);
        columns.push(inferred);
    }
    let schema = Arc::new(Schema::new(placed));
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &options).map_err(failed)?;
    Ok(ImportedTable {
        table: Table::from_batches(schema, vec![batch]),
        columns,
        notes: vec![],
    })
}

/// Rows on their way into columns, some at a time.
struct Pieces {
    schema: Arc<Schema>,
    decoder: Option<Decoder>,
    waiting: Vec<Value>,
    bytes: usize,
    done: Vec<RecordBatch>,
}

impl Pieces {
    fn new(fields: Fields) -> Result<Self, ArrowError> {
        let schema = Arc::new(Schema::new(fields));
        let builder = ReaderBuilder::new(schema.clone()).with_batch_size(PIECE_ROWS);
        let some = !schema.fields().is_empty();
        Ok(Self {
            decoder: some.then(|| builder.build_decoder()).transpose()?,
            schema,
            waiting: vec![],
            bytes: 0,
            done: vec![],
        })
    }

    fn add(&mut self, row: Value, bytes: usize) -> Result<(), ArrowError> {
        self.waiting.push(row);
        self.bytes += bytes;
        if self.waiting.len() >= PIECE_ROWS || self.bytes >= PIECE_BYTES {
            self.decode()?;
        }
        Ok(())
    }

    fn decode(&mut self) -> Result<(), ArrowError> {
        let rows = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        if let Some(decoder) = &mut self.decoder {
            decoder.serialize(&rows)?;
            self.done.extend(decoder.flush()?);
        }
        Ok(())
    }

    /// The columns of all rows.
    fn whole(mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        self.decode()?;
        if let [one] = &self.done[..] {
            return Ok(one.columns().to_vec());
        }
        Ok(concat_batches(&self.schema, &self.done)?.columns().to_vec())
    }
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

/// A value as a column of a chosen type reads it.
fn text_of(value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    }
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
        read(std::str::from_utf8(bytes).unwrap(), &[], &Limits::DEFAULT).map(|made| made.table)
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
        let rows = r#"[{"a": "1", "b": 2, "c": "x"}, {"a": null, "b": 3.5}]"#;
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
        for (rows, line) in [
            ("[\n  {\"a\":\n1},\n  7\n]", 4),
            ("{\"a\": 1}\n\n7\n", 3),
            ("7\n{}", 1),
        ] {
            let error = table_from_json_rows(rows.as_bytes()).unwrap_err();
            assert!(
                error.message.contains(&format!(" (line {line}) is a number")),
                "{error}"
            );
        }
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
                .contains("by row 4097 (line 4097) the rows have more than 4096 different keys"),
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
