//! An opened table: columns, rows over all batches, one cell at a time. Nothing is converted before it is asked for,
//! so a table of millions of rows costs what its visible cells cost.

use super::brief::Brief;
use super::cell_json::{Row, to_json};
use super::cell_text::write_view;
use super::extension::Extension;
use super::open;
use super::table_error::TableError;
use super::to_stream;
use super::type_name::{is_numeric, type_name};
use super::view::{View, view};
use crate::wire::caught::caught;
use crate::wire::finding::Finding;
use crate::wire::limits::Limits;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use serde_json::Value;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Type as people read it: `i64`, `utf8`, `timestamp[ms]`, `list<f64>`, `dict<utf8>`, `uuid` (Julia).
    pub type_name: String,
    /// Whether nulls are allowed by the schema.
    pub nullable: bool,
    /// Whether it is shown right-aligned (numbers).
    pub numeric: bool,
}

/// One cell as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Null,
    /// The value as text (at most `Limits::cell_bytes`, cut with `…`).
    Text(String),
}

/// An opened table. Record batches are kept as Arrow; nothing is converted until a cell is asked for.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    extensions: Vec<Extension>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// The first row of each batch.
    starts: Vec<usize>,
    rows: usize,
    cell_bytes: usize,
    row_bytes: usize,
}

impl Table {
    /// Opens Arrow IPC bytes, stream or file framing. A table that ends early is opened as far as it goes, with a
    /// finding; a table that breaks the format or a limit is an error whose code says which.
    ///
    /// ```
    /// use natsbridge::wire::{Limits, Table, table_from_csv};
    ///
    /// let bytes = table_from_csv(b"name,score\nAda,1.5\n")?.to_stream()?.into();
    /// let mut findings = Vec::new();
    /// let table = Table::open(&bytes, &Limits::default(), &mut findings)?;
    /// assert_eq!(table.row_json(0).to_string(), r#"{"name":"Ada","score":1.5}"#);
    /// assert!(findings.is_empty());
    /// # Ok::<(), natsbridge::wire::TableError>(())
    /// ```
    pub fn open(bytes: &Bytes, limits: &Limits, findings: &mut Vec<Finding>) -> Result<Self, TableError> {
        let (schema, batches) = open::open(bytes, limits, findings)?;
        Ok(Self::new(schema, batches, limits))
    }

    /// Builds a table from batches of one schema.
    pub fn from_batches(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self::new(schema, batches, &Limits::DEFAULT)
    }

    fn new(schema: SchemaRef, batches: Vec<RecordBatch>, limits: &Limits) -> Self {
        let columns = schema.fields().iter().map(|field| Column {
            name: field.name().clone(),
            type_name: type_name(field, limits.cell_bytes),
            nullable: field.is_nullable(),
            numeric: is_numeric(field),
        });
        let mut rows = 0;
        let start = |batch: &RecordBatch| {
            let start = rows;
            rows += batch.num_rows();
            start
        };
        let starts = batches.iter().map(start).collect();
        Self {
            columns: columns.collect(),
            extensions: schema.fields().iter().map(|field| Extension::of(field)).collect(),
            schema,
            batches,
            starts,
            rows,
            cell_bytes: limits.cell_bytes,
            row_bytes: limits.table_row_bytes,
        }
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Rows over all batches.
    pub fn num_rows(&self) -> usize {
        self.rows
    }

    /// The text of one cell; `Null` outside the table.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        let write = |value: View| match value {
            View::Null => Cell::Null,
            value => Cell::Text(Brief::write(self.cell_bytes, |out| {
                write_view(&value, false, out)
            })),
        };
        self.with_value(row, column, write, || Cell::Text(UNREADABLE.into()))
            .unwrap_or(Cell::Null)
    }

    /// One row as a JSON object in column order (the contract of `listen --json`); null outside the table. Columns
    /// that share a name get a number each (`name`, `name_1`), so that no value is lost. A row over
    /// `Limits::table_row_bytes` is cut where the limit is met, with `…`.
    pub fn row_json(&self, row: usize) -> Value {
        if row >= self.rows {
            return Value::Null;
        }
        let mut object = Row::default();
        let mut budget = self.row_bytes;
        for (index, column) in self.columns.iter().enumerate() {
            let write = |value: View| to_json(&value, &mut budget);
            let value = self.with_value(row, index, write, || UNREADABLE.into());
            object.insert(&column.name, value.unwrap_or_default());
        }
        object.finish()
    }

    /// Hands one value to `show`; `unreadable` where the Arrow library panics over it, `None` outside the table.
    fn with_value<T>(
        &self,
        row: usize,
        column: usize,
        show: impl FnOnce(View) -> T,
        unreadable: impl FnOnce() -> T,
    ) -> Option<T> {
        if row >= self.rows {
            return None;
        }
        let batch = self
            .starts
            .partition_point(|start| *start <= row)
            .checked_sub(1)?;
        let array = self.batches.get(batch)?.columns().get(column)?;
        let extension = *self.extensions.get(column)?;
        let index = row - self.starts[batch];
        let shown = caught(|| show(view(array.as_ref(), extension, index)));
        Some(shown.unwrap_or_else(unreadable))
    }

    /// The opened table's batches, for library users.
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// Writes an uncompressed IPC stream without view types.
    pub fn to_stream(&self) -> Result<Vec<u8>, TableError> {
        to_stream::to_stream(&self.schema, &self.batches)
    }
}

/// Stands for a value over which the Arrow library panicked.
const UNREADABLE: &str = "⟨unreadable⟩";

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Int64Array};
    use arrow::datatypes::{DataType, Field, Schema};
    use std::sync::Arc;

    fn numbers(batches: &[&[i64]]) -> Table {
        let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, false)]));
        let batches = batches.iter().map(|values| {
            let column: ArrayRef = Arc::new(Int64Array::from(values.to_vec()));
            RecordBatch::try_new(schema.clone(), vec![column]).unwrap()
        });
        Table::from_batches(schema.clone(), batches.collect())
    }

    #[test]
    fn rows_are_found_across_batches_empty_ones_too() {
        let table = numbers(&[&[], &[1, 2], &[], &[3], &[]]);
        let cells: Vec<_> = (0..4).map(|row| table.cell(row, 0)).collect();
        let text = |text: &str| Cell::Text(text.into());
        assert_eq!(cells, [text("1"), text("2"), text("3"), Cell::Null]);
        assert_eq!(table.cell(0, 1), Cell::Null);
        assert_eq!(table.row_json(3), Value::Null);
    }

    #[test]
    fn big_integers_stay_exact() {
        let table = numbers(&[&[i64::MIN, (1 << 53) + 1]]);
        assert_eq!(table.row_json(0).to_string(), r#"{"n":-9223372036854775808}"#);
        assert_eq!(table.row_json(1).to_string(), r#"{"n":9007199254740993}"#);
    }
}
