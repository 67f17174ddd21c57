//! Rows of CSV and JSON turned into a table.

mod column_text;
mod column_type;
mod csv_quotes;
mod from_csv;
mod from_json;
mod from_parquet;
mod json_shape;
mod json_values;
mod number_text;
mod rows;
mod rows_made;

pub use column_type::ColumnType;
pub use rows::{RowsFormat, rows_table, table_from_csv};
pub use rows_made::{ImportedTable, InferredColumn};
