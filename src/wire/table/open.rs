//! From bytes to record batches: framing, pre-scan, then the validating stream decoder with its panics caught.

use super::framing::region;
use super::peers::schema_findings;
use super::prescan::prescan;
use super::table_error::TableError;
use crate::wire::caught::caught;
use crate::wire::finding::{Code, Finding};
use crate::wire::limits::Limits;
use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamDecoder;
use bytes::Bytes;

/// Opens Arrow bytes of either framing. Batches borrow `bytes` wherever they are uncompressed and aligned.
pub(super) fn open(
    bytes: &Bytes,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Result<(SchemaRef, Vec<RecordBatch>), TableError> {
    if bytes.is_empty() {
        return Err(TableError::new(
            Code::EmptyTable,
            "the table has no bytes, not even a schema",
        ));
    }
    let region = region(bytes);
    let mut seen = Vec::new();
    let whole = prescan(bytes, &region, limits, &mut seen)?;
    let messages = bytes.slice(whole);
    let (schema, batches) = caught(|| decode(&messages))
        .ok_or_else(|| TableError::invalid("the Arrow decoder failed on inconsistent lengths"))?
        .map_err(|error| TableError::invalid(sentence(&error)))?;
    findings.append(&mut seen);
    schema_findings(&schema, findings);
    Ok((schema, batches))
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

/// The decoder's complaint without its type's prefix.
fn sentence(error: &ArrowError) -> String {
    let text = error.to_string();
    let plain = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
    format!("the Arrow data is inconsistent: {plain}")
}
