//! Tables: Arrow IPC in both framings, opened behind a pre-scan, shown cell by cell, written from rows.

mod arrow_table;
mod cells;
mod export;
mod import;
mod ipc;
mod key;
mod parquet;
mod query;
mod source;
mod table_error;

pub use arrow_table::{Cell, Column, Table};
pub use export::{Export, ExportError, ExportFormat};
pub use import::{
    ColumnType, ImportedTable, InferredColumn, RowsFormat, TextEncoding, rows_table, table_from_csv, text_of,
};
pub use key::{float_key, int_key};
pub use query::{
    BARS, ColumnStatistics, Direction, NumericStatistics, RowFilter, RowIndex, column_facts, sorted_rows,
};
pub use source::{Scalar, SortKey, TableSource};
pub use table_error::TableError;
