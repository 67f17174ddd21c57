//! Parquet → batches. Nothing in the file is trusted before it is bounded, and panics of the library become errors.

use super::magic::MAGIC;
use crate::bounds::{Limits, caught};
use crate::table::table_error::TableError;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

/// Rows read at a time.
const BATCH_ROWS: usize = 8192;

/// The batches of a Parquet file, with its own types.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<(SchemaRef, Vec<RecordBatch>), TableError> {
    let bytes = Bytes::copy_from_slice(bytes);
    caught(|| batches(bytes, limits)).unwrap_or_else(|| {
        Err(TableError::invalid(
            "the Parquet file is inconsistent: its decoder failed",
        ))
    })
}

fn batches(bytes: Bytes, limits: &Limits) -> Result<(SchemaRef, Vec<RecordBatch>), TableError> {
    bounded_footer(&bytes, limits)?;
    let failed = |error: ParquetError| TableError::because("the Parquet file cannot be read", &error);
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(failed)?;
    let facts = builder.metadata();
    let rows = u64::try_from(facts.file_metadata().num_rows()).unwrap_or(u64::MAX);
    let most = limits.table_rows;
    TableError::within(rows, most, || {
        format!("the Parquet file has {rows} rows; the limit is {most}")
    })?;
    let groups = facts.row_groups().iter();
    let claimed = groups
        .map(|group| group.total_byte_size().max(0))
        .fold(0, i64::saturating_add);
    within(claimed.unsigned_abs(), limits)?;
    let schema = builder.schema().clone();
    let mut taken = 0u64;
    let mut batches = Vec::new();
    for batch in builder.with_batch_size(BATCH_ROWS).build().map_err(failed)? {
        let batch = batch?;
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
    let most = limits.table_metadata;
    TableError::within(length, most, || {
        format!("the Parquet file claims {length} bytes of metadata; the limit is {most}")
    })
}

fn within(bytes: u64, limits: &Limits) -> Result<(), TableError> {
    let most = limits.table_bytes as u64;
    TableError::within(bytes, most, || {
        format!(
            "the Parquet file becomes at least {bytes} bytes; the limit is {most}; send it in smaller \
             parts, or as binary"
        )
    })
}
