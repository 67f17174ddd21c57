//! Parquet → table. Nothing in the file is trusted before it is bounded, and panics of the library become errors.

use super::MAGIC;
use crate::bounds::{Limits, caught};
use crate::table::arrow_table::Table;
use crate::table::import::column_text::{column, known_type};
use crate::table::import::rows_made::chosen;
use crate::table::import::{ColumnRead, ColumnType, RowsTable};
use crate::table::table_error::TableError;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use std::sync::Arc;

/// Rows read at a time.
const BATCH_ROWS: usize = 8192;

/// Reads a Parquet file with its own types, except for chosen ones.
pub fn read(bytes: &[u8], types: &[(String, ColumnType)], limits: &Limits) -> Result<RowsTable, TableError> {
    let bytes = Bytes::copy_from_slice(bytes);
    let read = caught(|| batches(bytes, limits));
    let (schema, batches) = read.unwrap_or_else(|| {
        Err(TableError::invalid(
            "the Parquet file is inconsistent: its decoder failed",
        ))
    })?;
    retyped(&schema, batches, types)
}

fn batches(bytes: Bytes, limits: &Limits) -> Result<(SchemaRef, Vec<RecordBatch>), TableError> {
    bounded_footer(&bytes, limits)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|error| failed(&error))?;
    let facts = builder.metadata();
    let rows = u64::try_from(facts.file_metadata().num_rows()).unwrap_or(u64::MAX);
    if rows > limits.table_rows {
        let most = limits.table_rows;
        return Err(TableError::limit(format!(
            "the Parquet file has {rows} rows; the limit is {most}"
        )));
    }
    let claimed: i64 = facts
        .row_groups()
        .iter()
        .map(|group| group.total_byte_size().max(0))
        .fold(0, i64::saturating_add);
    within(claimed.unsigned_abs(), limits)?;
    let schema = builder.schema().clone();
    let mut taken = 0u64;
    let mut batches = Vec::new();
    for batch in builder
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(|error| failed(&error))?
    {
        let batch = batch.map_err(|error| TableError::inconsistent(&error))?;
        taken += batch.get_array_memory_size() as u64;
        within(taken, limits)?;
        batches.push(batch);
    }
    Ok((schema, batches))
}

/// The length of the metadata at the end is checked before it is used.
fn bounded_footer(bytes: &[u8], limits: &Limits) -> Result<(), TableError> {
    let cut_off = || TableError::invalid("the Parquet file is truncated: its end marker is missing");
    let rest = bytes.strip_suffix(MAGIC).ok_or_else(cut_off)?;
    let length = rest
        .last_chunk::<4>()
        .map(|length| u32::from_le_bytes(*length) as usize)
        .ok_or_else(cut_off)?;
    if length > limits.table_metadata {
        let most = limits.table_metadata;
        return Err(TableError::limit(format!(
            "the Parquet file claims {length} bytes of metadata; the limit is {most}"
        )));
    }
    Ok(())
}

fn within(bytes: u64, limits: &Limits) -> Result<(), TableError> {
    if bytes <= limits.table_bytes as u64 {
        return Ok(());
    }
    let most = limits.table_bytes;
    Err(TableError::limit(format!(
        "the Parquet file becomes at least {bytes} bytes; the limit is {most}; send it in smaller parts, \
         or as binary"
    )))
}

fn failed(error: &ParquetError) -> TableError {
    let text = error.to_string();
    let why = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
    TableError::invalid(format!("the Parquet file cannot be read: {why}"))
}

/// The batches with the columns whose type was chosen made anew.
fn retyped(
    schema: &SchemaRef,
    batches: Vec<RecordBatch>,
    types: &[(String, ColumnType)],
) -> Result<RowsTable, TableError> {
    let mut fields: Vec<FieldRef> = Vec::new();
    let mut columns = Vec::new();
    let mut anew: Vec<(usize, ArrayRef)> = Vec::new();
    for (index, field) in schema.fields().iter().enumerate() {
        if let Some(chosen) = chosen(types, field.name()) {
            let texts = texts(&batches, index, field)?;
            let made = column(field.name(), texts.as_string::<i64>().iter(), Some(chosen))?;
            fields.push(Arc::new(made.field));
            anew.push((index, made.array));
            columns.push(made.read);
        } else {
            fields.push(field.clone());
            columns.push(ColumnRead {
                name: field.name().clone(),
                column_type: known_type(field.data_type()),
                because: "set by the file".into(),
            });
        }
    }
    let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    let mut start = 0;
    let mut made = Vec::with_capacity(batches.len());
    for batch in batches {
        let rows = batch.num_rows();
        let mut arrays = batch.columns().to_vec();
        for (index, array) in &anew {
            arrays[*index] = array.slice(start, rows);
        }
        start += rows;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &options);
        made.push(batch.map_err(|error| TableError::inconsistent(&error))?);
    }
    Ok(RowsTable {
        table: Table::from_batches(schema, made),
        columns,
    })
}

/// A column's values as text, over all batches.
fn texts(batches: &[RecordBatch], index: usize, field: &FieldRef) -> Result<ArrayRef, TableError> {
    let parts = batches
        .iter()
        .map(|batch| cast(batch.column(index), &DataType::LargeUtf8));
    let parts: Vec<ArrayRef> = parts.collect::<Result<_, _>>().map_err(|_| {
        TableError::invalid(format!(
            "the type of column {:?} cannot be changed: its values have no text form",
            field.name()
        ))
    })?;
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    if parts.is_empty() {
        return Ok(arrow::array::new_empty_array(&DataType::LargeUtf8));
    }
    concat(&parts).map_err(|error| TableError::inconsistent(&error))
}
