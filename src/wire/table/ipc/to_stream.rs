//! Writes an uncompressed IPC stream, using types that every peer can read wherever they exist.

use crate::table::table_error::TableError;
use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use std::io::Write;
use std::sync::Arc;

/// Writes the batches with an end mark. View types, run-end encoding and small decimals become plain ones (JavaScript
/// and Julia fail on them); over several batches (`unpack`) dictionaries are unpacked, since each batch may bring another
/// one and Julia keeps the first.
pub(crate) fn write_stream(
    schema: &SchemaRef,
    unpack: bool,
    batches: impl Iterator<Item = Result<RecordBatch, TableError>>,
    out: impl Write,
) -> Result<(), TableError> {
    let failed = |error: ArrowError| TableError::invalid(format!("the table cannot be written: {error}"));
    let fields: Fields = schema
        .fields()
        .iter()
        .map(|field| plain_field(field, unpack))
        .collect();
    let plain = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    let mut writer = StreamWriter::try_new(out, &plain).map_err(failed)?;
    for batch in batches {
        let batch = batch?;
        let batch = if plain == *schema {
            batch
        } else {
            made_plain(&batch, &plain).map_err(failed)?
        };
        writer.write(&batch).map_err(failed)?;
    }
    writer.finish().map_err(failed)
}

fn made_plain(batch: &RecordBatch, plain: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().zip(plain.fields());
    let columns: Result<Vec<_>, _> = columns
        .map(|(array, field)| cast(array, field.data_type()))
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(plain.clone(), columns?, &options)
}

fn plain_field(field: &FieldRef, unpack: bool) -> FieldRef {
    let plain = plain_type(field.data_type(), unpack);
    if plain == *field.data_type() {
        return field.clone();
    }
    let new = Field::new(field.name(), plain, field.is_nullable());
    Arc::new(new.with_metadata(field.metadata().clone()))
}

fn plain_type(data_type: &DataType, unpack: bool) -> DataType {
    let item = |field: &FieldRef| plain_field(field, unpack);
    match data_type {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::List(field) | DataType::ListView(field) => DataType::List(item(field)),
        DataType::LargeList(field) | DataType::LargeListView(field) => DataType::LargeList(item(field)),
        DataType::FixedSizeList(field, length) => DataType::FixedSizeList(item(field), *length),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(item).collect()),
        DataType::Map(entries, sorted) => DataType::Map(item(entries), *sorted),
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::RunEndEncoded(_, values) => plain_type(values.data_type(), unpack),
        DataType::Dictionary(_, values) if unpack => plain_type(values, unpack),
        DataType::Dictionary(keys, values) => {
            DataType::Dictionary(keys.clone(), Box::new(plain_type(values, unpack)))
        }
        other => other.clone(),
    }
}
