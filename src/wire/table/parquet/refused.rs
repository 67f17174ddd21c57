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
    use crate::bounds::Unwatched;
    use crate::table::table_from_csv;

    #[test]
    fn the_refusal_names_the_feature() {
        let read = read(b"PAR1", &[], &Limits::DEFAULT).unwrap_err();
        let table = table_from_csv(b"a\n1\n").unwrap();
        let export = Export {
            table: &table,
            rows: &mut (0..1),
            count: 1,
            columns: &[0],
        };
        let written = write(export, &mut Vec::new(), &Unwatched).unwrap_err();
        for error in [read.to_string(), written.to_string()] {
            assert!(error.contains("the feature `parquet`"), "{error}");
        }
    }
}
