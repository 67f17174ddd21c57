//! Rows of CSV and JSON turned into a table.

mod column_text;
mod column_type;
mod csv_rows;
mod encoding;
mod from_csv;
mod from_json;
mod from_parquet;
mod json_shape;
mod json_values;
mod rows;
mod rows_made;

pub use column_type::ColumnType;
pub use encoding::{TextEncoding, text_of};
pub use rows::{RowsFormat, rows_table, table_from_csv};
pub use rows_made::{ImportedTable, InferredColumn};
