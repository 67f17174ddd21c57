//! What is said to Parquet files without the feature `parquet`.

use crate::bounds::{Charge, Limits};
use crate::table::table_error::TableError;
use arrow::array::RecordBatch;
use arrow::datatypes::{Field, SchemaRef};
use std::convert::Infallible;
use std::io::Write;

fn refused() -> TableError {
    TableError::invalid("this program is built without Parquet: build it with the feature `parquet`")
}

pub fn read(_: &[u8], _: &Limits) -> Result<(SchemaRef, Vec<RecordBatch>, Charge), TableError> {
    Err(refused())
}

/// Nothing is turned into text for a file that is never begun.
#[cfg_attr(
    feature = "parquet",
    expect(dead_code, reason = "beside the real writer only its refusal is tested")
)]
pub fn stores(_: &Field) -> bool {
    true
}

/// A file that is never begun.
#[derive(Debug)]
pub struct Writer(Infallible);

impl Writer {
    pub fn begin(_: &mut (dyn Write + Send), _: SchemaRef) -> Result<Self, TableError> {
        Err(refused())
    }

    #[cfg_attr(
        feature = "parquet",
        expect(dead_code, reason = "beside the real writer only its refusal is tested")
    )]
    pub fn write(&mut self, _: &RecordBatch) -> Result<(), TableError> {
        match self.0 {}
    }

    #[cfg_attr(
        feature = "parquet",
        expect(dead_code, reason = "beside the real writer only its refusal is tested")
    )]
    pub fn close(self) -> Result<(), TableError> {
        match self.0 {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::table_from_csv;

    #[test]
    fn the_refusal_names_the_feature() {
        let read = read(b"PAR1", &Limits::DEFAULT).unwrap_err();
        let schema = table_from_csv(b"a\n1\n").unwrap().schema().clone();
        let written = Writer::begin(&mut Vec::new(), schema).unwrap_err();
        for error in [read.to_string(), written.to_string()] {
            assert!(error.contains("the feature `parquet`"), "{error}");
        }
    }
}
