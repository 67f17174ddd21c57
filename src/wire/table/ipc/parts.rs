//! The parsed metadata of one record batch on disk: where the buffers of its columns are. Reads no values.

use super::framing::head;
use super::layout::children;
use super::prescan::{Place, slice};
use crate::bytes::Blob;
use crate::table::table_error::TableError;
use arrow::datatypes::{DataType, UnionMode};
use arrow::ipc::MetadataVersion;
use bytes::Bytes;
use std::ops::Range;

/// Length of one array, and whether it has nulls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// How many values.
    pub length: usize,
    /// Whether its bitmap counts.
    pub nulls: bool,
}

/// A place in the lists of a batch: what stands before it belongs to earlier fields.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cursor {
    node: usize,
    buffer: usize,
    view: usize,
}

/// One record batch, taken apart.
#[derive(Debug)]
pub(super) struct Parts {
    /// Its metadata as it stands.
    pub metadata: Bytes,
    /// Its body.
    pub body: Range<u64>,
    /// Whether its buffers are compressed.
    pub packed: bool,
    version: MetadataVersion,
    nodes: Vec<Node>,
    buffers: Vec<Range<u64>>,
    /// Data buffers of each view column.
    views: Vec<usize>,
}

impl Parts {
    /// Parses the metadata again; it is checked against the file's limits once more in case it has changed since the
    /// scan.
    pub fn read(blob: &Blob, place: &Place) -> Result<Self, TableError> {
        let changed = || TableError::invalid("the file has changed since it was opened");
        let metadata = blob.slice(place.metadata.clone())?;
        let message = head(&metadata, place.metadata.start)?;
        let batch = message.header_as_record_batch().ok_or_else(changed)?;
        let node = |(length, nulls): (i64, i64)| {
            let length = usize::try_from(length).map_err(|_| changed())?;
            let nulls = nulls > 0;
            Ok(Node { length, nulls })
        };
        let nodes = batch.nodes().into_iter().flatten();
        let nodes: Result<_, TableError> = nodes.map(|it| node((it.length(), it.null_count()))).collect();
        let buffers = batch.buffers().into_iter().flatten();
        let buffers = buffers.map(|it| slice(it.offset(), it.length(), &place.body));
        let views = batch.variadicBufferCounts().into_iter().flatten();
        let views = views.map(|count| usize::try_from(count).ok());
        Ok(Self {
            nodes: nodes?,
            buffers: buffers.collect::<Option<_>>().ok_or_else(changed)?,
            views: views.collect::<Option<_>>().ok_or_else(changed)?,
            packed: batch.compression().is_some(),
            version: message.version(),
            body: place.body.clone(),
            metadata,
        })
    }

    /// Bytes of memory it takes.
    pub fn weight(&self) -> usize {
        size_of::<Self>()
            + self.metadata.len()
            + self.nodes.len() * size_of::<Node>()
            + self.buffers.len() * size_of::<Range<u64>>()
    }

    /// The next array's length.
    pub fn node(&self, at: &mut Cursor) -> Result<Node, TableError> {
        let node = self.nodes.get(at.node).copied();
        at.node += 1;
        node.ok_or_else(|| TableError::invalid("a record batch holds fewer arrays than the schema"))
    }

    /// Where the next buffer stands.
    pub fn buffer(&self, at: &mut Cursor) -> Result<Range<u64>, TableError> {
        let buffer = self.buffers.get(at.buffer).cloned();
        at.buffer += 1;
        buffer.ok_or_else(|| TableError::invalid("a record batch holds fewer buffers than the schema"))
    }

    /// Where the data buffers of the next view column stand.
    pub fn data_buffers(&self, at: &mut Cursor) -> Result<&[Range<u64>], TableError> {
        let count = self.views.get(at.view).copied();
        at.view += 1;
        let count =
            count.ok_or_else(|| TableError::invalid("a record batch does not count its view buffers"))?;
        let buffers = self.buffers.get(at.buffer..at.buffer.saturating_add(count));
        at.buffer = at.buffer.saturating_add(count);
        buffers.ok_or_else(|| TableError::invalid("a record batch holds fewer buffers than it counts"))
    }

    /// Whether unions bring a bitmap, as they did before version 5.
    pub fn unions_have_bitmaps(&self) -> bool {
        self.version < MetadataVersion::V5
    }

    /// The buffers between two places.
    pub fn between(&self, from: Cursor, to: Cursor) -> &[Range<u64>] {
        self.buffers.get(from.buffer..to.buffer).unwrap_or_default()
    }

    /// Goes past a field and its children.
    pub fn skip(&self, data_type: &DataType, at: &mut Cursor) -> Result<(), TableError> {
        self.node(at)?;
        let own = match data_type {
            DataType::Null | DataType::RunEndEncoded(..) => 0,
            DataType::Struct(_) | DataType::FixedSizeList(..) => 1,
            DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::ListView(_)
            | DataType::LargeListView(_) => 3,
            DataType::Union(_, mode) => {
                1 + usize::from(*mode == UnionMode::Dense) + usize::from(self.unions_have_bitmaps())
            }
            _ => 2,
        };
        at.buffer += own;
        if let DataType::Utf8View | DataType::BinaryView = data_type {
            self.data_buffers(at)?;
        }
        let mut children = children(data_type).into_iter();
        children.try_for_each(|field| self.skip(field.data_type(), at))
    }
}
