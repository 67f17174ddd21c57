//! Exporting what is shown to a new file, as long work: rows in their order, visible columns.

use super::model::GridView;
use super::shown::Shown;
use crate::paint::{counted, size};
use crate::preview::contract::{Wish, Work};
use natsbridge_app::{Progress, ViewQuestion};
use natsbridge_engine::save_through;
use natsbridge_wire::{Export, ExportError, ExportFormat, Severity};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(super) const WRITE: ViewQuestion = ViewQuestion {
    id: "write",
    title: "Export rows to",
    advice: "A new file ending in .csv, .tsv, .jsonl, .json, .md, .arrow or .parquet.",
};

pub(super) const SLOT: &str = "write";

pub(super) fn write_to(grid: &GridView, name: &str) -> Result<Vec<Wish>, String> {
    let name = name.trim();
    let format = format_of(name)?;
    if grid.shown.num_rows() > grid.most_rows {
        return Ok(grid.too_many("exported"));
    }
    let (shown, path) = (grid.shown.clone(), PathBuf::from(name));
    let doing = format!("exporting {name}");
    Ok(vec![Wish::Work(Work::new(SLOT, doing, move |progress| {
        write(&shown, &path, format, progress)
    }))])
}

/// Writes the file; gives the notice when it is done.
fn write(shown: &Shown, path: &Path, format: ExportFormat, progress: &Progress) -> (Severity, String) {
    let place = path.display();
    let rows = shown.num_rows();
    let written = save_through(path, |file| {
        let export = Export {
            table: &**shown.table(),
            rows: &mut shown.rows().iter(),
            count: rows,
            columns: shown.origins(),
        };
        export.write(format, file, progress)
    });
    let why = match written {
        Ok(bytes) => {
            let (rows, size) = (counted(rows, "row"), size(bytes));
            return (Severity::Note, format!("Exported {rows} ({size}) to {place}."));
        }
        Err(ExportError::Write(error)) if error.kind() == ErrorKind::AlreadyExists => {
            format!("{place} already exists and was not changed; choose another name.")
        }
        Err(error) => format!("Could not write {place}: {error}."),
    };
    (Severity::Error, why)
}

/// The format of a file by its name.
pub(super) fn format_of(name: &str) -> Result<ExportFormat, String> {
    ExportFormat::from_name(name).ok_or_else(|| {
        let endings = ExportFormat::ALL.iter().flat_map(|(_, endings)| *endings);
        let endings: Vec<String> = endings.map(|ending| format!(".{ending}")).collect();
        format!("the file name must end in {}", endings.join(" "))
    })
}
