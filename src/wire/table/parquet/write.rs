//! Table → Parquet, some thousand rows at a time.

use crate::bounds::Steps;
use crate::table::export::{Export, ExportError};
use crate::table::table_error::TableError;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use std::io::Write;

/// Writes rows and columns of a table as a Parquet file.
pub fn write(export: Export<'_>, out: &mut (dyn Write + Send), steps: &dyn Steps) -> Result<(), ExportError> {
    let failed = |error: ParquetError| {
        ExportError::Table(TableError::invalid(format!("Parquet cannot store it: {error}")))
    };
    let mut out = Some(out);
    let mut writer: Option<ArrowWriter<&mut (dyn Write + Send)>> = None;
    export.batches(steps, |piece| {
        if let Some(out) = out.take() {
            writer = Some(ArrowWriter::try_new(out, piece.schema().clone(), None).map_err(failed)?);
        }
        for batch in piece.batches() {
            if let Some(writer) = &mut writer {
                writer.write(&batch?).map_err(failed)?;
            }
        }
        Ok(())
    })?;
    writer.map_or(Ok(()), |writer| writer.close().map(|_| ()).map_err(failed))
}
