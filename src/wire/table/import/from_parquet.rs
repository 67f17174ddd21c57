//! Parquet → table: its own types, except for chosen ones.

use super::column_text::{column, known_type};
use super::column_type::ColumnType;
use super::rows_made::{ImportedTable, InferredColumn, chosen};
use crate::bounds::Limits;
use crate::table::arrow_table::Table;
use crate::table::parquet;
use crate::table::table_error::TableError;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use std::sync::Arc;

/// Reads a Parquet file with its own types, except for chosen ones.
pub fn read(
    bytes: &[u8],
    types: &[(String, ColumnType)],
    limits: &Limits,
) -> Result<ImportedTable, TableError> {
    let (schema, batches, charge) = parquet::read(bytes, limits)?;
    let made = retyped(&schema, batches, types)?;
    Ok(ImportedTable {
        table: made.table.charged(charge),
        ..made
    })
}

/// The batches with the columns whose type was chosen made anew.
fn retyped(
    schema: &SchemaRef,
    batches: Vec<RecordBatch>,
    types: &[(String, ColumnType)],
) -> Result<ImportedTable, TableError> {
    let mut fields: Vec<FieldRef> = Vec::new();
    let mut columns = Vec::new();
    let mut anew: Vec<(usize, ArrayRef)> = Vec::new();
    for (index, field) in schema.fields().iter().enumerate() {
        if let Some(chosen) = chosen(types, field.name()) {
            let texts = texts(&batches, index, field)?;
            let (array, inferred) = column(field.name(), texts.as_string::<i64>().iter(), Some(chosen))?;
            fields.push(Arc::new(Field::new(
                field.name(),
                array.data_type().clone(),
                true,
            )));
            anew.push((index, array));
            columns.push(inferred);
        } else {
            fields.push(field.clone());
            columns.push(InferredColumn {
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
        made.push(RecordBatch::try_new_with_options(
            schema.clone(),
            arrays,
            &options,
        )?);
    }
    Ok(ImportedTable {
        table: Table::from_batches(schema, made),
        columns,
        notes: vec![],
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
    Ok(concat(&parts)?)
}
