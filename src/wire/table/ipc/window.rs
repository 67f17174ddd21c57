//! Some rows of one column of an uncompressed batch on disk: only the bytes of these rows are read, and they are
//! validated like any other Arrow data. Allocates no more than the bytes allowed.

use super::parts::{Cursor, Node, Parts};
use crate::bytes::Blob;
use crate::table::table_error::TableError;
use arrow::array::{
    ArrayData, ArrayDataBuilder, ArrayRef, BooleanArray, NullArray, StructArray, UnionArray, make_array,
    new_empty_array,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, UnionFields, UnionMode};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Dictionary values by their number, as they are for some batch.
pub(super) type Dictionaries = HashMap<i64, ArrayRef>;

/// Reads one column's rows.
pub(super) struct WindowReader<'a> {
    blob: &'a Blob,
    parts: &'a Parts,
    dictionaries: &'a Dictionaries,
    at: Cursor,
    /// Bytes that may still be read.
    left: usize,
}

impl<'a> WindowReader<'a> {
    /// A reader that stands before a column and reads at most `most` bytes.
    pub fn new(
        blob: &'a Blob,
        parts: &'a Parts,
        dictionaries: &'a Dictionaries,
        at: Cursor,
        most: usize,
    ) -> Self {
        Self {
            blob,
            parts,
            dictionaries,
            at,
            left: most,
        }
    }

    /// The rows of the next field; an error with the code of a limit where they need more bytes than allowed.
    pub fn array(&mut self, field: &Field, rows: Range<usize>) -> Result<ArrayRef, TableError> {
        let data_type = field.data_type();
        if rows.is_empty() {
            self.parts.skip(data_type, &mut self.at)?;
            return Ok(new_empty_array(data_type));
        }
        let node = self.parts.node(&mut self.at)?;
        // A struct is as long as its fields, whatever it says: so it is in memory.
        let counts = !matches!(data_type, DataType::Struct(fields) if !fields.is_empty());
        if counts && rows.end > node.length {
            let (end, length) = (rows.end, node.length);
            return Err(TableError::invalid(format!(
                "an array has {length} values where {end} are needed"
            )));
        }
        match data_type {
            DataType::Null => return Ok(Arc::new(NullArray::new(rows.len()))),
            DataType::RunEndEncoded(ends, values) => {
                return match ends.data_type() {
                    DataType::Int16 => self.runs::<2>(data_type, ends, values, &rows),
                    DataType::Int32 => self.runs::<4>(data_type, ends, values, &rows),
                    _ => self.runs::<8>(data_type, ends, values, &rows),
                };
            }
            DataType::Union(fields, mode) => return self.union(fields, *mode, &rows),
            _ => {}
        }
        let nulls = self.nulls(node, &rows)?;
        let builder = ArrayData::builder(data_type.clone()).len(rows.len());
        let builder = match data_type {
            DataType::Boolean => {
                let bits = self.parts.buffer(&mut self.at)?;
                return Ok(Arc::new(BooleanArray::new(self.bits(&bits, &rows)?, nulls)));
            }
            DataType::Struct(fields) => return self.structure(fields, nulls, &rows),
            DataType::Utf8 | DataType::Binary => self.text::<4>(builder, &rows)?,
            DataType::LargeUtf8 | DataType::LargeBinary => self.text::<8>(builder, &rows)?,
            DataType::Utf8View | DataType::BinaryView => self.views(builder, nulls.as_ref(), &rows)?,
            DataType::List(item) | DataType::Map(item, _) => self.list::<4>(builder, item, &rows)?,
            DataType::LargeList(item) => self.list::<8>(builder, item, &rows)?,
            DataType::ListView(item) => self.list_view::<4>(builder, item, &rows)?,
            DataType::LargeListView(item) => self.list_view::<8>(builder, item, &rows)?,
            DataType::FixedSizeList(item, size) => {
                let size = usize::try_from(*size).ok();
                let place = |row: usize| size.and_then(|size| row.checked_mul(size)).ok_or_else(endless);
                let child = self.array(item, place(rows.start)?..place(rows.end)?)?;
                builder.add_child_data(child.to_data())
            }
            DataType::Dictionary(keys, values) => {
                let buffer = self.fixed(keys, &rows)?;
                builder
                    .add_buffer(buffer)
                    .add_child_data(self.dictionary(field, values).to_data())
            }
            other => builder.add_buffer(self.fixed(other, &rows)?),
        };
        built(builder.nulls(nulls))
    }

    /// A part of a buffer.
    fn read(&mut self, buffer: &Range<u64>, range: Range<usize>) -> Result<Buffer, TableError> {
        let place = |at: usize| buffer.start.checked_add(at as u64).filter(|at| *at <= buffer.end);
        let (Some(start), Some(end)) = (place(range.start), place(range.end)) else {
            return Err(TableError::invalid(format!(
                "a buffer has {} bytes where {} are needed",
                buffer.end - buffer.start,
                range.end
            )));
        };
        let Some(left) = self.left.checked_sub(range.len()) else {
            return Err(TableError::limit("too large to show from its file"));
        };
        self.left = left;
        Ok(Buffer::from(self.blob.slice(start..end)?))
    }

    /// The values of some rows where each takes `width` bytes.
    fn words(
        &mut self,
        buffer: &Range<u64>,
        width: usize,
        rows: &Range<usize>,
    ) -> Result<Buffer, TableError> {
        let place = |row: usize| row.checked_mul(width).ok_or_else(endless);
        self.read(buffer, place(rows.start)?..place(rows.end)?)
    }

    fn bits(&mut self, buffer: &Range<u64>, rows: &Range<usize>) -> Result<BooleanBuffer, TableError> {
        let bytes = self.read(buffer, rows.start / 8..rows.end.div_ceil(8))?;
        Ok(BooleanBuffer::new(bytes, rows.start % 8, rows.len()))
    }

    fn nulls(&mut self, node: Node, rows: &Range<usize>) -> Result<Option<NullBuffer>, TableError> {
        let bitmap = self.parts.buffer(&mut self.at)?;
        if !node.nulls {
            return Ok(None);
        }
        Ok(Some(NullBuffer::new(self.bits(&bitmap, rows)?)))
    }

    fn fixed(&mut self, data_type: &DataType, rows: &Range<usize>) -> Result<Buffer, TableError> {
        let width = match data_type {
            DataType::FixedSizeBinary(width) => usize::try_from(*width).ok(),
            other => other.primitive_width(),
        };
        let width = width.ok_or_else(|| TableError::invalid(format!("{data_type} has no fixed width")))?;
        let buffer = self.parts.buffer(&mut self.at)?;
        self.words(&buffer, width, rows)
    }

    /// Signed numbers of `W` bytes.
    fn numbers<const W: usize>(
        &mut self,
        buffer: &Range<u64>,
        rows: &Range<usize>,
    ) -> Result<Vec<i64>, TableError> {
        let words = self.words(buffer, W, rows)?;
        Ok(words.chunks_exact(W).map(number).collect())
    }

    /// The offsets of some rows, counted from the first, and the places between which their values stand.
    fn offsets<const W: usize>(&mut self, rows: &Range<usize>) -> Result<(Buffer, Range<usize>), TableError> {
        let buffer = self.parts.buffer(&mut self.at)?;
        let offsets = self.numbers::<W>(&buffer, &(rows.start..rows.end + 1))?;
        let ends = offsets.first().zip(offsets.last());
        let places = ends.and_then(|(start, end)| Some((place(*start)?, place(*end)?)));
        let Some((start, end)) = places.filter(|_| offsets.is_sorted()) else {
            return Err(TableError::invalid("the offsets of an array do not increase"));
        };
        let from_first = offsets.iter().map(|offset| offset - start as i64);
        Ok((integers::<W>(from_first), start..end))
    }

    fn text<const W: usize>(
        &mut self,
        builder: ArrayDataBuilder,
        rows: &Range<usize>,
    ) -> Result<ArrayDataBuilder, TableError> {
        let (offsets, range) = self.offsets::<W>(rows)?;
        let buffer = self.parts.buffer(&mut self.at)?;
        let values = self.read(&buffer, range)?;
        Ok(builder.add_buffer(offsets).add_buffer(values))
    }

    fn list<const W: usize>(
        &mut self,
        builder: ArrayDataBuilder,
        item: &Field,
        rows: &Range<usize>,
    ) -> Result<ArrayDataBuilder, TableError> {
        let (offsets, range) = self.offsets::<W>(rows)?;
        let values = self.array(item, range)?;
        Ok(builder.add_buffer(offsets).add_child_data(values.to_data()))
    }

    /// List values that may be anywhere: everything between the first and the last of them is read.
    fn list_view<const W: usize>(
        &mut self,
        builder: ArrayDataBuilder,
        item: &Field,
        rows: &Range<usize>,
    ) -> Result<ArrayDataBuilder, TableError> {
        let buffer = self.parts.buffer(&mut self.at)?;
        let mut offsets = self.numbers::<W>(&buffer, rows)?;
        let buffer = self.parts.buffer(&mut self.at)?;
        let sizes = self.numbers::<W>(&buffer, rows)?;
        let mut whole: Option<Range<usize>> = None;
        for (offset, size) in offsets.iter_mut().zip(&sizes).filter(|(_, size)| **size != 0) {
            let start = place(*offset).ok_or_else(endless)?;
            let end = place(*size)
                .and_then(|size| start.checked_add(size))
                .ok_or_else(endless)?;
            whole = Some(whole.map_or(start..end, |it| it.start.min(start)..it.end.max(end)));
        }
        let whole = whole.unwrap_or_default();
        let starts = offsets.iter().zip(&sizes).map(|(offset, size)| match size {
            0 => 0,
            _ => offset - whole.start as i64,
        });
        let offsets = integers::<W>(starts);
        let values = self.array(item, whole)?;
        let sizes = integers::<W>(sizes.into_iter());
        Ok(builder
            .add_buffer(offsets)
            .add_buffer(sizes)
            .add_child_data(values.to_data()))
    }

    /// Views: short values are inline, longer ones are fetched one by one into a new buffer.
    fn views(
        &mut self,
        builder: ArrayDataBuilder,
        nulls: Option<&NullBuffer>,
        rows: &Range<usize>,
    ) -> Result<ArrayDataBuilder, TableError> {
        const INLINE: usize = 12;
        let buffer = self.parts.buffer(&mut self.at)?;
        let parts = self.parts;
        let data = parts.data_buffers(&mut self.at)?;
        let words = self.words(&buffer, 16, rows)?;
        let (mut views, mut values): (Vec<u128>, Vec<u8>) = (Vec::new(), Vec::new());
        for (index, word) in words.as_chunks::<16>().0.iter().enumerate() {
            let view = u128::from_le_bytes(*word);
            let length = view as u32 as usize;
            if length <= INLINE {
                views.push(view);
            } else if nulls.is_some_and(|nulls| nulls.is_null(index)) {
                views.push(0);
            } else {
                let (buffer, offset) = ((view >> 64) as u32 as usize, (view >> 96) as usize);
                let buffer = data.get(buffer).ok_or_else(endless)?;
                let value = self.read(buffer, offset..offset + length)?;
                // Its length and first bytes stay, its place is in the one buffer that there is now.
                views.push(u128::from(view as u64) | (values.len() as u128) << 96);
                values.extend_from_slice(&value);
            }
        }
        let data = (!values.is_empty()).then(|| Buffer::from_vec(values));
        Ok(builder.add_buffer(Buffer::from_vec(views)).add_buffers(data))
    }

    fn structure(
        &mut self,
        fields: &Fields,
        nulls: Option<NullBuffer>,
        rows: &Range<usize>,
    ) -> Result<ArrayRef, TableError> {
        if fields.is_empty() {
            return Ok(Arc::new(StructArray::new_empty_fields(rows.len(), nulls)));
        }
        let children = fields.iter().map(|field| self.array(field, rows.clone()));
        let children = children.collect::<Result<_, _>>()?;
        Ok(Arc::new(StructArray::try_new(fields.clone(), children, nulls)?))
    }

    fn union(
        &mut self,
        fields: &UnionFields,
        mode: UnionMode,
        rows: &Range<usize>,
    ) -> Result<ArrayRef, TableError> {
        if self.parts.unions_have_bitmaps() {
            self.parts.buffer(&mut self.at)?;
        }
        let buffer = self.parts.buffer(&mut self.at)?;
        let ids = self.words(&buffer, 1, rows)?;
        if mode == UnionMode::Sparse {
            let children = fields.iter().map(|(_, field)| self.array(field, rows.clone()));
            return union(fields, ids, None, children.collect::<Result<_, _>>()?);
        }
        let buffer = self.parts.buffer(&mut self.at)?;
        let mut offsets = self.numbers::<4>(&buffer, rows)?;
        let mut children = Vec::new();
        for (id, field) in fields.iter() {
            let own = |other: &u8| other.cast_signed() == id;
            let mut used: Option<Range<usize>> = None;
            for (_, offset) in ids.iter().zip(&offsets).filter(|(other, _)| own(other)) {
                let at = place(*offset).ok_or_else(endless)?;
                used = Some(used.map_or(at..at + 1, |it| it.start.min(at)..it.end.max(at + 1)));
            }
            let used = used.unwrap_or_default();
            for (_, offset) in ids.iter().zip(&mut offsets).filter(|(other, _)| own(other)) {
                *offset -= used.start as i64;
            }
            children.push(self.array(field, used)?);
        }
        union(fields, ids, Some(integers::<4>(offsets.into_iter())), children)
    }

    /// Run-end encoding: the runs of the rows are looked for by halving, then read.
    fn runs<const W: usize>(
        &mut self,
        data_type: &DataType,
        ends: &FieldRef,
        values: &FieldRef,
        rows: &Range<usize>,
    ) -> Result<ArrayRef, TableError> {
        let count = self.parts.node(&mut self.at)?.length;
        self.parts.buffer(&mut self.at)?;
        let buffer = self.parts.buffer(&mut self.at)?;
        let first = self.first_run::<W>(&buffer, count, rows.start)?;
        let last = self.first_run::<W>(&buffer, count, rows.end - 1)?;
        let runs = first..last + 1;
        let found = self.numbers::<W>(&buffer, &runs)?;
        let (start, length) = (rows.start as i64, rows.len() as i64);
        let from_first = found.iter().map(|end| end.saturating_sub(start).min(length));
        let found = ArrayData::builder(ends.data_type().clone())
            .len(runs.len())
            .add_buffer(integers::<W>(from_first));
        let found = built(found)?;
        let values = self.array(values, runs)?;
        built(
            ArrayData::builder(data_type.clone())
                .len(rows.len())
                .add_child_data(found.to_data())
                .add_child_data(values.to_data()),
        )
    }

    /// The first run that ends behind `row`.
    fn first_run<const W: usize>(
        &mut self,
        buffer: &Range<u64>,
        count: usize,
        row: usize,
    ) -> Result<usize, TableError> {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            let end = self.numbers::<W>(buffer, &(middle..middle + 1))?;
            if end.first().is_some_and(|end| *end <= row as i64) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low == count {
            return Err(TableError::invalid("the runs of a column end before its rows"));
        }
        Ok(low)
    }

    fn dictionary(&self, field: &Field, values: &DataType) -> ArrayRef {
        #[expect(deprecated, reason = "the dictionary decoder numbers them this way")]
        let known = field.dict_id().and_then(|id| self.dictionaries.get(&id));
        // A dictionary may be missing if all values are null.
        known.cloned().unwrap_or_else(|| new_empty_array(values))
    }
}

fn built(builder: ArrayDataBuilder) -> Result<ArrayRef, TableError> {
    Ok(make_array(builder.align_buffers(true).build()?))
}

fn union(
    fields: &UnionFields,
    ids: Buffer,
    offsets: Option<Buffer>,
    children: Vec<ArrayRef>,
) -> Result<ArrayRef, TableError> {
    let offsets = offsets.map(ScalarBuffer::from);
    let array = UnionArray::try_new(fields.clone(), ScalarBuffer::from(ids), offsets, children)?;
    Ok(Arc::new(array))
}

/// A signed number, its least significant byte first.
fn number(bytes: &[u8]) -> i64 {
    let sign = bytes.last().map_or(0, |top| i64::from(top.cast_signed()) >> 7);
    let bytes = bytes.iter().rev();
    bytes.fold(sign, |number, byte| number << 8 | i64::from(*byte))
}

/// Numbers as they stand in a buffer; each fits `W` bytes.
fn integers<const W: usize>(numbers: impl Iterator<Item = i64>) -> Buffer {
    match W {
        2 => Buffer::from_vec(numbers.map(|number| number as i16).collect()),
        4 => Buffer::from_vec(numbers.map(|number| number as i32).collect()),
        _ => Buffer::from_vec(numbers.collect()),
    }
}

fn place(number: i64) -> Option<usize> {
    usize::try_from(number).ok()
}

fn endless() -> TableError {
    TableError::invalid("a value points outside its array")
}
