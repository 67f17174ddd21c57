//! A payload of kind table: Arrow is sent as it is, rows become an Arrow stream. The format is detected by first
//! bytes and file name.

use super::error::ContentError;
use super::load_cache::Content;
use super::payload_file::is_arrow;
use super::payload_row::{PayloadRow, Source};
use bytes::Bytes;
use natsbridge_wire::{Limits, RowsFormat, Table, rows_table, text_of};
use std::path::Path;

/// Extensions of Arrow's own files.
const ARROW: &[&str] = &["arrow", "arrows", "feather", "ipc"];

/// The stream that the content becomes, and what was decided of its columns.
pub(super) fn arrow_stream(
    row: &PayloadRow,
    bytes: &Bytes,
    limits: &Limits,
) -> Result<Content, ContentError> {
    if bytes.is_empty() {
        return Err(ContentError::NoTable);
    }
    let extension = match &row.source {
        Source::File(path) => extension(path),
        _ => String::new(),
    };
    if is_arrow(bytes) || ARROW.contains(&extension.as_str()) {
        Table::open(bytes, limits, &mut Vec::new())?;
        return Ok(Content {
            body: bytes.clone().into(),
            columns: vec![],
            notes: vec![],
        });
    }
    let format = RowsFormat::of(bytes, &extension);
    let text = match format {
        RowsFormat::Parquet => None,
        _ => Some(text_of(bytes, row.encoding)?),
    };
    let rows = text.as_ref().map_or(&**bytes, |text| text.as_bytes());
    let made = rows_table(rows, format, &row.types, limits)?;
    let stream = made.table.to_stream()?;
    Ok(Content {
        body: stream.into(),
        columns: made.columns,
        notes: made.notes,
    })
}

/// A file's extension in lower case, `""` without one.
pub(super) fn extension(path: &Path) -> String {
    let extension = path.extension().unwrap_or_default();
    extension.to_string_lossy().to_lowercase()
}

/// Whether a file of that extension holds a table.
pub(super) fn is_table_extension(extension: &str) -> bool {
    ARROW.contains(&extension)
        || matches!(RowsFormat::of_extension(extension), Some(format) if format != RowsFormat::Json)
        || matches!(extension, "jsonl" | "ndjson")
}
