//! Sorting, filtering, and statistics of a column.

pub(crate) mod number_keys;
mod row_filter;
mod row_index;
mod sort;
mod statistics;

pub use row_filter::RowFilter;
pub use row_index::RowIndex;
pub use sort::{Direction, sorted_rows};
pub use statistics::{BARS, ColumnStatistics, NumericStatistics, column_facts};
