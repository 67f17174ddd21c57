//! Tables: Arrow IPC in both framings, opened behind a pre-scan, shown cell by cell, written from rows.

mod arrow_table;
mod batches;
mod brief;
mod cell_json;
mod cell_text;
mod column_text;
mod column_type;
mod csv_quotes;
mod extension;
mod framing;
mod from_csv;
mod from_json;
mod from_parquet;
mod json_shape;
mod json_values;
mod layout;
mod lru;
mod number_text;
mod open;
mod parts;
mod peers;
mod prescan;
mod rows;
mod rows_made;
mod stored;
mod table_error;
mod times;
mod to_stream;
mod type_name;
mod view;
mod window;

pub use arrow_table::{Cell, Column, Table};
pub use column_type::ColumnType;
pub use rows::{RowsFormat, rows_table, table_from_csv};
pub use rows_made::{ColumnRead, RowsTable};
pub use table_error::TableError;
