//! From a composition to what is sent: fills variables, reads or opens files, turns rows into tables, checks kinds.
//! Blocks while reading; sends nothing.

use super::composition::Composition;
use super::error::{ComposeError, ContentError, FieldError};
use super::load_cache::{Content, Key, LoadCache};
use super::location::Place;
use super::payload_file::stays;
use super::payload_row::{PayloadRow, Source};
use super::table_source::arrow_stream;
use super::variables::VariableSource;
use super::{kind_check as content, payload_file};
use crate::bridge::{Payload, Payloads};
use crate::subjects::check_subject;
use natsbridge_wire::{Blob, InferredColumn, Kind, Limits};

/// A composition ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// With every variable filled. Its texts are literal: it must not be filled again.
    pub composition: Composition,
    /// Its payloads. What is large stays in its file.
    pub payloads: Payloads,
    /// Per payload, the column types of rows that became a table; otherwise empty.
    pub columns: Vec<Vec<InferredColumn>>,
    /// Per payload, what was done about rows that did not fit, a sentence without its full stop each.
    pub notes: Vec<Vec<String>>,
}

/// Fills the variables, reads the files and checks every payload. The subject is filled, but whoever sends checks it: an
/// answer goes elsewhere. Files of `limits.link_threshold` bytes and more are
/// only opened where their kind allows it.
///
/// ```
/// use natsbridge_engine::{Composition, PayloadRow, VariableSource, load};
/// use natsbridge_wire::Limits;
/// let composition = Composition {
///     subject: "chat".into(),
///     payloads: vec![PayloadRow::text("message", "Number {{count}}")],
///     ..Composition::default()
/// };
/// let mut fill = VariableSource {
///     count: 3,
///     now: jiff::Timestamp::UNIX_EPOCH,
///     new_id: &mut || "id".into(),
///     random: &mut |range| *range.start(),
///     env: &|_| None,
/// };
/// let loaded = load(&composition, &mut fill, &Limits::default())?;
/// assert_eq!(loaded.payloads[0].body, "Number 3".into());
/// # Ok::<(), natsbridge_engine::ComposeError>(())
/// ```
///
/// # Errors
///
/// The first field or payload that cannot be sent, with what to try.
pub fn load(
    composition: &Composition,
    fill: &mut VariableSource<'_>,
    limits: &Limits,
) -> Result<Loaded, ComposeError> {
    load_with(composition, fill, &mut LoadCache::default(), limits)
}

/// As [`load`]; files that did not change since the last load with the same cache are not read again.
pub fn load_with(
    composition: &Composition,
    fill: &mut VariableSource<'_>,
    cache: &mut LoadCache,
    limits: &Limits,
) -> Result<Loaded, ComposeError> {
    let mut filled = fields(composition, fill)?;
    let mut payloads = Vec::with_capacity(composition.payloads.len());
    let mut columns = Vec::with_capacity(composition.payloads.len());
    let mut notes = Vec::with_capacity(composition.payloads.len());
    cache.begin(composition.payloads.len());
    for (index, row) in filled.payloads.iter_mut().enumerate() {
        if row.name.is_empty() {
            return Err(ComposeError::Field {
                place: Place::PayloadName(index),
                why: FieldError::NoName,
            });
        }
        fill_text(row, index, fill)?;
        let content = content(row, index, cache, limits)?;
        payloads.push(Payload::new(row.name.clone(), content.body, row.kind));
        columns.push(content.columns);
        notes.push(content.notes);
    }
    cache.finish();
    Ok(Loaded {
        composition: filled,
        payloads: payloads.into(),
        columns,
        notes,
    })
}

/// The fields of the envelope, filled and checked.
fn fields(composition: &Composition, fill: &mut VariableSource<'_>) -> Result<Composition, ComposeError> {
    let mut filled = composition.clone();
    let refused = |place, why: FieldError| ComposeError::Field { place, why };
    for (place, text) in filled.texts_mut() {
        let new = fill.fill(text, place == Place::Metadata);
        *text = new.map_err(|bad| refused(place, bad.into()))?.into_owned();
    }
    if !filled.reply_to.is_empty() {
        check_subject(&filled.reply_to).map_err(|why| refused(Place::ReplyTo, why.into()))?;
    }
    if !filled.metadata.trim().is_empty() {
        content::check_metadata(&filled.metadata).map_err(|why| refused(Place::Metadata, why.into()))?;
    }
    for (index, (name, value)) in filled.headers.iter_mut().enumerate() {
        let place = Place::Header(index);
        let new = fill
            .fill(value, false)
            .map_err(|bad| refused(place, bad.into()))?;
        *value = new.into_owned();
        content::check_header(name, value).map_err(|why| refused(place, why.into()))?;
    }
    Ok(filled)
}

fn fill_text(row: &mut PayloadRow, index: usize, fill: &mut VariableSource<'_>) -> Result<(), ComposeError> {
    if let Source::Text(text) = &row.source {
        let json = match row.kind {
            Kind::Dictionary | Kind::JsonTable => true,
            Kind::Table => text.trim_start().starts_with(['[', '{']),
            _ => false,
        };
        let new = fill.fill(text, json);
        let new = new.map_err(|bad| refused(row, index, bad.into()))?.into_owned();
        row.source = Source::Text(new);
    }
    Ok(())
}

fn content(
    row: &PayloadRow,
    index: usize,
    cache: &mut LoadCache,
    limits: &Limits,
) -> Result<Content, ComposeError> {
    let key = Key::of(row);
    if let Some(known) = key.as_ref().and_then(|key| cache.get(key)) {
        return Ok(known);
    }
    let body = match &row.source {
        Source::Text(text) => text.clone().into_bytes().into(),
        Source::Bytes { body, .. } => body.clone(),
        Source::File(path) => payload_file::open(path, limits).map_err(|error| ComposeError::File {
            index,
            name: row.name.clone(),
            path: path.display().to_string(),
            error,
        })?,
        Source::Missing { why } => return Err(refused(row, index, ContentError::Missing(why.clone()))),
    };
    let made = checked(row, &body, limits).map_err(|why| refused(row, index, why))?;
    if let Some(key) = key {
        cache.put(key, made.clone());
    }
    Ok(made)
}

/// The body as it is sent, once it is what its kind promises.
fn checked(row: &PayloadRow, body: &Blob, limits: &Limits) -> Result<Content, ContentError> {
    let as_it_is = |body: Blob| Content {
        body,
        columns: vec![],
        notes: vec![],
    };
    if stays(body, row.kind)? {
        return Ok(as_it_is(body.clone()));
    }
    let most = limits.direct_message as u64;
    let bytes = body.load(most)?.ok_or_else(|| ContentError::TooLarge {
        size: body.len(),
        kind: row.kind.name(),
        most,
    })?;
    match row.kind {
        Kind::Text => content::utf8(&bytes),
        Kind::Dictionary => content::dictionary(&bytes),
        Kind::JsonTable => content::json_rows(&bytes),
        Kind::Table => return arrow_stream(row, &bytes, limits),
        Kind::Image | Kind::Audio | Kind::Video | Kind::Binary => Ok(()),
    }?;
    Ok(as_it_is(bytes.into()))
}

/// Why the content of that payload cannot be sent.
fn refused(row: &PayloadRow, index: usize, why: ContentError) -> ComposeError {
    ComposeError::Payload {
        index,
        name: row.name.clone(),
        why,
        origin: match &row.source {
            Source::File(path) => format!(" (in {})", path.display()),
            Source::Bytes { origin, .. } => format!(" (from {origin})"),
            Source::Text(_) | Source::Missing { .. } => String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::filled;

    #[test]
    fn what_is_too_large_to_be_checked_says_so() {
        let limits = Limits {
            direct_message: 10,
            ..Limits::default()
        };
        let of = |kind| Composition {
            payloads: vec![PayloadRow {
                kind,
                ..PayloadRow::text("p", "more than ten")
            }],
            ..Composition::default()
        };
        let error = filled(1, |fill| load(&of(Kind::Text), fill, &limits))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("13 bytes are too many to check as text (at most 10)"),
            "{error}"
        );
        assert!(filled(1, |fill| load(&of(Kind::Binary), fill, &limits)).is_ok());
    }
}
