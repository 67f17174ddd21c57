//! From bytes to record batches: framing, pre-scan, then the validating decoder with panics caught. Large tables on
//! disk stay there.

use super::batches::Batches;
use super::footer_schema::with_schema;
use super::framing::{head, region};
use super::index_types::with_index_types;
use super::peer_findings::schema_findings;
use super::prescan::{PATH, Place, Scan, Use, lost_batch, prescan};
use super::stored::{self, add_dictionary, read_schema};
use super::undeclared::with_nulls;
use super::window::Dictionaries;
use crate::bounds::{Budget, Charge};
use crate::bytes::Blob;
use crate::findings::{Code, Finding, quoted};
use crate::table::table_error::TableError;
use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::MessageHeader;
use arrow::ipc::reader::{StreamDecoder, read_record_batch};
use bytes::Bytes;
use std::borrow::Cow;
use std::ops::Range;

/// Opens Arrow bytes of either framing. Batches borrow bytes in memory wherever they are uncompressed and aligned; what they
/// take beside that is charged.
pub(crate) fn open(
    blob: &Blob,
    budget: &Budget<'_>,
    findings: &mut Vec<Finding>,
) -> Result<(SchemaRef, Batches, Charge), TableError> {
    let limits = budget.limits();
    if blob.is_empty() {
        let message = "the table has no bytes, not even a schema";
        return Err(TableError::new(Code::EmptyTable, message));
    }
    let mut charge = budget.charge(0)?;
    let loaded = match blob {
        Blob::Stored(stored) if stored.size() <= limits.table_loaded => {
            charge.grow(stored.size())?;
            Blob::Memory(blob.slice(0..stored.size())?)
        }
        blob => blob.clone(),
    };
    if loaded.slice(0..FEATHER_V1.len() as u64)? == *FEATHER_V1 {
        let message = "it is a Feather V1 file, from before Arrow had a file format of its own; readers of Arrow refuse it: \
                       write it again as Feather V2, which is an Arrow file";
        return Err(TableError::invalid(message));
    }
    let place = region(&loaded)?;
    let (loaded, region) = match with_schema(&loaded, &place, limits)? {
        Some(joined) => {
            charge.grow(joined.0.memory().map_or(0, |bytes| bytes.len() as u64))?;
            joined
        }
        None => (loaded, place),
    };
    let mut seen = Vec::new();
    let wanted = match &loaded {
        Blob::Memory(_) => Use::Whole,
        Blob::Stored(_) => Use::Lazy,
    };
    let scan = prescan(&loaded, &region, wanted, limits, &mut seen)?;
    charge.grow(scan.memory.saturating_add(copied(&loaded, &scan)))?;
    let declared = TableError::guarded(|| read_schema(&loaded, &scan.messages[0]))?;
    let undeclared = with_nulls(&declared, &scan.nulls);
    let (schema, batches) = match (&loaded, &undeclared) {
        (Blob::Memory(bytes), None) => {
            let messages = messages_of(bytes, &scan);
            let whole = || TableError::guarded(|| Ok(decode(&messages)?)).ok();
            if let Some((schema, batches)) = scan.broken.is_none().then(whole).flatten() {
                (schema, batches.into())
            } else {
                let schema = SchemaRef::from(declared);
                let batches = one_by_one(&loaded, &scan, &schema, &mut seen)?;
                (schema, batches.into())
            }
        }
        (Blob::Memory(_), Some((schema, _))) => {
            let batches = one_by_one(&loaded, &scan, schema, &mut seen)?;
            (schema.clone(), batches.into())
        }
        (Blob::Stored(_), _) => {
            let schema = undeclared
                .as_ref()
                .map_or_else(|| declared.into(), |(schema, _)| schema.clone());
            let batches = TableError::guarded(|| stored::open(&loaded, &scan, &schema, budget))?;
            (schema, batches.into())
        }
    };
    for column in undeclared.iter().flat_map(|(_, columns)| columns) {
        let message = format!(
            "the column {} is declared without nulls and holds some",
            quoted(column)
        );
        seen.push(Finding::new(Code::ArrowUndeclaredNulls, PATH, message));
    }
    findings.append(&mut seen);
    schema_findings(&schema, findings);
    Ok((schema, batches, charge))
}

/// What Feather files began with before they were Arrow files.
const FEATHER_V1: &[u8] = b"FEA1";

/// All messages, the schema as the decoder wants it.
fn messages_of(bytes: &Bytes, scan: &Scan) -> Bytes {
    let range = |range: &Range<u64>| range.start as usize..range.end as usize;
    let Some(schema) = scan.messages.first() else {
        return bytes.slice(range(&scan.whole));
    };
    match with_index_types(&bytes[range(&schema.metadata)]) {
        Cow::Borrowed(_) => bytes.slice(range(&scan.whole)),
        Cow::Owned(metadata) => {
            let head = [u32::MAX.to_le_bytes(), (metadata.len() as u32).to_le_bytes()].concat();
            let rest = &bytes[range(&(schema.body.end..scan.whole.end))];
            [&head, &metadata, rest].concat().into()
        }
    }
}

/// Decodes each batch by itself, under another schema than the declared one if need be; one that is broken costs itself only,
/// unless all of them are.
fn one_by_one(
    blob: &Blob,
    scan: &Scan,
    schema: &SchemaRef,
    findings: &mut Vec<Finding>,
) -> Result<Vec<RecordBatch>, TableError> {
    let (mut dictionaries, mut batches) = (Dictionaries::new(), Vec::new());
    let (mut lost, mut why) = (Vec::new(), None);
    for place in &scan.messages {
        match place.kind {
            MessageHeader::Schema => {}
            MessageHeader::DictionaryBatch => {
                TableError::guarded(|| add_dictionary(blob, place, schema, &mut dictionaries))?;
            }
            _ => match TableError::guarded(|| batch(blob, place, schema, &dictionaries)) {
                Ok(batch) => batches.push(batch),
                Err(error) => {
                    lost.push(lost_batch(place.batch, &error).at(place.metadata.start as usize));
                    why = Some(error);
                }
            },
        }
    }
    match why {
        Some(error) if batches.is_empty() => Err(error),
        _ => {
            findings.append(&mut lost);
            Ok(batches)
        }
    }
}

fn batch(
    blob: &Blob,
    place: &Place,
    schema: &SchemaRef,
    dictionaries: &Dictionaries,
) -> Result<RecordBatch, TableError> {
    let metadata = blob.slice(place.metadata.clone())?;
    let message = head(&metadata, place.metadata.start)?;
    let missing = || TableError::invalid("a record batch message contains no record batch");
    let batch = message.header_as_record_batch().ok_or_else(missing)?;
    let body = aligned(&blob.slice(place.body.clone())?);
    let version = message.version();
    Ok(read_record_batch(
        &body,
        batch,
        schema.clone(),
        dictionaries,
        None,
        &version,
    )?)
}

fn decode(messages: &Bytes) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    const END_MARK: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
    let mut decoder = StreamDecoder::new();
    let mut batches = Vec::new();
    // The decoder looks at a message with an empty body only once more bytes come: the end mark is always given.
    for mut buffer in [aligned(messages), Buffer::from(END_MARK)] {
        while !buffer.is_empty() {
            batches.extend(decoder.decode(&mut buffer)?);
        }
    }
    let schema = decoder
        .schema()
        .ok_or_else(|| ArrowError::IpcError("no schema".into()))?;
    Ok((schema, batches))
}

/// Messages lie at multiples of 8 bytes from their start; union buffers are read in place and panic elsewhere.
fn aligned(messages: &Bytes) -> Buffer {
    if is_aligned(messages) {
        Buffer::from(messages.clone())
    } else {
        Buffer::from(&messages[..])
    }
}

fn is_aligned(messages: &Bytes) -> bool {
    messages.as_ptr().addr().is_multiple_of(8)
}

/// Bytes that are copied because those in memory do not lie where they could be used.
fn copied(blob: &Blob, scan: &Scan) -> u64 {
    let messages = blob
        .memory()
        .map(|bytes| bytes.slice(scan.whole.start as usize..scan.whole.end as usize));
    let messages = messages.filter(|messages| !is_aligned(messages));
    messages.map_or(0, |messages| messages.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Limits;
    use arrow::array::{ArrayRef, StringArray};
    use arrow::datatypes::{DataType, Field, Schema};
    use arrow::ipc::writer::StreamWriter;
    use std::sync::Arc;

    #[test]
    fn a_column_that_holds_undeclared_nulls_is_shown_with_a_finding() {
        let bytes = include_bytes!("../../../../tests/fixtures/field/undeclared_nulls.arrow").as_slice();
        for table_loaded in [u64::MAX, 0] {
            let limits = Limits {
                table_loaded,
                ..Limits::DEFAULT
            };
            let mut findings = Vec::new();
            let blob = Blob::from(bytes.to_vec());
            let (schema, batches, _charge) = open(&blob, &Budget::whole(&limits), &mut findings).unwrap();
            let nullable: Vec<bool> = schema.fields().iter().map(|field| field.is_nullable()).collect();
            assert_eq!(nullable, [true, false, false]);
            assert_eq!(batches.rows(), 4);
            let nulls = (0..4).filter(|row| {
                let (array, at) = batches.array(*row, 0).unwrap().unwrap();
                arrow::array::Array::is_null(&array, at)
            });
            assert_eq!(nulls.count(), 1);
            let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
            assert_eq!(codes, [Code::ArrowUndeclaredNulls]);
        }
    }

    /// A stream of three batches of one text each.
    fn texts() -> Vec<u8> {
        let schema = Arc::new(Schema::new(vec![Field::new("t", DataType::Utf8, false)]));
        let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
        for text in ["aaaa", "bbbb", "cccc"] {
            let column: ArrayRef = Arc::new(StringArray::from(vec![text]));
            writer
                .write(&RecordBatch::try_new(schema.clone(), vec![column]).unwrap())
                .unwrap();
        }
        writer.into_inner().unwrap()
    }

    fn position(bytes: &[u8], wanted: &[u8], nth: usize) -> usize {
        memchr::memmem::find_iter(bytes, wanted).nth(nth).unwrap()
    }

    #[test]
    fn a_batch_that_cannot_be_decoded_costs_itself_only() {
        // Values that are not UTF-8, and a buffer that claims more than there is.
        let mut garbled = texts();
        let at = position(&garbled, b"bbbb", 0);
        garbled[at..at + 4].copy_from_slice(&[0xFF; 4]);
        let mut claiming = texts();
        let values = [64_u64.to_le_bytes(), 4_u64.to_le_bytes()].concat();
        let at = position(&claiming, &values, 1) + 8;
        claiming[at..at + 8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
        for bytes in [garbled, claiming] {
            let mut findings = Vec::new();
            let (_, batches, _) =
                open(&bytes.into(), &Budget::whole(&Limits::DEFAULT), &mut findings).unwrap();
            assert_eq!(batches.rows(), 2);
            let told: Vec<_> = findings.iter().map(|finding| finding.code).collect();
            assert_eq!(told, [Code::ArrowInvalid]);
            assert!(
                findings[0]
                    .message
                    .starts_with("record batch 2 cannot be decoded"),
                "{findings:?}"
            );
        }
    }

    #[test]
    fn feather_of_the_first_version_is_named() {
        let error = open(
            &Blob::from(b"FEA1\0\0\0\0 and more FEA1".to_vec()),
            &Budget::whole(&Limits::DEFAULT),
            &mut vec![],
        )
        .unwrap_err();
        assert!(error.message.contains("Feather V1"), "{error}");
        let second = include_bytes!("../../../../tests/fixtures/field/feather2.feather").as_slice();
        assert!(
            open(
                &Blob::from(second.to_vec()),
                &Budget::whole(&Limits::DEFAULT),
                &mut vec![]
            )
            .is_ok()
        );
    }

    #[test]
    fn a_table_without_a_batch_that_can_be_decoded_is_refused() {
        let mut bytes = texts();
        for text in [b"aaaa", b"bbbb", b"cccc"] {
            let at = position(&bytes, text, 0);
            bytes[at..at + 4].copy_from_slice(&[0xFF; 4]);
        }
        let mut findings = Vec::new();
        let error = open(&bytes.into(), &Budget::whole(&Limits::DEFAULT), &mut findings).unwrap_err();
        assert_eq!(error.code, Code::ArrowInvalid);
    }
}
