//! Exporting what is shown to a new file, as long work: rows in their order, visible columns.

use super::model::GridView;
use crate::paint::format;
use crate::preview::contract::{Wish, Work};
use natsbridge_app::{ViewQuestion, size};
use natsbridge_engine::save_through;
use natsbridge_wire::{Export, ExportError, ExportFormat, Severity};
use std::path::PathBuf;

pub(super) const WRITE: ViewQuestion = ViewQuestion {
    id: "write",
    title: "Export rows to",
    advice: "A new file ending in .csv, .tsv, .jsonl, .json, .md, .arrow or .parquet.",
};

pub(super) const SLOT: &str = "write";

/// The notice when it is done.
pub(super) struct Written(pub Severity, pub String);

pub(super) fn write_to(grid: &GridView, name: &str) -> Result<Vec<Wish>, String> {
    let name = name.trim();
    let format = format_of(name)?;
    if grid.shown.num_rows() > grid.most_rows {
        return Ok(vec![grid.too_many("exported")]);
    }
    let (shown, path) = (grid.shown.clone(), PathBuf::from(name));
    Ok(vec![Wish::Work(Work::new(
        SLOT,
        format!("exporting {name}"),
        move |progress| {
            let place = path.display();
            let rows = shown.num_rows();
            let written = save_through(&path, |file| {
                let export = Export {
                    table: &**shown.table(),
                    rows: &mut shown.rows().iter(),
                    count: rows,
                    columns: shown.origins(),
                };
                export.write(format, file, progress)
            });
            match written {
                Ok(bytes) => {
                    let rows = format::counted(rows, "row");
                    Written(
                        Severity::Note,
                        format!("Exported {rows} ({}) to {place}.", size(bytes)),
                    )
                }
                Err(ExportError::Write(error)) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    Written(
                        Severity::Error,
                        format!("{place} already exists and was not changed; choose another name."),
                    )
                }
                Err(error) => Written(Severity::Error, format!("Could not write {place}: {error}.")),
            }
        },
    ))])
}

/// The format of a file by its name.
pub(super) fn format_of(name: &str) -> Result<ExportFormat, String> {
    ExportFormat::from_name(name).ok_or_else(|| {
        let endings = ExportFormat::ALL.iter().flat_map(|(_, endings)| *endings);
        let endings: Vec<String> = endings.map(|ending| format!(".{ending}")).collect();
        format!("the file name must end in {}", endings.join(" "))
    })
}
