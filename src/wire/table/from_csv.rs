//! CSV with a header line → table.

use super::arrow_table::Table;
use super::table_error::TableError;
use crate::wire::finding::Code;
use arrow::array::{AsArray, RecordBatch};
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use std::sync::Arc;

/// Rows of one record batch: few enough batches for any file, small enough to be read piece by piece.
const BATCH_ROWS: usize = 65_536;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads CSV whose first line names the columns; types are inferred from all rows, empty cells are null. A column whose
/// values do not fit the inferred type is kept as text.
///
/// ```
/// let table = natsbridge::wire::table_from_csv(b"id,name\n1,Ada\n2,\n")?;
/// assert_eq!(table.columns()[0].type_name, "i64");
/// assert_eq!(table.row_json(1).to_string(), r#"{"id":2,"name":null}"#);
/// # Ok::<(), natsbridge::wire::TableError>(())
/// ```
pub fn table_from_csv(bytes: &[u8]) -> Result<Table, TableError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(TableError::new(Code::EmptyTable, "the CSV holds no header line"));
    }
    read(bytes).map_err(|error| TableError::invalid(format!("the CSV cannot be read: {error}")))
}

fn read(bytes: &[u8]) -> Result<Table, ArrowError> {
    let format = Format::default().with_header(true);
    let (inferred, _) = format.infer_schema(bytes, None)?;
    let inferred = Arc::new(keep_codes(&inferred, &format, bytes)?);
    if let Ok(batches) = read_as(&inferred, &format, bytes) {
        return Ok(Table::from_batches(inferred, batches));
    }
    // A number of forty digits is inferred as an integer and does not fit one.
    let schema = all_text(&inferred);
    let batches = read_as(&schema, &format, bytes)?;
    Ok(Table::from_batches(schema, batches))
}

fn all_text(schema: &Schema) -> SchemaRef {
    let text = |field: &Arc<Field>| Field::new(field.name(), DataType::Utf8, true);
    Arc::new(Schema::new(schema.fields().iter().map(text).collect::<Vec<_>>()))
}

/// Turns columns back into text whose numbers would lose their leading zeros: postcodes and the like are no numbers.
fn keep_codes(inferred: &Schema, format: &Format, bytes: &[u8]) -> Result<Schema, ArrowError> {
    if !inferred
        .fields()
        .iter()
        .any(|field| field.data_type().is_numeric())
    {
        return Ok(inferred.clone());
    }
    let texts = read_as(&all_text(inferred), format, bytes)?;
    let is_code = |text: &str| {
        let digits = text.trim_start_matches(['-', '+']).as_bytes();
        matches!(digits, [b'0', b'0'..=b'9', ..])
    };
    let has_codes = |column: usize| {
        let cells = texts.iter().map(|batch| batch.column(column).as_string::<i32>());
        cells.flat_map(|cells| cells.iter().flatten()).any(is_code)
    };
    let fields = inferred.fields().iter().enumerate().map(|(at, field)| {
        if field.data_type().is_numeric() && has_codes(at) {
            Field::new(field.name(), DataType::Utf8, true)
        } else {
            field.as_ref().clone()
        }
    });
    Ok(Schema::new(fields.collect::<Vec<_>>()))
}

fn read_as(schema: &SchemaRef, format: &Format, bytes: &[u8]) -> Result<Vec<RecordBatch>, ArrowError> {
    let reader = ReaderBuilder::new(schema.clone())
        .with_format(format.clone())
        .with_batch_size(BATCH_ROWS);
    reader.build(bytes)?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_come_from_the_values() {
        let table =
            table_from_csv(b"\xef\xbb\xbfa,b,c,d\n1,x,1.5,2026-02-22\n2,\"y,z\",2,2026-02-23\n").unwrap();
        let types: Vec<_> = table
            .columns()
            .iter()
            .map(|column| column.type_name.as_str())
            .collect();
        assert_eq!(types, ["i64", "utf8", "f64", "date32"]);
        assert_eq!(
            table.row_json(1).to_string(),
            r#"{"a":2,"b":"y,z","c":2.0,"d":"2026-02-23"}"#
        );
    }

    #[test]
    fn numbers_too_long_for_a_number_stay_text() {
        let table = table_from_csv(b"a\n1\n123456789012345678901234567890\n").unwrap();
        assert_eq!(table.row_json(1)["a"], "123456789012345678901234567890");
    }

    #[test]
    fn codes_keep_their_leading_zeros() {
        let table = table_from_csv(b"zip,n,f\n01234,0,0.5\n99,10,-0.25\n").unwrap();
        let types: Vec<_> = table
            .columns()
            .iter()
            .map(|column| column.type_name.as_str())
            .collect();
        assert_eq!(types, ["utf8", "i64", "f64"]);
        assert_eq!(table.row_json(0).to_string(), r#"{"zip":"01234","n":0,"f":0.5}"#);
    }

    #[test]
    fn nothing_and_ragged_rows_are_refused() {
        assert_eq!(table_from_csv(b" \n").unwrap_err().code, Code::EmptyTable);
        assert!(table_from_csv(b"a,b\n1,2,3\n").is_err());
    }
}
