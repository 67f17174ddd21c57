//! placeholder contract

use crate::wire::finding::Finding;
use crate::wire::limits::Limits;
use bytes::Bytes;

/// Why a table cannot be opened; shown as a sentence, with the code of the finding it becomes.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct TableError {
    /// Which finding it is.
    pub code: crate::wire::finding::Code,
    /// The sentence.
    pub message: String,
}

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
}

impl Table {
    /// Opens Arrow IPC bytes, stream or file framing.
    pub fn open(bytes: &Bytes, limits: &Limits, findings: &mut Vec<Finding>) -> Result<Self, TableError> {
        let _ = (bytes, limits, findings);
        Ok(Self { columns: vec![] })
    }
    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
    /// Rows over all batches.
    pub fn num_rows(&self) -> usize {
        0
    }
    /// The text of one cell; `Null` outside the table.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        let _ = (row, column);
        Cell::Null
    }
    /// One row as a JSON object in column order (the contract of `listen --json`).
    pub fn row_json(&self, row: usize) -> serde_json::Value {
        let _ = row;
        serde_json::Value::Null
    }
    /// The opened table's batches, for library users.
    pub fn batches(&self) -> &[arrow::array::RecordBatch] {
        &[]
    }
    /// Builds a table from batches of one schema.
    pub fn from_batches(
        schema: arrow::datatypes::SchemaRef,
        batches: Vec<arrow::array::RecordBatch>,
    ) -> Self {
        let _ = (schema, batches);
        Self { columns: vec![] }
    }
    /// Writes an uncompressed IPC stream without view types.
    pub fn to_stream(&self) -> Result<Vec<u8>, TableError> {
        Ok(vec![])
    }
}

/// CSV with a header line → table; types inferred.
pub fn table_from_csv(bytes: &[u8]) -> Result<Table, TableError> {
    let _ = bytes;
    Ok(Table { columns: vec![] })
}
/// JSON rows (array of objects, or JSON lines) → table; types inferred.
pub fn table_from_json_rows(bytes: &[u8]) -> Result<Table, TableError> {
    let _ = bytes;
    Ok(Table { columns: vec![] })
}
