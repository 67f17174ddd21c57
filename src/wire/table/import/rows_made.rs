//! The result of converting rows: the table, and the decision about each column. Data only.

use super::column_type::ColumnType;
use crate::bounds::Limits;
use crate::table::arrow_table::Table;
use crate::table::table_error::TableError;

/// What was decided of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferredColumn {
    /// Its name.
    pub name: String,
    /// Its type, where it is one that can be chosen.
    pub column_type: Option<ColumnType>,
    /// Why it has this type, as a clause.
    pub because: String,
}

/// A table made of rows.
#[derive(Debug)]
pub struct ImportedTable {
    /// The table.
    pub table: Table,
    /// What was decided of its columns, in their order.
    pub columns: Vec<InferredColumn>,
    /// What was done about rows that did not fit, a sentence without its full stop each.
    pub notes: Vec<String>,
}

/// The type chosen for a column.
pub fn chosen(types: &[(String, ColumnType)], name: &str) -> Option<ColumnType> {
    types
        .iter()
        .rev()
        .find(|(column, _)| column == name)
        .map(|(_, chosen)| *chosen)
}

/// An error where there are more columns than a table may have.
pub(super) fn few_enough(columns: usize, limits: &Limits) -> Result<(), TableError> {
    let most = limits.table_columns;
    TableError::within(columns, most, || {
        format!("the table has {columns} columns; the limit is {most}")
    })
}
