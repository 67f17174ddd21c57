//! Exports rows and columns of a table to other formats: what is shown, in the order shown, piece by piece.

use super::arrow_table::Table;
use super::parquet;
use super::source::TableSource;
use super::table_error::TableError;
use crate::bounds::Steps;
use arrow::ipc::writer::FileWriter;
use std::fmt::Write as _;
use std::io::{self, Write};

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
    /// Writes them.
    ///
    /// # Errors
    /// When `out` takes no more, a value cannot be read, or `steps` wants no more.
    pub fn write(
        self,
        format: ExportFormat,
        out: &mut (dyn Write + Send),
        steps: &dyn Steps,
    ) -> Result<(), ExportError> {
        match format {
            ExportFormat::Csv => self.separated(',', out, steps),
            ExportFormat::Tsv => self.separated('\t', out, steps),
            ExportFormat::JsonLines => self.lines(("", "\n", "\n"), out, steps),
            ExportFormat::Json => self.lines(("[\n", ",\n", "\n]\n"), out, steps),
            ExportFormat::Markdown => self.markdown(out, steps),
            ExportFormat::Arrow => self.arrow(out, steps),
            ExportFormat::Parquet => self.parquet(out, steps),
        }
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
            let mut json = table.row_json(row);
            if let (false, Some(object)) = (whole, json.as_object_mut()) {
                let mut place = 0;
                object.retain(|_, _| {
                    place += 1;
                    columns.contains(&(place - 1))
                });
            }
            serde_json::to_writer(&mut *out, &json).map_err(io::Error::from)?;
            Ok(())
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

    fn parquet(self, out: &mut (dyn Write + Send), steps: &dyn Steps) -> Result<(), ExportError> {
        let mut out = Some(out);
        let mut writer = None;
        self.batches(steps, |piece| {
            if let Some(out) = out.take() {
                writer = Some(parquet::Writer::begin(out, piece.schema().clone())?);
            }
            for batch in piece.batches() {
                if let Some(writer) = &mut writer {
                    writer.write(&batch?)?;
                }
            }
            Ok(())
        })?;
        writer.map_or(Ok(()), |writer| Ok(writer.close()?))
    }

    /// Hands over the rows as record batches, some thousand at a time.
    fn batches(
        mut self,
        steps: &dyn Steps,
        mut take: impl FnMut(Table) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let (table, columns) = (self.table, self.columns);
        let mut rows = Vec::with_capacity(STEP_ROWS);
        let mut any = false;
        let mut flush = |rows: &mut Vec<usize>, any: &mut bool| {
            *any = true;
            let piece = table.selected(rows, columns)?;
            rows.clear();
            take(piece)
        };
        self.each(steps, |_, row| {
            rows.push(row);
            if rows.len() == STEP_ROWS {
                flush(&mut rows, &mut any)
            } else {
                Ok(())
            }
        })?;
        if !rows.is_empty() || !any {
            flush(&mut rows, &mut any)?;
        }
        Ok(())
    }

    fn arrow(self, out: &mut (dyn Write + Send), steps: &dyn Steps) -> Result<(), ExportError> {
        let mut out = Some(out);
        let mut writer: Option<FileWriter<&mut (dyn Write + Send)>> = None;
        self.batches(steps, |piece| {
            if let Some(out) = out.take() {
                writer = Some(FileWriter::try_new(out, piece.schema()).map_err(TableError::from)?);
            }
            for batch in piece.batches() {
                if let Some(writer) = &mut writer {
                    writer.write(&batch?).map_err(TableError::from)?;
                }
            }
            Ok(())
        })?;
        writer.map_or(Ok(()), |mut writer| {
            Ok(writer.finish().map_err(TableError::from)?)
        })
    }
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
