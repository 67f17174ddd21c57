//! Exporting what is shown to a new file, as long work: rows in their order, visible columns.

use super::model::GridView;
use super::shown::Shown;
use crate::paint::{counted, size};
use crate::preview::contract::{Wish, Work};
use natsbridge_app::{Progress, ViewQuestion};
use natsbridge_engine::save_through;
use natsbridge_wire::{Export, ExportError, ExportFormat, Severity, names_a_secret};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(super) const WRITE: ViewQuestion = ViewQuestion {
    id: "write",
    title: "Export rows to",
    advice: "A new file ending in .csv, .tsv, .jsonl, .json, .md, .arrow or .parquet. Columns named like secrets stay out \
             unless --raw follows.",
};

pub(super) const SLOT: &str = "write";

/// Columns left out that are named.
const NAMED: usize = 5;

/// Follows the name of a file that is to hold every column.
const RAW: &str = " --raw";

/// The file's name, and whether it is to hold every column.
fn name_and_raw(text: &str) -> (&str, bool) {
    let text = text.trim();
    let name = text.strip_suffix(RAW);
    (name.unwrap_or(text).trim_end(), name.is_some())
}

pub(super) fn write_to(grid: &GridView, text: &str) -> Result<Vec<Wish>, String> {
    let format = format_of(text)?;
    let (name, raw) = name_and_raw(text);
    if grid.shown.num_rows() > grid.most_rows {
        return Ok(grid.too_many("exported"));
    }
    let (shown, path) = (grid.shown.clone(), PathBuf::from(name));
    let doing = format!("exporting {name}");
    Ok(vec![Wish::Work(Work::new(SLOT, doing, move |progress| {
        write(&shown, &path, (format, raw), progress)
    }))])
}

/// Writes the file; gives the notice when it is done.
fn write(
    shown: &Shown,
    path: &Path,
    (format, raw): (ExportFormat, bool),
    progress: &Progress,
) -> (Severity, String) {
    let place = path.display();
    let rows = shown.num_rows();
    let all = shown.table().columns();
    let is_secret = |column: &usize| {
        let column = &all[*column];
        names_a_secret(&column.name) || names_a_secret(&column.type_name)
    };
    let shown_columns = shown.origins().iter().copied();
    let (left_out, columns): (Vec<usize>, Vec<usize>) =
        shown_columns.partition(|column| !raw && is_secret(column));
    let left_out = if left_out.is_empty() {
        String::new()
    } else {
        let names = left_out
            .iter()
            .take(NAMED)
            .map(|column| all[*column].name.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        let more = if left_out.len() > NAMED { " …" } else { "" };
        let raw = RAW.trim();
        format!(" Left out, as they may hold secrets: {names}{more}; {raw} behind the name writes them.")
    };
    let mut texts = Vec::new();
    let written = save_through(path, |file| {
        let export = Export {
            table: &**shown.table(),
            rows: &mut shown.rows().iter(),
            count: rows,
            columns: &columns,
        };
        texts = export.write(format, file, progress)?;
        Ok(())
    });
    let why = match written {
        Ok(bytes) => {
            let (rows, size) = (counted(rows, "row"), size(bytes));
            let done = format!("Exported {rows} ({size}) to {place}.{left_out}");
            if texts.is_empty() {
                return (Severity::Note, done);
            }
            let texts = texts.join(", ");
            let text = format!("{done} Written as text, for want of a type there: {texts}.");
            return (Severity::Warning, text);
        }
        Err(ExportError::Write(error)) if error.kind() == ErrorKind::AlreadyExists => {
            format!("{place} already exists and was not changed; choose another name.")
        }
        Err(error) => format!("Could not write {place}: {error}."),
    };
    (Severity::Error, why)
}

/// The format of a file by its name.
pub(super) fn format_of(text: &str) -> Result<ExportFormat, String> {
    let (name, _) = name_and_raw(text);
    ExportFormat::from_name(name).ok_or_else(|| {
        let endings = ExportFormat::ALL.iter().flat_map(|(_, endings)| *endings);
        let endings: Vec<String> = endings.map(|ending| format!(".{ending}")).collect();
        format!("the file name must end in {}", endings.join(" "))
    })
}
