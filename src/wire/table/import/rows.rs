//! Turns rows of any text format into a table: detects the format, the type of each column, and why. Each format has
//! its own file.

use super::column_type::ColumnType;
use super::rows_made::{ImportedTable, InferredColumn, few_enough};
use super::{from_csv, from_json, from_parquet};
use crate::bounds::Limits;
use crate::findings::Code;
use crate::table::arrow_table::Table;
use crate::table::parquet;
use crate::table::table_error::TableError;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowsFormat {
    /// Values separated by commas, the first line names the columns; by semicolons where that line has them and no comma.
    Csv,
    /// Values separated by tabs, the first line names the columns.
    Tsv,
    /// An array of JSON objects, or one object per line.
    Json,
    /// A Parquet file.
    Parquet,
}

impl RowsFormat {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Csv, Self::Tsv, Self::Json, Self::Parquet];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Json => "JSON",
            Self::Parquet => "Parquet",
        }
    }

    /// The format of a file extension (in lower case, without the dot).
    pub fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension {
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "json" | "jsonl" | "ndjson" => Self::Json,
            "parquet" | "pq" => Self::Parquet,
            _ => return None,
        })
    }

    /// The format suggested by the first bytes, or by the extension if they are ambiguous.
    pub fn of(bytes: &[u8], extension: &str) -> Self {
        if parquet::is_parquet(bytes) {
            return Self::Parquet;
        }
        Self::of_extension(extension).unwrap_or_else(|| {
            let text = bytes.strip_prefix(from_csv::BYTE_ORDER_MARK).unwrap_or(bytes);
            let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
            match text.trim_ascii_start().first() {
                Some(b'[' | b'{') => Self::Json,
                _ if line.contains(&b'\t') && !line.contains(&b',') => Self::Tsv,
                _ => Self::Csv,
            }
        })
    }
}

/// Turns rows into a table. Types are found from all values; `types` overrules them by column name. Empty cells of CSV
/// and TSV and missing keys of JSON are null. A value keeps its text where a number would lose some of it: leading zeros,
/// digits that do not fit or would be rounded.
///
/// ```
/// use natsbridge_wire::{ColumnType, Limits, RowsFormat, rows_table};
/// let rows = b"zip,n,day\n01067,1,2026-02-22\n,2,\n";
/// let made = rows_table(rows, RowsFormat::Csv, &[("n".into(), ColumnType::Float)], &Limits::default())?;
/// assert_eq!(made.table.row_json(0).to_string(), r#"{"zip":"01067","n":1.0,"day":"2026-02-22"}"#);
/// assert_eq!(made.columns[0].because, r#""01067" in row 1 has leading zeros"#);
/// # Ok::<(), natsbridge_wire::TableError>(())
/// ```
///
/// # Errors
///
/// Where the rows cannot be read, a value does not fit a chosen type (it names row, column and value), a chosen column
/// does not exist, or a limit is met.
pub fn rows_table(
    bytes: &[u8],
    format: RowsFormat,
    types: &[(String, ColumnType)],
    limits: &Limits,
) -> Result<ImportedTable, TableError> {
    let made = match format {
        RowsFormat::Csv => from_csv::read(bytes, from_csv::separator(bytes), types, limits),
        RowsFormat::Tsv => from_csv::read(bytes, b'\t', types, limits),
        RowsFormat::Json => from_json::read(bytes, types, limits),
        RowsFormat::Parquet => from_parquet::read(bytes, types, limits),
    }?;
    few_enough(made.columns.len(), limits)?;
    for (name, _) in types {
        if !made.columns.iter().any(|column| column.name == *name) {
            return Err(TableError::new(
                Code::BadJsonTable,
                no_such_column(name, &made.columns),
            ));
        }
    }
    Ok(made)
}

/// Reads CSV whose first line names the columns; see [`rows_table`].
///
/// ```
/// let table = natsbridge_wire::table_from_csv(b"id,name\n1,Ada\n2,\n")?;
/// assert_eq!(table.columns()[0].type_name, "i64");
/// assert_eq!(table.row_json(1).to_string(), r#"{"id":2,"name":null}"#);
/// # Ok::<(), natsbridge_wire::TableError>(())
/// ```
pub fn table_from_csv(bytes: &[u8]) -> Result<Table, TableError> {
    rows_table(bytes, RowsFormat::Csv, &[], &Limits::DEFAULT).map(|made| made.table)
}

fn no_such_column(name: &str, columns: &[InferredColumn]) -> String {
    const SHOWN: usize = 10;
    let names: Vec<_> = columns
        .iter()
        .take(SHOWN)
        .map(|column| column.name.as_str())
        .collect();
    let more = if columns.len() > SHOWN { ", …" } else { "" };
    format!(
        "a type was chosen for column {name:?}, which the rows do not have; they have {}{more}",
        names.join(", ")
    )
}
