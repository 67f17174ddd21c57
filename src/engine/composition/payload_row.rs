//! One payload of a message being written: its name, its kind and where its content comes from, with how a draft spells
//! that. Data only; it reads no file.

use super::named;
use natsbridge_wire::{Blob, ColumnType, Kind, TextEncoding, decode_base64, encode_base64};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One payload being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Spelled", into = "Spelled")]
pub struct PayloadRow {
    /// Its name (`dataname`).
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Where its content comes from.
    pub source: Source,
    /// Types that were chosen for columns, by column name, where rows are turned into a table.
    pub types: Vec<(String, ColumnType)>,
    /// The encoding of rows that are turned into a table, where it is not found out.
    pub encoding: Option<TextEncoding>,
}

/// Where a payload's content comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Typed or pasted text.
    Text(String),
    /// A file, read when it is sent.
    File(PathBuf),
    /// Bytes at hand, such as a payload of a captured message, and where they are from.
    Bytes {
        /// The bytes.
        body: Blob,
        /// Where they are from, for people.
        origin: String,
    },
    /// Nothing yet, because the bytes are elsewhere: the payload of a captured message whose link was not fetched.
    Missing {
        /// Why, as a sentence for people.
        why: String,
    },
}

impl PayloadRow {
    /// A payload of typed text.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: Kind::Text,
            source: Source::Text(text.into()),
            types: vec![],
            encoding: None,
        }
    }
}

/// A payload as a draft spells it; exactly one of `text`, `file`, `base64` and `missing` says where its content is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelled {
    name: String,
    #[serde(with = "named")]
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encoding: Option<Encoding>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    columns: Vec<Column>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Encoding(#[serde(with = "named")] TextEncoding);

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    #[serde(rename = "type", with = "named")]
    column_type: ColumnType,
}

/// What is wrong with a payload of a draft; the reader adds the place.
#[derive(Debug, thiserror::Error)]
enum PayloadMistake {
    #[error("payload {0:?} is not valid base64 from character {1} on")]
    Base64(String, usize),
    #[error("payload {0:?} must have exactly one of text, file and base64 as its content")]
    Content(String),
}

impl TryFrom<Spelled> for PayloadRow {
    type Error = PayloadMistake;

    fn try_from(spelled: Spelled) -> Result<Self, PayloadMistake> {
        let Spelled {
            name,
            kind,
            text,
            file,
            base64,
            origin,
            missing,
            encoding,
            columns,
        } = spelled;
        let source = match (text, file, base64, missing) {
            (Some(text), None, None, None) => Source::Text(text),
            (None, Some(file), None, None) => Source::File(file.into()),
            (None, None, Some(base64), None) => {
                let (body, _) =
                    decode_base64(&base64).map_err(|at| PayloadMistake::Base64(name.clone(), at))?;
                Source::Bytes {
                    body: body.into(),
                    origin: origin.unwrap_or_default(),
                }
            }
            (None, None, None, Some(why)) => Source::Missing { why },
            _ => return Err(PayloadMistake::Content(name)),
        };
        let types = columns.into_iter();
        Ok(Self {
            name,
            kind,
            source,
            types: types.map(|column| (column.name, column.column_type)).collect(),
            encoding: encoding.map(|Encoding(encoding)| encoding),
        })
    }
}

impl From<PayloadRow> for Spelled {
    fn from(row: PayloadRow) -> Self {
        let columns = row.types.into_iter();
        let columns = columns.map(|(name, column_type)| Column { name, column_type });
        let mut spelled = Self {
            name: row.name,
            kind: row.kind,
            text: None,
            file: None,
            base64: None,
            origin: None,
            missing: None,
            encoding: row.encoding.map(Encoding),
            columns: columns.collect(),
        };
        match row.source {
            Source::Text(text) => spelled.text = Some(text),
            // Writers of drafts make sure that the path is valid text and the bytes are in memory.
            Source::File(path) => spelled.file = Some(path.to_string_lossy().into_owned()),
            Source::Bytes { body, origin } => {
                spelled.base64 = Some(encode_base64(body.memory().map_or(&[], |bytes| bytes)));
                spelled.origin = Some(origin).filter(|origin| !origin.is_empty());
            }
            Source::Missing { why } => spelled.missing = Some(why),
        }
        spelled
    }
}
