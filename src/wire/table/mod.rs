//! Tables: Arrow IPC in both framings, opened behind a pre-scan, shown cell by cell, written from rows.

mod table_api;

pub use table_api::{Cell, Column, Table, TableError};
pub use table_api::{table_from_csv, table_from_json_rows};
