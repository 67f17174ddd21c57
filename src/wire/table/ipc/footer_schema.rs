//! Files without a schema message, as apache-arrow for JavaScript writes them: their schema stands in the footer only, and is
//! put before their messages. The scan then sees a message like any other: nothing of a footer is believed.

use super::framing::{Framing, MAGIC, Region, next_message};
use crate::bounds::Limits;
use crate::bytes::{Blob, ReadAt};
use crate::table::table_error::TableError;
use arrow::ipc::{MessageHeader, root_as_footer};
use bytes::Bytes;
use std::io;
use std::sync::Arc;

/// The messages with a schema before them, and where they are then, if there is none and the footer has one.
pub(super) fn with_schema(
    blob: &Blob,
    region: &Region,
    limits: &Limits,
) -> Result<Option<(Blob, Region)>, TableError> {
    let range = region.range.clone();
    let length = blob.len().saturating_sub(range.end + 4 + MAGIC.len() as u64);
    if region.framing != (Framing::File { footer: true }) || length > limits.table_metadata as u64 {
        return Ok(None);
    }
    let has_schema = match next_message(blob, range.start, range.end, limits)? {
        Ok(first) => first.head()?.header_type() == MessageHeader::Schema,
        Err(_) => false,
    };
    let footer = blob.slice(range.end..range.end + length)?;
    let Some(schema) = (!has_schema).then(|| schema_message(&footer)).flatten() else {
        return Ok(None);
    };
    let size = schema.len() as u64 + range.end - range.start;
    let framing = region.framing;
    let joined = match blob {
        Blob::Memory(bytes) => {
            Blob::from([&schema, &bytes[range.start as usize..range.end as usize]].concat())
        }
        Blob::Stored(_) => Blob::Stored(Arc::new(Joined {
            schema: schema.into(),
            messages: blob.clone(),
            start: range.start,
            size,
        })),
    };
    Ok(Some((
        joined,
        Region {
            range: 0..size,
            framing,
        },
    )))
}

/// A message whose header is the schema of a footer. Offsets in a flatbuffer are relative and lead forward: a table that is
/// put before the footer can refer to what stands in it.
fn schema_message(footer: &[u8]) -> Option<Vec<u8>> {
    /// The root's offset, the table of its fields' places, the message itself; then the footer, as aligned as it was.
    const HEAD: usize = 32;
    const MESSAGE: usize = 16;
    let parsed = root_as_footer(footer).ok()?;
    let schema = HEAD + parsed.schema()?._tab.loc() - (MESSAGE + 4);
    let length = (HEAD + footer.len()).next_multiple_of(8);
    let mut message = vec![0xff; 4];
    message.extend((length as u32).to_le_bytes());
    message.extend((MESSAGE as u32).to_le_bytes());
    // Sizes of these places and of the message; where version, type and header stand in it. Its body has no bytes.
    for place in [10_u16, 12, 8, 10, 4, 0] {
        message.extend(place.to_le_bytes());
    }
    message.extend((MESSAGE as i32 - 4).to_le_bytes());
    message.extend((schema as u32).to_le_bytes());
    message.extend(parsed.version().0.to_le_bytes());
    message.extend([MessageHeader::Schema.0, 0]);
    message.resize(8 + HEAD, 0);
    message.extend_from_slice(footer);
    message.resize(8 + length, 0);
    Some(message)
}

/// The messages of a file with a schema before them.
#[derive(Debug)]
struct Joined {
    schema: Bytes,
    messages: Blob,
    start: u64,
    size: u64,
}

impl ReadAt for Joined {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let head = self.schema.get(offset as usize..).unwrap_or_default();
        let (first, rest) = buffer.split_at_mut(head.len().min(buffer.len()));
        first.copy_from_slice(&head[..first.len()]);
        let behind = offset.saturating_sub(self.schema.len() as u64);
        match &self.messages {
            Blob::Stored(stored) if !rest.is_empty() => stored.read_at(self.start + behind, rest),
            _ => Ok(()),
        }
    }
}
