//! Writes an uncompressed IPC stream, using types that every peer can read wherever they exist.

use crate::table::cells::{Extension, common_zone, times};
use crate::table::table_error::TableError;
use arrow::array::{ArrayRef, AsArray, RecordBatch, RecordBatchOptions, TimestampMillisecondArray};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Field, FieldRef, Fields, Schema, SchemaRef, TimeUnit, TimestampMillisecondType,
};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use std::io::Write;
use std::sync::Arc;

/// What becomes plain beside the types that JavaScript and Julia fail on: view types, run-end encoding, small decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plainly {
    /// Dictionaries, since each batch may bring another one and Julia keeps the first.
    pub unpack: bool,
    /// Zones that some peer refuses; and clock times of Arrow.jl before 2.4.2 become the instants that they mean.
    pub zones: bool,
}

/// Writes the batches with an end mark, in plain types.
pub(crate) fn write_stream(
    schema: &SchemaRef,
    plainly: Plainly,
    batches: impl Iterator<Item = Result<RecordBatch, TableError>>,
    out: impl Write,
) -> Result<(), TableError> {
    let failed = |error: ArrowError| TableError::invalid(format!("the table cannot be written: {error}"));
    let plain = plain_schema(schema, plainly);
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

/// The schema with those plain types.
pub(crate) fn plain_schema(schema: &SchemaRef, plainly: Plainly) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| plain_field(field, plainly));
    let fields: Fields = fields.collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// A batch in its plain types.
pub(crate) fn made_plain(batch: &RecordBatch, plain: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let columns = batch.columns().iter().zip(plain.fields()).zip(schema.fields());
    let columns: Result<Vec<_>, _> = columns
        .map(|((array, field), was)| match local_zone(was) {
            Some(zone) if local_zone(field).is_none() => cast(&instants(array, zone), field.data_type()),
            _ => cast(array, field.data_type()),
        })
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(plain.clone(), columns?, &options)
}

fn plain_field(field: &FieldRef, plainly: Plainly) -> FieldRef {
    let plain = plain_type(field.data_type(), plainly);
    let local = plainly.zones && local_zone(field).is_some();
    if plain == *field.data_type() && !local {
        return field.clone();
    }
    let new = Field::new(field.name(), plain, field.is_nullable());
    let new = new.with_metadata(field.metadata().clone());
    Arc::new(if local { Extension::as_instants(new) } else { new })
}

/// The zone of a column of clock times of it that are stored as if they were UTC.
fn local_zone(field: &Field) -> Option<&str> {
    match field.data_type() {
        DataType::Timestamp(TimeUnit::Millisecond, Some(zone))
            if Extension::of(field) == Extension::JuliaZoned =>
        {
            Some(zone)
        }
        _ => None,
    }
}

/// The instants that clock times of a zone mean; those that no clock shows stay as they are.
fn instants(array: &ArrayRef, zone: &str) -> ArrayRef {
    let Some(times) = array.as_primitive_opt::<TimestampMillisecondType>() else {
        return array.clone();
    };
    let meant = |millis: i64| times::instant(millis, zone).unwrap_or(millis);
    let meant: TimestampMillisecondArray = times.unary(meant);
    Arc::new(meant.with_timezone(zone))
}

fn plain_type(data_type: &DataType, plainly: Plainly) -> DataType {
    let item = |field: &FieldRef| plain_field(field, plainly);
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
        DataType::RunEndEncoded(_, values) => plain_type(values.data_type(), plainly),
        DataType::Dictionary(_, values) if plainly.unpack => plain_type(values, plainly),
        DataType::Dictionary(keys, values) => {
            DataType::Dictionary(keys.clone(), Box::new(plain_type(values, plainly)))
        }
        DataType::Timestamp(unit, Some(zone)) if plainly.zones => {
            DataType::Timestamp(*unit, Some(common_zone(zone).into()))
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use crate::bounds::Limits;
    use crate::findings::Code;
    use crate::table::{Cell, Table};

    #[test]
    fn zones_are_mended_and_the_instants_stay() {
        for (bytes, shown) in [
            (
                &include_bytes!("../../../../tests/fixtures/field/julia/j_z23.arrow")[..],
                "2026-07-01T12:00:00.000+02:00",
            ),
            (
                &include_bytes!("../../../../tests/fixtures/field/julia/j_off28.arrow")[..],
                "2026-07-01T12:00:00.000+02:00",
            ),
            (
                &include_bytes!("../../../../tests/fixtures/field/julia/US_Eastern.arrow")[..],
                "1970-01-01T00:00:00.000Z",
            ),
        ] {
            let open = |bytes: &[u8]| {
                let mut findings = Vec::new();
                let table = Table::open(&bytes.to_vec().into(), &Limits::DEFAULT, &mut findings).unwrap();
                (
                    table,
                    findings.iter().map(|finding| finding.code).collect::<Vec<_>>(),
                )
            };
            let (table, codes) = open(bytes);
            assert!(!codes.is_empty());
            let (mended, codes) = open(&table.to_mended_stream().unwrap());
            assert_eq!(codes, [] as [Code; 0]);
            assert_eq!(mended.cell(0, 0), Cell::Text(shown.to_owned()));
        }
    }
}
