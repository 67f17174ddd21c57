//! Dictionary fields of a schema that leave out the type of their indices: the format says that these are signed integers
//! of 32 bits then, but the decoder refuses them. It is written out; nothing else of the message is touched.

use std::borrow::Cow;

/// Places of fields in their tables (Message.fbs and Schema.fbs of the Arrow format).
const HEADER: usize = 8;
const FIELDS: usize = 6;
const DICTIONARY: usize = 12;
const CHILDREN: usize = 14;
const ID: usize = 4;
const INDEX_TYPE: usize = 6;
/// Fields that are looked at, at any depth.
const MOST: usize = 100_000;

/// The metadata of a schema message with all index types.
pub(super) fn with_index_types(metadata: &[u8]) -> Cow<'_, [u8]> {
    let (mut places, mut left) = (Vec::new(), MOST);
    let fields = forward(metadata, 0)
        .and_then(|message| child(metadata, message, HEADER))
        .and_then(|schema| child(metadata, schema, FIELDS));
    untyped(metadata, fields, &mut left, &mut places);
    if places.is_empty() {
        return Cow::Borrowed(metadata);
    }
    let mut out = metadata.to_vec();
    for (place, id) in places {
        out.resize(out.len().next_multiple_of(8), 0);
        // A table starts with the distance to the list of where its fields are: here an offset and the id, then the
        // width and the sign.
        let encoding = out.len() + 8;
        words(&mut out, [8, 16, 8, 4]);
        out.extend(8_u32.to_le_bytes());
        out.extend(20_u32.to_le_bytes());
        out.extend(id);
        words(&mut out, [8, 12, 4, 8]);
        out.extend(8_u32.to_le_bytes());
        out.extend(32_u32.to_le_bytes());
        out.extend(1_u64.to_le_bytes());
        out[place..place + 4].copy_from_slice(&((encoding - place) as u32).to_le_bytes());
    }
    Cow::Owned(out)
}

/// Where the dictionaries without index types stand in their fields, with their ids.
fn untyped(bytes: &[u8], fields: Option<usize>, left: &mut usize, places: &mut Vec<(usize, [u8; 8])>) {
    let Some(fields) = fields else { return };
    for n in 0..number(bytes, fields).unwrap_or(0) {
        let Some(field) = forward(bytes, fields + 4 + 4 * n).filter(|_| *left > 0) else {
            return;
        };
        *left -= 1;
        if let Some(place) = slot(bytes, field, DICTIONARY)
            && let Some(encoding) = forward(bytes, place)
            && slot(bytes, encoding, INDEX_TYPE).is_none()
        {
            let id = slot(bytes, encoding, ID).and_then(|at| bytes.get(at..)?.first_chunk());
            places.push((place, id.copied().unwrap_or_default()));
        }
        untyped(bytes, child(bytes, field, CHILDREN), left, places);
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*number)).ok()
}

/// Where the offset at this place leads.
fn forward(bytes: &[u8], at: usize) -> Option<usize> {
    at.checked_add(number(bytes, at)?)
}

/// Where a field of a table stands, if it has it.
fn slot(bytes: &[u8], table: usize, field: usize) -> Option<usize> {
    let list = table.wrapping_sub(number(bytes, table)? as u32 as i32 as isize as usize);
    let word = |at: usize| {
        let word = bytes.get(at..)?.first_chunk()?;
        Some(usize::from(u16::from_le_bytes(*word)))
    };
    let offset = word(list.checked_add(field)?).filter(|&offset| offset > 0)?;
    (field < word(list)?).then_some(table + offset)
}

/// Where a table or a list leads that is a field of a table.
fn child(bytes: &[u8], table: usize, field: usize) -> Option<usize> {
    forward(bytes, slot(bytes, table, field)?)
}

fn words(out: &mut Vec<u8>, words: [u16; 4]) {
    out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Limits;
    use crate::table::{Cell, Table};
    use arrow::array::{Array as _, ArrayRef, DictionaryArray, RecordBatch};
    use arrow::datatypes::{Field, Int32Type, Schema};
    use arrow::ipc::writer::StreamWriter;
    use std::sync::Arc;

    #[test]
    fn a_dictionary_without_an_index_type_has_the_usual_one() {
        let words: DictionaryArray<Int32Type> = ["x", "y", "x"].into_iter().collect();
        // Ordered, so that its encoding shares its layout with no other part of the metadata.
        let field = Field::new("d", words.data_type().clone(), true).with_dict_is_ordered(true);
        let schema = Arc::new(Schema::new(vec![field]));
        let batch = RecordBatch::try_new(schema, vec![Arc::new(words) as ArrayRef]).unwrap();
        let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        let mut bytes = writer.into_inner().unwrap();
        // The metadata of the first message stands behind its mark and its length.
        let metadata = &bytes[8..];
        let message = forward(metadata, 0).unwrap();
        let fields = child(metadata, child(metadata, message, HEADER).unwrap(), FIELDS).unwrap();
        let field = forward(metadata, fields + 4).unwrap();
        let encoding = child(metadata, field, DICTIONARY).unwrap();
        let list = encoding - number(metadata, encoding).unwrap() as u32 as i32 as isize as usize;
        bytes[8 + list + INDEX_TYPE..][..2].copy_from_slice(&[0, 0]);
        let table = Table::open(&bytes.into(), &Limits::DEFAULT, &mut Vec::new()).unwrap();
        assert_eq!(table.columns()[0].type_name, "dict<utf8>");
        assert_eq!(table.cell(2, 0), Cell::Text("x".into()));
    }
}
