//! Batches → Parquet.

use crate::table::table_error::TableError;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use std::io::Write;

/// A Parquet file being written.
pub struct Writer<'o>(ArrowWriter<&'o mut (dyn Write + Send)>);

impl<'o> Writer<'o> {
    /// Begins a file.
    pub fn begin(out: &'o mut (dyn Write + Send), schema: SchemaRef) -> Result<Self, TableError> {
        ArrowWriter::try_new(out, schema, None)
            .map(Self)
            .map_err(|error| failed(&error))
    }

    /// Adds rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        self.0.write(batch).map_err(|error| failed(&error))
    }

    /// Ends the file.
    pub fn close(self) -> Result<(), TableError> {
        self.0.close().map(|_| ()).map_err(|error| failed(&error))
    }
}

fn failed(error: &ParquetError) -> TableError {
    TableError::invalid(format!("Parquet cannot store it: {error}"))
}
