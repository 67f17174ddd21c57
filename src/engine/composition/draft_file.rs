//! Draft files: read and written by extension, with payload files beside them by relative path. The format itself is
//! in `draft_text`.

use super::composition::Composition;
use super::draft_format as draft_text;
use super::draft_format::Language;
use super::payload_file::is_arrow;
use super::payload_row::{PayloadRow, Source};
use super::table_source::extension;
use crate::files::{read_text, safe_file_name, save_payload};
use crate::wording::Cause;
use natsbridge_wire::{Blob, Kind, Limits, sniff};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// Why a draft cannot be read or written; each is a sentence.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the error messages describe the variants")]
pub enum DraftError {
    #[error("a draft cannot be saved as {path}: the name must end in .toml or .json")]
    Extension { path: String },
    #[error("the draft {path} cannot be read: {error}")]
    Unreadable {
        path: String,
        #[source]
        error: io::Error,
    },
    #[error("the draft {path} has {size} bytes, the limit is {most}: keep large payloads in separate files")]
    TooLarge { path: String, size: u64, most: u64 },
    /// A mistake in its text; line and column count from 1.
    #[error("error in {path}, line {line}, column {column}: {why}")]
    Mistake {
        path: String,
        line: usize,
        column: usize,
        why: String,
    },
    #[error("the file {path} already exists and is not a draft; choose another name")]
    NotADraft { path: String },
    #[error(
        "payload '{name}' cannot be saved in a draft: its file name, {path}, is not valid UTF-8; rename \
         the file"
    )]
    PathNotText { name: String, path: String },
    #[error("payload '{name}' cannot be saved beside the draft: {error}")]
    Payload {
        name: String,
        #[source]
        error: io::Error,
    },
    #[error("the draft {path} cannot be written: {why}")]
    Unwritable {
        path: String,
        #[source]
        why: Cause,
    },
}

/// Reads a draft, TOML or JSON by its extension. Its relative paths start at the draft's directory; payload files are
/// not read. Blocks.
pub fn read_draft(path: &Path) -> Result<Composition, DraftError> {
    let language = language(path)?;
    let text = text(path)?;
    let mut composition = draft_text::parse(&text, language).map_err(|mistake| DraftError::Mistake {
        path: shown(path),
        line: mistake.line,
        column: mistake.column,
        why: mistake.why,
    })?;
    for row in &mut composition.payloads {
        if let Source::File(file) = &mut row.source
            && !file.as_os_str().is_empty()
        {
            *file = folder(path).join(&*file);
        }
    }
    Ok(composition)
}

/// Writes a draft, TOML or JSON by its extension, replacing an existing draft; any other existing file is not
/// overwritten. Bytes in memory up to `Limits::draft_inline` are stored in it as base64, larger ones in new files
/// beside it. Blocks. Returns the composition as [`read_draft`] would read it.
pub fn write_draft(composition: &Composition, path: &Path) -> Result<Composition, DraftError> {
    let language = language(path)?;
    match std::fs::symlink_metadata(path) {
        Ok(_) if read_draft(path).is_err() => return Err(DraftError::NotADraft { path: shown(path) }),
        _ => {}
    }
    let unwritable = |why| DraftError::Unwritable {
        path: shown(path),
        why,
    };
    let mut written = composition.clone();
    for (index, row) in written.payloads.iter_mut().enumerate() {
        row.source = kept(row, index, path)?;
    }
    let text = draft_text::write(&written, language).map_err(&unwritable)?;
    replace(path, &text).map_err(|error| unwritable(Cause::of(error)))?;
    read_draft(path)
}

fn language(path: &Path) -> Result<Language, DraftError> {
    match extension(path).as_str() {
        "toml" => Ok(Language::Toml),
        "json" => Ok(Language::Json),
        _ => Err(DraftError::Extension { path: shown(path) }),
    }
}

fn text(path: &Path) -> Result<String, DraftError> {
    let most = Limits::in_force().draft_bytes;
    let unreadable = |error| DraftError::Unreadable {
        path: shown(path),
        error,
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > most {
        let path = shown(path);
        return Err(DraftError::TooLarge { path, size, most });
    }
    read_text(path, most).map_err(unreadable)
}

/// The folder that a draft's relative paths count from.
fn folder(draft: &Path) -> &Path {
    draft.parent().unwrap_or(Path::new(""))
}

/// A folder as the system takes it.
fn there(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    }
}

/// The source as the draft spells it.
fn kept(row: &PayloadRow, index: usize, draft: &Path) -> Result<Source, DraftError> {
    let failed = |error| DraftError::Payload {
        name: row.name.clone(),
        error,
    };
    let file = match &row.source {
        Source::File(file) if file.as_os_str().is_empty() => return Ok(row.source.clone()),
        Source::File(file) => relative(file, folder(draft)).map_err(failed)?,
        Source::Bytes { body, origin } if body.len() <= Limits::in_force().draft_inline => {
            let bytes = body.slice(0..body.len()).map_err(failed)?;
            return Ok(Source::Bytes {
                body: bytes.into(),
                origin: origin.clone(),
            });
        }
        Source::Bytes { body, .. } => {
            let saved = beside(draft, row, index, body).map_err(failed)?;
            saved.file_name().map(PathBuf::from).unwrap_or_default()
        }
        Source::Text(_) | Source::Missing { .. } => return Ok(row.source.clone()),
    };
    if file.to_str().is_none() {
        return Err(DraftError::PathNotText {
            name: row.name.clone(),
            path: shown(&file),
        });
    }
    Ok(Source::File(file))
}

/// Saves bytes beside the draft under a name made of the draft's and the payload's; a file that holds them already is
/// taken as it is.
fn beside(draft: &Path, row: &PayloadRow, index: usize, body: &Blob) -> io::Result<PathBuf> {
    let stem = draft.file_stem().unwrap_or_default().to_string_lossy();
    let head = body.slice(0..4096)?;
    let wanted = match Path::new(&row.name).extension() {
        Some(_) => format!("{stem}-{}", row.name),
        None => format!("{stem}-{}.{}", row.name, usual_extension(row.kind, &head)),
    };
    let number = (index + 1).to_string();
    let name = safe_file_name(&wanted, &number);
    let known = folder(draft).join(&name);
    if holds(&known, body) {
        return Ok(known);
    }
    save_payload(there(folder(draft)), &name, &number, body)
}

fn holds(path: &Path, body: &Blob) -> bool {
    let same_size = std::fs::metadata(path).is_ok_and(|facts| facts.is_file() && facts.len() == body.len());
    let same = || Some(std::fs::read(path).ok()? == *body.slice(0..body.len()).ok()?);
    same_size && same().unwrap_or_default()
}

fn usual_extension(kind: Kind, head: &[u8]) -> String {
    if is_arrow(head) {
        return "arrow".into();
    }
    let word = match kind {
        Kind::Text => "txt",
        Kind::Dictionary | Kind::JsonTable => "json",
        _ => sniff(head).map_or("bin", |sniffed| sniffed.extension),
    };
    word.to_owned()
}

/// A path as seen from a folder; absolute where they have nothing in common.
fn relative(file: &Path, folder: &Path) -> io::Result<PathBuf> {
    let (file, folder) = (std::path::absolute(file)?, std::path::absolute(there(folder))?);
    let (parts, base): (Vec<_>, Vec<_>) = (file.components().collect(), folder.components().collect());
    let common = parts.iter().zip(&base).take_while(|(a, b)| a == b).count();
    let rooted = parts
        .iter()
        .take(common)
        .any(|part| matches!(part, Component::Normal(_)));
    if !rooted {
        return Ok(file);
    }
    let up = base[common..].iter().map(|_| Component::ParentDir);
    Ok(up.chain(parts[common..].iter().copied()).collect())
}

/// Writes the whole text under another name first, so that no partial draft ever exists.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(there(folder(path)))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
