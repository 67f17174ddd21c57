//! Suggests a kind and name for a source: from its file name, magic bytes and first bytes. Reads only the beginning,
//! except for JSON, which is scanned.

use super::kind_check as content;
use super::payload_row::Source;
use super::table_source::{extension, is_table_extension};
use crate::files::open_file;
use natsbridge_wire::{Blob, Kind, Limits, sniff};
use std::io::Read;
use std::path::Path;

/// Bytes of a file that are looked at.
const HEAD: u64 = 1 << 20;

/// What a source is offered as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The kind that suits it.
    pub kind: Kind,
    /// A name for the payload: a file's name without its extension, else empty.
    pub name: String,
}

/// Suggests kind and name for a payload. Blocks while it reads the beginning of a file; one that cannot be read is
/// suggested by its name alone.
///
/// ```
/// use natsbridge_engine::{Source, suggest};
/// use natsbridge_wire::Kind;
/// assert_eq!(suggest(&Source::Text("[{\"id\": 1}]".into())).kind, Kind::JsonTable);
/// assert_eq!(suggest(&Source::Text("Hello".into())).kind, Kind::Text);
/// ```
pub fn suggest(source: &Source) -> Suggestion {
    let unnamed = |kind| Suggestion {
        kind,
        name: String::new(),
    };
    match source {
        Source::Text(text) => unnamed(of_bytes(text.as_bytes(), true)),
        Source::Bytes { body, .. } => unnamed(of_blob(body)),
        Source::Missing { .. } => unnamed(Kind::Binary),
        Source::File(path) => Suggestion {
            kind: of_file(path),
            name: path.file_stem().unwrap_or_default().to_string_lossy().into(),
        },
    }
}

fn of_blob(body: &Blob) -> Kind {
    let whole = body.len() <= HEAD;
    body.slice(0..HEAD).map_or(Kind::Binary, |head| {
        of_bytes(&head, whole || body.memory().is_some())
    })
}

fn of_file(path: &Path) -> Kind {
    let head = open_file(path).ok().and_then(|(file, facts)| {
        let mut head = Vec::new();
        file.take(HEAD).read_to_end(&mut head).ok()?;
        Some((head, facts.len()))
    });
    if is_table_extension(&extension(path)) {
        return Kind::Table;
    }
    let Some((head, size)) = head else {
        return Kind::Binary;
    };
    match of_bytes(&head, size <= HEAD) {
        // It is too large to be checked, and goes as it is.
        Kind::Text | Kind::Dictionary | Kind::JsonTable
            if size > Limits::in_force().direct_message as u64 =>
        {
            Kind::Binary
        }
        kind => kind,
    }
}

/// The kind that suits the content: its magic bytes, else JSON, else text, else bytes. Of a head only (not `whole`), JSON
/// and the last character may be cut.
fn of_bytes(bytes: &[u8], whole: bool) -> Kind {
    if let Some(sniffed) = sniff(bytes) {
        return sniffed.kind;
    }
    if bytes.starts_with(b"PAR1") {
        return Kind::Table;
    }
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let is_json = matches!(first, Some(b'{' | b'['));
    if is_json && whole {
        if content::json_rows(bytes).is_ok() {
            return Kind::JsonTable;
        }
        if content::json(bytes).is_ok() {
            return Kind::Dictionary;
        }
    }
    match std::str::from_utf8(bytes) {
        Err(error) if whole || error.error_len().is_some() => Kind::Binary,
        _ if bytes.contains(&0) => Kind::Binary,
        _ if is_json && !whole => match first {
            Some(b'{') => Kind::Dictionary,
            _ => Kind::JsonTable,
        },
        _ => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_picks_the_kind() {
        for (bytes, kind) in [
            (&b" {\"a\":1}"[..], Kind::Dictionary),
            (b"[{\"a\":1}]", Kind::JsonTable),
            (b"[1,2]", Kind::Dictionary),
            (b"{\"a\":1}\n{\"a\":2}", Kind::Text),
            (b"42", Kind::Text),
            ("Grüße".as_bytes(), Kind::Text),
            (&[0xc3, 0x28], Kind::Binary),
            (b"a\0b", Kind::Binary),
            (b"\x89PNG\r\n\x1a\n", Kind::Image),
            (b"ARROW1\0\0", Kind::Table),
            (b"PAR1", Kind::Table),
        ] {
            assert_eq!(of_bytes(bytes, true), kind, "{bytes:?}");
        }
        assert_eq!(
            of_bytes(&"é".as_bytes()[..1], false),
            Kind::Text,
            "a cut character"
        );
        assert_eq!(of_bytes(b"[{\"a\":", false), Kind::JsonTable);
    }

    #[test]
    fn files_are_named_by_their_stem() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes, kind) in [
            ("rows.CSV", &b"a,b\n"[..], Kind::Table),
            ("rows.tsv", b"a\tb\n", Kind::Table),
            ("rows.jsonl", b"{}\n{}\n", Kind::Table),
            ("rows.parquet", b"PAR1", Kind::Table),
            ("rows.json", b"[{}]", Kind::JsonTable),
            ("config.json", b"{}", Kind::Dictionary),
            ("note", b"words", Kind::Text),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let suggestion = suggest(&Source::File(path));
            assert_eq!(suggestion.kind, kind, "{name}");
            assert_eq!(Some(suggestion.name.as_str()), name.split('.').next());
        }
        assert_eq!(
            suggest(&Source::File("/does/not/exist.csv".into())).kind,
            Kind::Table
        );
        assert_eq!(
            suggest(&Source::File("/does/not/exist".into())).kind,
            Kind::Binary
        );
    }
}
