//! The spelling of a message's text: which keys it has, and the kind names under each type key.

use crate::dialects::{Field, PayloadField, Spelling};
use crate::json::{Cursor, Fault, Shape};
use crate::read::json_start;
use std::borrow::Cow;

/// What was seen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Spelled {
    /// The fields in camelCase, as bits.
    pub camel: u16,
    /// The fields in snake_case, as bits.
    pub snake: u16,
    /// The word under `type` and the word under `payload_type` of each payload.
    pub kinds: Vec<[Option<String>; 2]>,
}

/// Reads only the keys; stops at the first error.
pub(super) fn spelled(raw: &[u8]) -> Spelled {
    let text = String::from_utf8_lossy(raw);
    let mut spelled = Spelled::default();
    let start = json_start(text.as_bytes());
    if text.as_bytes().get(start) == Some(&b'{') {
        // Errors further on were reported by the reader.
        let _ = envelope(&text, start, &mut spelled);
    }
    spelled
}

fn envelope(text: &str, start: usize, spelled: &mut Spelled) -> Result<(), Fault> {
    let mut cursor = Cursor::new(text, start);
    let mut first = true;
    cursor.peek();
    cursor.enter()?;
    while let Some(key) = cursor.next_key(&mut first)? {
        match Field::from_key(key.text().as_bytes()) {
            Some((Field::Payloads, _)) => payloads(&mut cursor, &mut spelled.kinds)?,
            Some((field, spelling)) => {
                match spelling {
                    Spelling::Snake => spelled.snake |= field.bit(),
                    Spelling::Camel | Spelling::Old => spelled.camel |= field.bit(),
                    Spelling::Shared => {}
                }
                cursor.item()?;
            }
            None => {
                cursor.item()?;
            }
        }
    }
    Ok(())
}

fn payloads(cursor: &mut Cursor<'_>, kinds: &mut Vec<[Option<String>; 2]>) -> Result<(), Fault> {
    kinds.clear();
    if cursor.peek() != b'[' {
        return cursor.item().map(|_| ());
    }
    let mut first = true;
    cursor.enter()?;
    while cursor.next_item(&mut first)? {
        let mut words = [None, None];
        if cursor.peek() == b'{' {
            let mut first = true;
            cursor.enter()?;
            while let Some(key) = cursor.next_key(&mut first)? {
                let item = cursor.item()?;
                let slot = match PayloadField::from_key(key.text().as_bytes()) {
                    Some(PayloadField::Type) => 0,
                    Some(PayloadField::PayloadType) => 1,
                    _ => continue,
                };
                words[slot] = (item.shape == Shape::Text).then(|| Cow::into_owned(item.text()));
            }
        } else {
            cursor.item()?;
        }
        kinds.push(words);
    }
    Ok(())
}
