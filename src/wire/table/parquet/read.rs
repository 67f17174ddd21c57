//! Parquet → batches. Nothing in the file is trusted before it is bounded, and panics of the library become errors.

use super::magic::MAGIC;
use crate::bounds::{Budget, Charge, Limits, caught};
use crate::table::table_error::TableError;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Type;
use parquet::column::page::Page;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

/// Rows read at a time, and bytes that they may take.
const BATCH_ROWS: usize = 8192;
const BATCH_BYTES: u64 = 8 << 20;

/// What a Parquet file holds: its own types, its batches, and what is charged for them.
type Read = (SchemaRef, Vec<RecordBatch>, Charge);

/// Reads a Parquet file.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Read, TableError> {
    let _copy = Budget::whole(limits).charge(bytes.len() as u64)?;
    let bytes = Bytes::copy_from_slice(bytes);
    caught(|| batches(bytes, limits)).unwrap_or_else(|| {
        Err(TableError::invalid(
            "the Parquet file is inconsistent: its decoder failed",
        ))
    })
}

fn batches(bytes: Bytes, limits: &Limits) -> Result<Read, TableError> {
    bounded_footer(&bytes, limits)?;
    let repeated = repeated(&bytes, limits)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|error| failed(&error))?;
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
    let claimed = claimed.unsigned_abs().saturating_add(repeated.bytes);
    within(claimed, limits)?;
    let mut charge = Budget::whole(limits).charge(claimed)?;
    let schema = builder.schema().clone();
    let mut taken = 0u64;
    let mut batches = Vec::new();
    // So many that they fit even if each of them repeats the longest values.
    let fit = BATCH_BYTES
        .checked_div(repeated.longest_row)
        .unwrap_or(BATCH_BYTES);
    let rows = usize::try_from(fit).unwrap_or(BATCH_ROWS).clamp(1, BATCH_ROWS);
    for batch in builder
        .with_batch_size(rows)
        .build()
        .map_err(|error| failed(&error))?
    {
        let batch = batch?;
        taken += batch.get_array_memory_size() as u64;
        within(taken, limits)?;
        charge.grow(taken.saturating_sub(charge.bytes()))?;
        batches.push(batch);
    }
    charge.settle(taken)?;
    Ok((schema, batches, charge))
}

fn failed(error: &ParquetError) -> TableError {
    TableError::because("the Parquet file cannot be read", error)
}

/// What values take that stand in a dictionary once and in rows as often as one likes.
#[derive(Default)]
struct Repeated {
    /// Bytes of all rows, as far as the number of values and their mean length tell.
    bytes: u64,
    /// Bytes of one row that has the longest value in each column.
    longest_row: u64,
}

/// Reads no more than the dictionaries.
fn repeated(bytes: &Bytes, limits: &Limits) -> Result<Repeated, TableError> {
    let file = SerializedFileReader::new(bytes.clone()).map_err(|error| failed(&error))?;
    let mut repeated = Repeated::default();
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).map_err(|error| failed(&error))?;
        let mut longest_row = 0u64;
        for (index, column) in group.metadata().columns().iter().enumerate() {
            if column.column_type() != Type::BYTE_ARRAY || column.dictionary_page_offset().is_none() {
                continue;
            }
            let mut pages = group
                .get_column_page_reader(index)
                .map_err(|error| failed(&error))?;
            let page = pages.get_next_page().map_err(|error| failed(&error))?;
            let Some(Page::DictionaryPage { buf, num_values, .. }) = page else {
                continue;
            };
            let values = u64::try_from(column.num_values()).unwrap_or(u64::MAX);
            let mean = (buf.len() as u64).checked_div(u64::from(num_values)).unwrap_or(0);
            repeated.bytes = repeated.bytes.saturating_add(values.saturating_mul(mean));
            let longest = longest(&buf);
            let all = values.saturating_mul(longest);
            if column.column_descr().max_rep_level() > 0 {
                // One row may hold all of them.
                within(all, limits)?;
            } else {
                longest_row = longest_row.saturating_add(longest.min(all));
            }
        }
        repeated.longest_row = repeated.longest_row.max(longest_row);
    }
    Ok(repeated)
}

/// Bytes of the longest value of a dictionary, which stand behind their length each.
fn longest(mut values: &[u8]) -> u64 {
    let mut longest = 0;
    while let Some((length, rest)) = values.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length);
        longest = longest.max(u64::from(length));
        values = rest.get(length as usize..).unwrap_or_default();
    }
    longest
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
