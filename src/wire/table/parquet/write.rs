//! Batches → Parquet.

use crate::bounds::caught;
use crate::table::table_error::TableError;
use arrow::array::{RecordBatch, new_null_array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use std::io::{self, Write};
use std::sync::Arc;

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
        TableError::guarded(|| self.0.write(batch).map_err(|error| failed(&error)))
    }

    /// Ends the file.
    pub fn close(self) -> Result<(), TableError> {
        self.0.close().map(|_| ()).map_err(|error| failed(&error))
    }
}

/// Whether Parquet has a type for the column. Its library is asked with a row, since it fails on some only then, and by panics
/// on others; the width of 0 is written, but not read again.
pub fn stores(field: &Field) -> bool {
    let tried = || -> Result<(), ParquetError> {
        let field = field.clone().with_nullable(true);
        let row = new_null_array(field.data_type(), 1);
        let schema = Arc::new(Schema::new(vec![field]));
        let mut writer = ArrowWriter::try_new(io::sink(), schema.clone(), None)?;
        writer.write(&RecordBatch::try_new(schema, vec![row])?)?;
        writer.close().map(|_| ())
    };
    !has_no_width(field.data_type()) && caught(|| tried().is_ok()).unwrap_or(false)
}

fn has_no_width(data_type: &DataType) -> bool {
    let inside = |field: &Field| has_no_width(field.data_type());
    match data_type {
        DataType::FixedSizeBinary(width) => *width == 0,
        DataType::FixedSizeList(item, length) => *length == 0 || inside(item),
        DataType::List(item) | DataType::LargeList(item) | DataType::Map(item, _) => inside(item),
        DataType::Struct(fields) => fields.iter().any(|field| inside(field)),
        DataType::Dictionary(_, values) => has_no_width(values),
        _ => false,
    }
}

fn failed(error: &ParquetError) -> TableError {
    TableError::invalid(format!("Parquet cannot store it: {error}"))
}
