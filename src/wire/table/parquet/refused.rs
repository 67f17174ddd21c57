//! What is said to Parquet files without the feature `parquet`.

use crate::bounds::{Limits, Steps};
use crate::table::export::{Export, ExportError};
use crate::table::import::{ColumnType, RowsTable};
use crate::table::table_error::TableError;
use std::io::Write;

fn refused() -> TableError {
    TableError::invalid("this program is built without Parquet: build it with the feature `parquet`")
}

pub fn read(_: &[u8], _: &[(String, ColumnType)], _: &Limits) -> Result<RowsTable, TableError> {
    Err(refused())
}

pub fn write(_: Export<'_>, _: &mut (dyn Write + Send), _: &dyn Steps) -> Result<(), ExportError> {
    Err(refused().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_names_the_feature() {
        let error = read(b"PAR1", &[], &Limits::DEFAULT).unwrap_err();
        assert!(error.to_string().contains("the feature `parquet`"), "{error}");
    }
}
