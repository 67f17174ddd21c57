//! From bytes to record batches: framing, pre-scan, then the validating decoder with panics caught. Large tables on
//! disk stay there.

use super::batches::Batches;
use super::framing::region;
use super::peer_findings::schema_findings;
use super::prescan::{Use, prescan};
use super::stored;
use crate::bounds::Limits;
use crate::bytes::Blob;
use crate::findings::{Code, Finding};
use crate::table::table_error::TableError;
use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamDecoder;
use bytes::Bytes;

/// Opens Arrow bytes of either framing. Batches borrow bytes in memory wherever they are uncompressed and aligned.
pub(crate) fn open(
    blob: &Blob,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Result<(SchemaRef, Batches), TableError> {
    if blob.is_empty() {
        let message = "the table has no bytes, not even a schema";
        return Err(TableError::new(Code::EmptyTable, message));
    }
    let loaded = blob.load_or(limits.table_loaded)?;
    let mut seen = Vec::new();
    let (schema, batches) = match &loaded {
        Blob::Memory(bytes) => whole(bytes, limits, &mut seen)?,
        Blob::Stored(_) => {
            let region = region(&loaded)?;
            let scan = prescan(&loaded, &region, Use::Lazy, limits, &mut seen)?;
            let (schema, batches) = TableError::guarded(|| stored::open(&loaded, &scan, limits))?;
            (schema, batches.into())
        }
    };
    findings.append(&mut seen);
    schema_findings(&schema, findings);
    Ok((schema, batches))
}

/// Decodes all of it.
fn whole(
    bytes: &Bytes,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Result<(SchemaRef, Batches), TableError> {
    let blob = Blob::Memory(bytes.clone());
    let range = prescan(&blob, &region(&blob)?, Use::Whole, limits, findings)?.whole;
    let messages = bytes.slice(range.start as usize..range.end as usize);
    let (schema, batches) = TableError::guarded(|| Ok(decode(&messages)?))?;
    Ok((schema, batches.into()))
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
    if messages.as_ptr().addr().is_multiple_of(8) {
        Buffer::from(messages.clone())
    } else {
        Buffer::from(&messages[..])
    }
}
