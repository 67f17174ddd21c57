//! Turns rows of any text format into a table: detects the format, the type of each column, and why. Each format has
//! its own file.

use super::column_type::ColumnType;
use super::encoding::text_of;
use super::rows_made::{ImportedTable, InferredColumn, few_enough};
use super::{from_csv, from_json, from_parquet};
use crate::bounds::Limits;
use crate::findings::Code;
use crate::table::arrow_table::Table;
use crate::table::parquet;
use crate::table::table_error::TableError;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowsFormat {
    /// Values separated by commas, semicolons, tabs or bars, whichever parts the rows alike or a first line `sep=;` names; the
    /// next line names the columns.
    Csv,
    /// Values separated by tabs, the first line names the columns.
    Tsv,
    /// An array of JSON objects, or one object per line.
    Json,
    /// A Parquet file.
    Parquet,
}

impl RowsFormat {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Csv, Self::Tsv, Self::Json, Self::Parquet];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Json => "JSON",
            Self::Parquet => "Parquet",
        }
    }

    /// The format of a file extension (in lower case, without the dot).
    pub fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension {
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "json" | "jsonl" | "ndjson" => Self::Json,
            "parquet" | "pq" => Self::Parquet,
            _ => return None,
        })
    }

    /// The format suggested by the first bytes, or by the extension if they are ambiguous.
    pub fn of(bytes: &[u8], extension: &str) -> Self {
        if parquet::is_parquet(bytes) {
            return Self::Parquet;
        }
        Self::of_extension(extension).unwrap_or_else(|| {
            // Marks and the zeros of UTF-16 say nothing here.
            let plain = |byte: &u8| byte.is_ascii() && *byte != 0;
            let head = bytes
                .iter()
                .take(HEAD)
                .copied()
                .filter(plain)
                .collect::<Vec<u8>>();
            let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
            match head.trim_ascii_start().first() {
                Some(b'[' | b'{') => Self::Json,
                _ if line.contains(&b'\t') && !line.contains(&b',') => Self::Tsv,
                _ => Self::Csv,
            }
        })
    }
}

/// Bytes that tell the format.
const HEAD: usize = 4096;

/// Turns rows into a table. Types are found from all values; `types` overrules them by column name. Empty cells of CSV
/// and TSV and missing keys of JSON are null. A value keeps its text where a number would lose some of it: leading zeros,
/// digits that do not fit or would be rounded; so do codes such as `1E10`. Texts are UTF-8, or UTF-16 with its mark;
/// others are turned by [`text_of`] first.
///
/// ```
/// use natsbridge_wire::{ColumnType, Limits, RowsFormat, rows_table};
/// let rows = b"zip,n,day\n01067,1,2026-02-22\n,2,\n";
/// let made = rows_table(rows, RowsFormat::Csv, &[("n".into(), ColumnType::Float)], &Limits::default())?;
/// assert_eq!(made.table.row_json(0).to_string(), r#"{"zip":"01067","n":1.0,"day":"2026-02-22"}"#);
/// assert_eq!(made.columns[0].because, r#""01067" in row 1 has leading zeros"#);
/// # Ok::<(), natsbridge_wire::TableError>(())
/// ```
///
/// # Errors
///
/// Where the rows cannot be read, a value does not fit a chosen type (it names row, column and value), a chosen column
/// does not exist, or a limit is met.
pub fn rows_table(
    bytes: &[u8],
    format: RowsFormat,
    types: &[(String, ColumnType)],
    limits: &Limits,
) -> Result<ImportedTable, TableError> {
    let made = match format {
        RowsFormat::Csv => from_csv::read(&text_of(bytes, None)?, None, types, limits),
        RowsFormat::Tsv => from_csv::read(&text_of(bytes, None)?, Some(b'\t'), types, limits),
        RowsFormat::Json => from_json::read(&text_of(bytes, None)?, types, limits),
        RowsFormat::Parquet => from_parquet::read(bytes, types, limits),
    }?;
    few_enough(made.columns.len(), limits)?;
    for (name, _) in types {
        if !made.columns.iter().any(|column| column.name == *name) {
            return Err(TableError::new(
                Code::BadJsonTable,
                no_such_column(name, &made.columns),
            ));
        }
    }
    Ok(made)
}

/// Reads CSV whose first line names the columns; see [`rows_table`].
///
/// ```
/// let table = natsbridge_wire::table_from_csv(b"id,name\n1,Ada\n2,\n")?;
/// assert_eq!(table.columns()[0].type_name, "i64");
/// assert_eq!(table.row_json(1).to_string(), r#"{"id":2,"name":null}"#);
/// # Ok::<(), natsbridge_wire::TableError>(())
/// ```
pub fn table_from_csv(bytes: &[u8]) -> Result<Table, TableError> {
    rows_table(bytes, RowsFormat::Csv, &[], Limits::in_force()).map(|made| made.table)
}

fn no_such_column(name: &str, columns: &[InferredColumn]) -> String {
    const SHOWN: usize = 10;
    let names: Vec<_> = columns
        .iter()
        .take(SHOWN)
        .map(|column| column.name.as_str())
        .collect();
    let more = if columns.len() > SHOWN { ", …" } else { "" };
    format!(
        "a type was chosen for column {name:?}, which the rows do not have; they have {}{more}",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], extension: &str) -> ImportedTable {
        rows_table(bytes, RowsFormat::of(bytes, extension), &[], &Limits::DEFAULT).unwrap()
    }

    fn rows(made: &ImportedTable) -> Vec<String> {
        let rows = 0..made.table.num_rows();
        rows.map(|row| made.table.row_json(row).to_string()).collect()
    }

    fn types(made: &ImportedTable) -> Vec<&str> {
        let columns = made.table.columns().iter();
        columns.map(|column| column.type_name.as_str()).collect()
    }

    macro_rules! field {
        ($name:literal) => {
            include_bytes!(concat!("../../../../tests/fixtures/field/", $name)).as_slice()
        };
    }

    #[test]
    fn files_of_spreadsheets_and_programs_become_what_they_mean() {
        for (bytes, expected, types_of) in [
            (
                field!("sku.csv"),
                vec![r#"{"sku":"1E10"}"#, r#"{"sku":"2E3"}"#],
                vec!["utf8"],
            ),
            (
                field!("nan.csv"),
                vec![r#"{"n":1.5}"#, r#"{"n":"NaN"}"#, r#"{"n":2.5}"#],
                vec!["f64"],
            ),
            (
                field!("sepline.csv"),
                vec![r#"{"a":1,"b":2}"#],
                vec!["i64", "i64"],
            ),
            (
                field!("trail.csv"),
                vec![
                    r#"{"T":"Chequing","ACC":"07451-1007186","USD":-4.0}"#,
                    r#"{"T":"Saving","ACC":"1","USD":210424.25}"#,
                ],
                vec!["utf8", "utf8", "f64"],
            ),
            (field!("u16.csv"), vec![r#"{"a":"ä","b":2}"#], vec!["utf8", "i64"]),
            (
                field!("spq.csv"),
                vec![
                    r#"{"Column1":1,"column2":"quote"}"#,
                    r#"{"Column1":5,"column2":"Comma, comma"}"#,
                ],
                vec!["i64", "utf8"],
            ),
        ] {
            let made = read(bytes, "csv");
            assert_eq!(rows(&made), expected);
            assert_eq!(types(&made), types_of);
        }
        let ragged = read(field!("ragged.csv"), "csv");
        assert_eq!((ragged.table.num_rows(), ragged.table.columns().len()), (4, 8));
        assert!(
            ragged
                .notes
                .iter()
                .any(|note| note.contains("row 3 (line 4) with 8"))
        );
    }

    #[test]
    fn text_of_spreadsheets_in_two_bytes_is_told_by_its_mark_whatever_its_ending() {
        let wide = |text: &str| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        };
        assert_eq!(
            rows(&read(&wide("größe\tn\r\n\"5\t1\r\n"), "txt")),
            [r#"{"größe":"\"5","n":1}"#]
        );
        assert_eq!(rows(&read(&wide("[{\"ä\": 1}]"), "")), [r#"{"ä":1}"#]);
        let refused = rows_table(b"n\nM\xfcller\n", RowsFormat::Csv, &[], &Limits::DEFAULT).unwrap_err();
        assert!(
            refused.message.contains("line 2") && refused.message.contains("latin-1"),
            "{refused}"
        );
    }

    #[test]
    fn whole_seconds_bring_no_finding_of_our_own_making() {
        let made = read(b"at\n2026-02-22T10:00:00Z\n", "csv");
        assert_eq!(types(&made), ["timestamp[ms, UTC]"]);
        let mut findings = Vec::new();
        let stream = made.table.to_stream().unwrap().into();
        Table::open(&stream, &Limits::DEFAULT, &mut findings).unwrap();
        assert!(findings.is_empty(), "{findings:?}");
    }
}
