//! CSV and TSV with a header line → table.

use super::column_text::column;
use super::column_type::ColumnType;
use super::csv_quotes::unclosed_quote;
use super::rows_made::{ImportedTable, chosen, few_enough};
use crate::bounds::Limits;
use crate::findings::Code;
use crate::table::arrow_table::Table;
use crate::table::table_error::TableError;
use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use arrow::error::ArrowError;
use std::sync::Arc;

/// Rows of one record batch: few enough batches for any file, small enough to be read piece by piece.
const BATCH_ROWS: usize = 65_536;
/// Cells parsed at a time: the reader allocates memory for all of them before it reads the first.
const TEXT_CELLS: usize = 1 << 20;
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads separated values whose first line names the columns; empty cells are null.
pub(super) fn read(
    bytes: &[u8],
    separator: u8,
    types: &[(String, ColumnType)],
    limits: &Limits,
) -> Result<ImportedTable, TableError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let message = "the rows have no header line with column names";
        return Err(TableError::new(Code::EmptyTable, message));
    }
    if let Some(line) = unclosed_quote(bytes, separator) {
        return Err(TableError::invalid(format!(
            "the rows cannot be read: the quote opened in line {line} is never closed, so everything \
             after it would be one value"
        )));
    }
    let failed = |error: ArrowError| TableError::because("the rows cannot be read", &error);
    let format = Format::default().with_header(true).with_delimiter(separator);
    let (named, _) = format.infer_schema(bytes, Some(0)).map_err(failed)?;
    // Before anything is built: each column allocates memory for many rows.
    few_enough(named.fields().len(), limits)?;
    let (names, texts) = texts(bytes, format, &named).map_err(failed)?;
    let cells = |column: usize| {
        let batches = texts
            .iter()
            .map(move |batch| batch.column(column).as_string::<i32>());
        batches.flat_map(StringArray::iter)
    };
    let (mut arrays, mut columns) = (Vec::new(), Vec::new());
    for (index, field) in names.fields().iter().enumerate() {
        let (array, inferred) = column(field.name(), cells(index), chosen(types, field.name()))?;
        arrays.push((field.name(), array, true));
        columns.push(inferred);
    }
    let whole = RecordBatch::try_from_iter_with_nullable(arrays).map_err(failed)?;
    let rows = whole.num_rows();
    let starts = (0..rows).step_by(BATCH_ROWS);
    let batches = starts.map(|start| whole.slice(start, BATCH_ROWS.min(rows - start)));
    Ok(ImportedTable {
        table: Table::from_batches(whole.schema(), batches.collect()),
        columns,
    })
}

/// The separator of CSV: spreadsheets write semicolons in locales with a decimal comma.
pub(super) fn separator(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if header.contains(&b';') && !header.contains(&b',') {
        b';'
    } else {
        b','
    }
}

/// The columns' names, and every cell as text.
fn texts(bytes: &[u8], format: Format, named: &Schema) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let text = |field: &FieldRef| Field::new(field.name(), DataType::Utf8, true);
    let schema = Arc::new(Schema::new(named.fields().iter().map(text).collect::<Vec<_>>()));
    let rows = TEXT_CELLS / schema.fields().len().max(1);
    let reader = ReaderBuilder::new(schema.clone())
        .with_format(format)
        .with_batch_size(rows.clamp(1, BATCH_ROWS));
    let batches = reader.build(bytes)?.collect::<Result<_, _>>()?;
    Ok((schema, batches))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> ImportedTable {
        read(text.as_bytes(), b',', &[], &Limits::DEFAULT).unwrap()
    }

    fn types(made: &ImportedTable) -> Vec<&str> {
        let columns = made.table.columns().iter();
        columns.map(|column| column.type_name.as_str()).collect()
    }

    #[test]
    fn types_come_from_the_values() {
        let made = csv("\u{feff}a,b,c,d,e\r\n1,x,1.5,2026-02-22,TRUE\r\n2,\"y,z\",2,2026-02-23,false\r\n");
        assert_eq!(types(&made), ["i64", "utf8", "f64", "date32", "bool"]);
        assert_eq!(
            made.table.row_json(1).to_string(),
            r#"{"a":2,"b":"y,z","c":2.0,"d":"2026-02-23","e":false}"#
        );
    }

    #[test]
    fn numbers_too_long_for_a_number_stay_text() {
        let made = csv("a\n1\n123456789012345678901234567890\n");
        assert_eq!(made.table.row_json(1)["a"], "123456789012345678901234567890");
    }

    #[test]
    fn codes_keep_their_leading_zeros() {
        let made = csv("zip,n,f\n01234,0,0.5\n99,10,-0.25\n");
        assert_eq!(types(&made), ["utf8", "i64", "f64"]);
        assert_eq!(
            made.table.row_json(0).to_string(),
            r#"{"zip":"01234","n":0,"f":0.5}"#
        );
    }

    #[test]
    fn quotes_hold_line_breaks_and_empty_cells_are_null() {
        let made = csv("a,b\n\"one\ntwo \"\"three\"\"\",\n,4\n");
        assert_eq!(
            made.table.row_json(0).to_string(),
            r#"{"a":"one\ntwo \"three\"","b":null}"#
        );
        assert_eq!(made.table.row_json(1).to_string(), r#"{"a":null,"b":4}"#);
    }

    #[test]
    fn tabs_separate_too() {
        let made = read(b"a\tb\n1,5\tx\n", b'\t', &[], &Limits::DEFAULT).unwrap();
        assert_eq!(made.table.row_json(0).to_string(), r#"{"a":"1,5","b":"x"}"#);
    }

    #[test]
    fn semicolons_separate_where_the_header_has_no_comma() {
        let rows = b"a;b\n1,5;2\n";
        let made = read(rows, separator(rows), &[], &Limits::DEFAULT).unwrap();
        assert_eq!(made.table.row_json(0).to_string(), r#"{"a":"1,5","b":2}"#);
        assert_eq!(separator(b"a;b,c\n1,2\n"), b',');
    }

    #[test]
    fn many_rows_make_several_batches() {
        let rows: Vec<String> = (0..70_000).map(|row: u32| row.to_string()).collect();
        let made = csv(&format!("n\n{}", rows.join("\n")));
        assert_eq!((made.table.num_rows(), made.table.batches().count()), (70_000, 2));
        assert_eq!(made.table.row_json(69_999)["n"], 69_999);
    }

    #[test]
    fn nothing_and_ragged_rows_are_refused() {
        assert_eq!(
            read(b" \n", b',', &[], &Limits::DEFAULT).unwrap_err().code,
            Code::EmptyTable
        );
        let error = read(b"a,b\n1,2,3\n", b',', &[], &Limits::DEFAULT).unwrap_err();
        assert!(error.message.contains("line 2"), "{error}");
        assert_eq!(csv("a,b\n").table.num_rows(), 0);
    }

    #[test]
    fn a_header_of_very_many_columns_is_refused_before_the_memory_for_them_is_taken() {
        let header = vec!["c"; 50_000].join(",");
        let error = read(header.as_bytes(), b',', &[], &Limits::DEFAULT).unwrap_err();
        assert!(
            error.message.contains("50000 columns; the limit is 4096"),
            "{error}"
        );
        // As many as there may be take little, and every row is there.
        let names: Vec<String> = (0..4096).map(|column: u32| format!("c{column}")).collect();
        let row = vec!["1"; 4096].join(",");
        let made = csv(&format!(
            "{}\n{}",
            names.join(","),
            format!("{row}\n").repeat(300)
        ));
        assert_eq!(made.table.num_rows(), 300);
        assert_eq!(made.table.row_json(299)["c4095"], 1);
    }

    #[test]
    fn a_quote_that_is_not_closed_swallows_nothing() {
        let error = read(b"a,b\n1,2\n3,\"x\n5,6\n", b',', &[], &Limits::DEFAULT).unwrap_err();
        assert!(
            error
                .message
                .contains("the quote opened in line 3 is never closed"),
            "{error}"
        );
    }

    #[test]
    fn numbers_that_a_float_would_round_stay_text() {
        let made = csv("a,b\n9007199254740993.0,0.1\n0.5,0.30000000000000004\n");
        assert_eq!(types(&made), ["utf8", "f64"]);
        assert_eq!(made.table.row_json(0)["a"], "9007199254740993.0");
        assert_eq!(
            made.columns[0].because,
            r#""9007199254740993.0" in row 1 has more digits than a number can hold"#
        );
    }
}
