//! Exports rows and columns of a table to other formats: what is shown, in the order shown, piece by piece.

use super::ipc::to_stream::{Plainly, made_plain, plain_schema};
use super::parquet;
use super::source::TableSource;
use super::table_error::TableError;
use crate::bounds::Steps;
use crate::json::JsonNode;
use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use arrow::ipc::writer::FileWriter;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

/// The types of an exported Arrow file: zones stay as they are named.
const PLAINLY: Plainly = Plainly {
    unpack: true,
    zones: false,
};
/// Rows written between two steps.
const STEP_ROWS: usize = 8192;

/// A format that rows can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values, RFC 4180, with a line of names.
    Csv,
    /// The same with tabs, as spreadsheets take it from the clipboard.
    Tsv,
    /// One JSON object a line.
    JsonLines,
    /// A JSON array of objects.
    Json,
    /// A table of Markdown.
    Markdown,
    /// An Arrow IPC file.
    Arrow,
    /// A Parquet file.
    Parquet,
}

impl ExportFormat {
    /// All of them with the endings of their files, in the order in which they are listed to people.
    pub const ALL: &[(Self, &'static [&'static str])] = &[
        (Self::Csv, &["csv"]),
        (Self::Tsv, &["tsv"]),
        (Self::JsonLines, &["jsonl", "ndjson"]),
        (Self::Json, &["json"]),
        (Self::Markdown, &["md"]),
        (Self::Arrow, &["arrow", "feather"]),
        (Self::Parquet, &["parquet"]),
    ];

    /// The format that the ending of a file's name asks for.
    pub fn from_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        let known = |endings: &[&str]| endings.iter().any(|known| known.eq_ignore_ascii_case(ending));
        Self::ALL
            .iter()
            .find(|(_, endings)| known(endings))
            .map(|(format, _)| *format)
    }
}

/// Why rows could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The destination refuses more.
    #[error("{0}")]
    Write(#[from] io::Error),
    /// They cannot be read, or cannot be expressed in that format.
    #[error("{0}")]
    Table(#[from] TableError),
    /// It was cancelled.
    #[error("the export was cancelled")]
    GivenUp,
}

/// Rows and columns of a table that are written.
pub struct Export<'a> {
    /// The table.
    pub table: &'a dyn TableSource,
    /// The rows, in their order.
    pub rows: &'a mut (dyn Iterator<Item = usize> + 'a),
    /// How many rows.
    pub count: usize,
    /// The columns, in their order.
    pub columns: &'a [usize],
}

impl Export<'_> {
    /// Writes them; gives the columns, with their types, whose values were written as text because the format has no type
    /// for them.
    ///
    /// # Errors
    /// When `out` takes no more, a value cannot be read, or `steps` wants no more.
    pub fn write(
        self,
        format: ExportFormat,
        out: &mut (dyn Write + Send),
        steps: &dyn Steps,
    ) -> Result<Vec<String>, ExportError> {
        match format {
            ExportFormat::Csv => self.separated(',', out, steps),
            ExportFormat::Tsv => self.separated('\t', out, steps),
            ExportFormat::JsonLines => self.lines(("", "\n", "\n"), out, steps),
            ExportFormat::Json => self.lines(("[\n", ",\n", "\n]\n"), out, steps),
            ExportFormat::Markdown => self.markdown(out, steps),
            ExportFormat::Arrow => return self.arrow(out, steps),
            ExportFormat::Parquet => return self.parquet(out, steps),
        }?;
        Ok(vec![])
    }

    fn each(
        &mut self,
        steps: &dyn Steps,
        mut row: impl FnMut(usize, usize) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let total = self.count as u64;
        for (place, at) in (&mut *self.rows).enumerate() {
            if place % STEP_ROWS == 0 && !steps.step(place as u64, total) {
                return Err(ExportError::GivenUp);
            }
            row(place, at)?;
        }
        Ok(())
    }

    fn separated(
        mut self,
        separator: char,
        out: &mut dyn Write,
        steps: &dyn Steps,
    ) -> Result<(), ExportError> {
        let (table, columns) = (self.table, self.columns);
        let mut line = String::new();
        for (i, column) in columns.iter().enumerate() {
            add_field(&mut line, i, separator, &table.columns()[*column].name);
        }
        self.each(steps, |_, row| {
            line.push('\n');
            out.write_all(line.as_bytes())?;
            line.clear();
            for (i, column) in columns.iter().enumerate() {
                let text = table.whole_text(row, *column).unwrap_or_default();
                add_field(&mut line, i, separator, &text);
            }
            Ok(())
        })?;
        line.push('\n');
        Ok(out.write_all(line.as_bytes())?)
    }

    fn lines(
        mut self,
        (before, between, after): (&str, &str, &str),
        out: &mut dyn Write,
        steps: &dyn Steps,
    ) -> Result<(), ExportError> {
        let (table, columns) = (self.table, self.columns);
        let whole = columns.len() == table.columns().len();
        out.write_all(before.as_bytes())?;
        let mut any = false;
        self.each(steps, |place, row| {
            if place > 0 {
                out.write_all(between.as_bytes())?;
            }
            any = true;
            let mut object = table.row_text(row);
            if !whole {
                object = some_members(&object, columns);
            }
            Ok(out.write_all(object.as_bytes())?)
        })?;
        if any || !before.is_empty() {
            out.write_all(after.as_bytes())?;
        }
        Ok(())
    }

    fn markdown(mut self, out: &mut dyn Write, steps: &dyn Steps) -> Result<(), ExportError> {
        let (table, columns) = (self.table, self.columns);
        let named = columns.iter().map(|column| &table.columns()[*column]);
        let mut head = String::new();
        let mut rule = String::new();
        for column in named {
            // Writing to a String cannot fail.
            let _ = write!(head, "| {} ", markdown_cell(&column.name));
            rule.push_str(if column.numeric { "|---:" } else { "|---" });
        }
        out.write_all(format!("{head}|\n{rule}|\n").as_bytes())?;
        self.each(steps, |_, row| {
            let mut line = String::new();
            for column in columns {
                let text = table.whole_text(row, *column).unwrap_or_default();
                let _ = write!(line, "| {} ", markdown_cell(&text));
            }
            Ok(out.write_all((line + "|\n").as_bytes())?)
        })
    }

    fn parquet(self, out: &mut (dyn Write + Send), steps: &dyn Steps) -> Result<Vec<String>, ExportError> {
        let mut out = Some(out);
        let mut writer = None;
        let texts = self.batches(parquet::stores, steps, |piece| {
            if let Some(out) = out.take() {
                writer = Some(parquet::Writer::begin(out, piece.schema())?);
            }
            Ok(writer.as_mut().map_or(Ok(()), |writer| writer.write(&piece))?)
        })?;
        writer.map_or(Ok(()), parquet::Writer::close)?;
        Ok(texts)
    }

    fn arrow(self, out: &mut (dyn Write + Send), steps: &dyn Steps) -> Result<Vec<String>, ExportError> {
        let mut out = Some(out);
        let mut writer: Option<FileWriter<&mut (dyn Write + Send)>> = None;
        // A file has one dictionary for a column, but every piece may bring another one.
        let unpack = self.count > self.table.rows_at_once();
        let texts = self.batches(
            |_| true,
            steps,
            |piece| {
                let plain = if unpack {
                    plain_schema(&piece.schema(), PLAINLY)
                } else {
                    piece.schema()
                };
                let piece = if plain == piece.schema() {
                    piece
                } else {
                    made_plain(&piece, &plain).map_err(TableError::from)?
                };
                if let Some(out) = out.take() {
                    writer = Some(FileWriter::try_new(out, &plain).map_err(TableError::from)?);
                }
                let written = writer.as_mut().map_or(Ok(()), |writer| writer.write(&piece));
                Ok(written.map_err(TableError::from)?)
            },
        )?;
        writer
            .map_or(Ok(()), |mut writer| writer.finish())
            .map_err(TableError::from)?;
        Ok(texts)
    }

    /// Hands over the rows as record batches, some thousand at a time. Columns that cannot be copied, or whose type the format
    /// does not store, come as text; they are named.
    fn batches(
        mut self,
        stores: impl Fn(&Field) -> bool,
        steps: &dyn Steps,
        mut take: impl FnMut(RecordBatch) -> Result<(), ExportError>,
    ) -> Result<Vec<String>, ExportError> {
        let (table, columns) = (self.table, self.columns);
        let most = table.rows_at_once();
        let mut rows = Vec::new();
        let mut texts: Option<Vec<bool>> = None;
        let mut flush = |rows: &mut Vec<usize>| {
            let stored = |column: &usize| is_stored(table, rows, *column, &stores);
            let texts = texts.get_or_insert_with(|| columns.iter().map(|column| !stored(column)).collect());
            let piece = piece(table, rows, columns, texts)?;
            rows.clear();
            take(piece)
        };
        let mut any = false;
        self.each(steps, |_, row| {
            rows.push(row);
            if rows.len() < most {
                return Ok(());
            }
            any = true;
            flush(&mut rows)
        })?;
        if !rows.is_empty() || !any {
            flush(&mut rows)?;
        }
        let texts = texts
            .unwrap_or_default()
            .into_iter()
            .zip(columns)
            .filter(|(text, _)| *text);
        let named = texts.map(|(_, column)| {
            let column = &table.columns()[*column];
            format!("{} ({})", column.name, column.type_name)
        });
        Ok(named.collect())
    }
}

/// Whether a column can be copied in any order, and the format has a type for it.
fn is_stored(
    table: &dyn TableSource,
    rows: &[usize],
    column: usize,
    stores: impl Fn(&Field) -> bool,
) -> bool {
    let some: Vec<usize> = rows.last().into_iter().chain(rows.first()).copied().collect();
    let copied = table.selected(&some, &[column]);
    copied.is_ok_and(|copied| copied.schema().fields().iter().all(|field| stores(field)))
}

/// Rows and columns as one batch, some columns as text.
fn piece(
    table: &dyn TableSource,
    rows: &[usize],
    columns: &[usize],
    texts: &[bool],
) -> Result<RecordBatch, TableError> {
    let plain = columns.iter().zip(texts).filter(|(_, text)| !**text);
    let plain: Vec<usize> = plain.map(|(column, _)| *column).collect();
    let copied = table.selected(rows, &plain)?;
    let schema = copied.schema().clone();
    let batch = copied.batches().next().transpose()?;
    if plain.len() == columns.len() {
        return Ok(batch.unwrap_or_else(|| RecordBatch::new_empty(schema)));
    }
    let arrays = batch.iter().flat_map(|batch| batch.columns().to_vec());
    let mut copied = schema.fields().iter().cloned().zip(arrays);
    let (mut fields, mut arrays): (Vec<FieldRef>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for (column, text) in columns.iter().zip(texts) {
        if *text {
            let values = rows.iter().map(|row| table.whole_text(*row, *column));
            arrays.push(Arc::new(values.collect::<StringArray>()));
            fields.push(Arc::new(Field::new(
                &*table.columns()[*column].name,
                DataType::Utf8,
                true,
            )));
        } else if let Some((field, array)) = copied.next() {
            fields.push(field);
            arrays.push(array);
        }
    }
    let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(schema, arrays, &options)?)
}

/// The members of a JSON object that stand at these places.
fn some_members(object: &str, places: &[usize]) -> String {
    let members = JsonNode::parse(object).into_iter().flat_map(JsonNode::members);
    let kept = members.enumerate().filter(|(place, _)| places.contains(place));
    let kept = kept.map(|(_, (name, value))| format!("{}:{}", name.raw(), value.raw()));
    format!("{{{}}}", kept.collect::<Vec<_>>().join(","))
}

fn add_field(line: &mut String, place: usize, separator: char, text: &str) {
    if place > 0 {
        line.push(separator);
    }
    if text.contains([separator, '"', '\n', '\r']) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

fn markdown_cell(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::{Limits, Unwatched};
    use crate::table::arrow_table::Table;
    use crate::table::cells::type_name;
    use crate::table::import::{RowsFormat, rows_table};
    use arrow::array::{DictionaryArray, Int32Array, new_null_array};
    use arrow::datatypes::{Int32Type, IntervalUnit, TimeUnit, UnionFields, UnionMode};

    fn write(table: &Table, format: ExportFormat) -> Result<(Vec<u8>, Vec<String>), ExportError> {
        let mut out = Vec::new();
        let columns: Vec<usize> = (0..table.columns().len()).collect();
        let texts = Export {
            table,
            rows: &mut (0..table.num_rows()).rev(),
            count: table.num_rows(),
            columns: &columns,
        }
        .write(format, &mut out, &Unwatched)?;
        Ok((out, texts))
    }

    fn parquet(bytes: &[u8]) -> Table {
        rows_table(bytes, RowsFormat::Parquet, &[], &Limits::DEFAULT)
            .unwrap()
            .table
    }

    #[cfg(feature = "parquet")]
    #[test]
    fn what_a_format_has_no_type_for_is_written_as_text_and_said() {
        let bytes = include_bytes!("../../../tests/fixtures/field/x_union.arrow").as_slice();
        let table = Table::open(&bytes.into(), &Limits::DEFAULT, &mut Vec::new()).unwrap();
        let (file, texts) = write(&table, ExportFormat::Parquet).unwrap();
        let read = parquet(&file);
        assert_eq!(read.num_rows(), table.num_rows());
        assert_eq!(texts.len(), 1, "{texts:?}");
        for row in 0..table.num_rows() {
            assert_eq!(
                read.whole_text(row, 0),
                table.whole_text(table.num_rows() - 1 - row, 0)
            );
        }
        let (arrow, texts) = write(&table, ExportFormat::Arrow).unwrap();
        assert!(texts.is_empty(), "{texts:?}");
        let again = Table::open(&arrow.into(), &Limits::DEFAULT, &mut Vec::new()).unwrap();
        assert_eq!(again.columns()[0].type_name, table.columns()[0].type_name);
    }

    #[cfg(feature = "parquet")]
    #[test]
    fn every_type_is_written_as_itself_or_as_text() {
        let item = |data_type: DataType| Arc::new(Field::new("item", data_type, true));
        let union = || {
            let members = [
                Field::new("a", DataType::Int8, true),
                Field::new("b", DataType::Utf8, true),
            ];
            DataType::Union(UnionFields::try_new([0, 1], members).unwrap(), UnionMode::Sparse)
        };
        let types = [
            union(),
            DataType::List(item(union())),
            DataType::Struct(vec![Field::new("u", union(), true)].into()),
            DataType::FixedSizeBinary(0),
            DataType::List(item(DataType::FixedSizeBinary(0))),
            DataType::FixedSizeList(item(DataType::Int8), 0),
            DataType::Struct(Vec::<Field>::new().into()),
            DataType::Duration(TimeUnit::Millisecond),
            DataType::Interval(IntervalUnit::MonthDayNano),
            DataType::Interval(IntervalUnit::YearMonth),
            DataType::ListView(item(DataType::Int8)),
            DataType::Utf8View,
            DataType::Decimal256(70, 3),
            DataType::Null,
            DataType::Time32(TimeUnit::Second),
            DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
        ];
        for data_type in types {
            let field = Field::new("c", data_type.clone(), true);
            let name = type_name(&field, 100);
            let schema = Arc::new(Schema::new(vec![field]));
            let arrays = vec![new_null_array(&data_type, 3)];
            let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
            let table = Table::from_batches(schema, vec![batch]);
            let (file, texts) =
                write(&table, ExportFormat::Parquet).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(parquet(&file).num_rows(), 3, "{name}");
            assert!(
                texts.iter().all(|text| *text == format!("c ({name})")),
                "{texts:?}"
            );
            let (file, _) =
                write(&table, ExportFormat::Arrow).unwrap_or_else(|error| panic!("{name}: {error}"));
            let again = Table::open(&file.into(), &Limits::DEFAULT, &mut Vec::new()).unwrap();
            assert_eq!(again.num_rows(), 3, "{name}");
        }
    }

    #[test]
    fn an_arrow_file_of_many_rows_takes_dictionaries_that_change() {
        let batch = |words: [&str; 2]| {
            let keys = Int32Array::from_iter_values((0..6000).map(|row| row % 2));
            let words = Arc::new(StringArray::from(words.to_vec()));
            let column: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::new(keys, words));
            RecordBatch::try_from_iter([("word", column)]).unwrap()
        };
        let batches = vec![batch(["a", "b"]), batch(["c", "d"])];
        let table = Table::from_batches(batches[0].schema(), batches);
        let (file, _) = write(&table, ExportFormat::Arrow).unwrap();
        let again = Table::open(&file.into(), &Limits::DEFAULT, &mut Vec::new()).unwrap();
        assert_eq!(again.num_rows(), 12_000);
        assert_eq!(again.row_json(0)["word"], "d");
        assert_eq!(again.row_json(11_999)["word"], "a");
    }
}
