//! The scan before the Arrow decoder sees anything: every claim of every message is checked against the actual bytes
//! and the limits, because the decoder allocates and slices without checks. Examines metadata and the length prefixes
//! of compressed buffers; never decompresses, never allocates by a claimed number.

use super::framing::{Ending, Framing, Region, first_nonzero, has_continuation, next_message};
use super::layout::{Layout, Slot, layout};
use crate::bounds::Limits;
use crate::bytes::Blob;
use crate::findings::{Code, Finding};
use crate::table::table_error::TableError;
use arrow::ipc::{
    CompressionType, DictionaryBatch, Endianness, MessageHeader, MetadataVersion, RecordBatch, Schema,
};
use std::collections::HashMap;
use std::iter::{repeat, repeat_n};
use std::ops::Range;

/// Where table findings stand in their payload.
pub(super) const PATH: &str = "data";

/// Bytes that one array takes by itself, whatever its length.
const NODE: u64 = 400;

/// How the table will be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// All of it will be decoded into memory.
    Whole,
    /// Dictionaries will be loaded; batches stay on disk until they are needed.
    Lazy,
}

/// The result of a successful scan.
pub(super) struct Scan {
    /// From the first message to the end of the last whole one.
    pub whole: Range<u64>,
    /// The messages, the schema first, without the batches that are broken.
    pub messages: Vec<Place>,
    /// Whether an array of any record batch has nulls, in the order in which batches list them.
    pub nulls: Vec<bool>,
    /// Bytes that are allocated to decode it: what is compressed or joined, and the arrays themselves.
    pub memory: u64,
    /// Why the last broken batch cannot be decoded.
    pub broken: Option<TableError>,
}

/// Where one message stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// What it is.
    pub kind: MessageHeader,
    /// Its metadata.
    pub metadata: Range<u64>,
    /// Its body.
    pub body: Range<u64>,
    /// The rows of a record batch.
    pub rows: usize,
    /// Its number among the record batches, from 1.
    pub batch: usize,
}

/// The complete messages that may be decoded; findings about framing and ending go to `findings`.
pub(super) fn prescan(
    blob: &Blob,
    region: &Region,
    wanted: Use,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Result<Scan, TableError> {
    let Range { start, end: border } = region.range;
    let mut books = Books::new(blob, wanted, limits);
    let (mut messages, mut broken, mut lost) = (Vec::<Place>::new(), None, Vec::new());
    let mut at = start;
    let cut_file = region.framing == (Framing::File { footer: false });
    let marked = region.framing != Framing::Stream && has_continuation(blob, start, border)?;
    let ending = loop {
        // Arrow.jl writes no end marker into files: what follows the last batch of one that is cut off, or whose footer
        // claims another length, is part of the footer.
        if marked && books.layout.is_some() && !has_continuation(blob, at, border)? {
            break Ending::Border;
        }
        let metadata = match next_message(blob, at, border, limits)? {
            Ok(metadata) => metadata,
            Err(ending) => break ending,
        };
        let head = metadata.head()?;
        let Some(body) = metadata.body(&head, border)? else {
            break Ending::Cut;
        };
        let before = books.rows;
        match head.header_type() {
            MessageHeader::Schema => books.schema(head.header_as_schema(), head.version())?,
            MessageHeader::RecordBatch => match books.batch(head.header_as_record_batch(), &body) {
                Ok(()) => {}
                // It costs itself, not the table.
                Err(error) if error.code == Code::ArrowInvalid && books.layout.is_some() => {
                    lost.push(lost_batch(books.batches, &error).at(at as usize));
                    broken = Some(error);
                    at = body.end;
                    continue;
                }
                Err(error) => return Err(error),
            },
            MessageHeader::DictionaryBatch => {
                books.dictionary(head.header_as_dictionary_batch(), &body)?;
            }
            other => {
                let name = other.variant_name().unwrap_or("unknown");
                return Err(TableError::invalid(format!(
                    "the message at byte {at} has type {name}, which does not occur in tables"
                )));
            }
        }
        at = body.end;
        messages.push(Place {
            kind: head.header_type(),
            metadata: metadata.range.clone(),
            body,
            rows: (books.rows - before) as usize,
            batch: books.batches,
        });
    };
    if books.layout.is_none() {
        return Err(match ending {
            Ending::Border if cut_file => {
                TableError::new(Code::ArrowTruncated, "the file ends before its schema")
            }
            Ending::Cut => TableError::new(Code::ArrowTruncated, "the Arrow data ends inside its schema"),
            Ending::Mark(_) | Ending::Border => TableError::invalid("the Arrow data contains no schema"),
        });
    }
    books.check_claim(books.claimed.max(books.largest))?;
    let is_batch = |place: &Place| place.kind == MessageHeader::RecordBatch;
    if let Some(error) = broken.take_if(|_| !messages.iter().any(is_batch)) {
        return Err(error);
    }
    findings.append(&mut lost);
    books.report(findings);
    report_ending(region, at, ending, &books, findings)?;
    Ok(Scan {
        whole: start..at,
        messages,
        nulls: books.nulls,
        memory: books.memory,
        broken,
    })
}

fn report_ending(
    region: &Region,
    at: u64,
    ending: Ending,
    books: &Books,
    findings: &mut Vec<Finding>,
) -> Result<(), TableError> {
    let (blob, border) = (books.blob, region.range.end);
    let mut say = |code, offset: u64, message: String| {
        findings.push(Finding::new(code, PATH, message).at(offset as usize));
    };
    if region.framing != Framing::Stream {
        let message = "the table is in the Arrow file format";
        say(Code::ArrowFileFraming, 0, message.into());
    }
    match ending {
        Ending::Cut => {
            let (batches, rows, rest) = (books.batches, books.rows, blob.len() - at);
            let message = format!(
                "the data ends inside a message: {batches} complete batches ({rows} rows) can be read, \
                 the last {rest} bytes are lost; Julia would show no rows"
            );
            say(Code::ArrowTruncated, at, message);
        }
        _ if region.framing == (Framing::File { footer: false }) => {
            let message = "the file ends without a complete footer; file readers refuse it";
            say(Code::ArrowTruncated, blob.len(), message.into());
        }
        Ending::Border if region.framing == Framing::Stream => {
            let message = "the stream ends without its end marker: it may have been cut between two batches";
            say(Code::ArrowNoEndMark, at, message.into());
        }
        Ending::Mark(end) if end < border => {
            let padding = region.framing != Framing::Stream && first_nonzero(blob, end..border)? == border;
            if !padding {
                let (code, what) = if has_continuation(blob, end, border)? {
                    (Code::ArrowSeveralStreams, "another stream follows the end marker")
                } else {
                    (Code::ArrowTrailingBytes, "bytes follow the end marker")
                };
                let rest = border - end;
                let message = format!("{what} ({rest} bytes): readers only see the first stream");
                say(code, end, message);
            }
        }
        Ending::Border | Ending::Mark(_) => {}
    }
    Ok(())
}

/// What the messages claim, added up.
struct Books<'a> {
    blob: &'a Blob,
    wanted: Use,
    limits: &'a Limits,
    /// Rows that may be claimed.
    most_rows: u64,
    layout: Option<Layout>,
    batches: usize,
    dictionaries: usize,
    rows: u64,
    nulls: Vec<bool>,
    claimed: u64,
    /// The most that is claimed at once of what stays on disk.
    largest: u64,
    memory: u64,
    codec: Option<CompressionType>,
    packed: u64,
    unpacked: u64,
    dictionary_bytes: HashMap<i64, u64>,
    deltas: usize,
    replacements: usize,
}

impl<'a> Books<'a> {
    fn new(blob: &'a Blob, wanted: Use, limits: &'a Limits) -> Self {
        // Rows of a table left on disk cost no memory: there may be as many as the file has bits.
        let most_rows = match wanted {
            Use::Whole => limits.table_rows,
            Use::Lazy => limits.table_rows.max(blob.len().saturating_mul(8)),
        };
        Self {
            blob,
            wanted,
            limits,
            most_rows,
            layout: None,
            batches: 0,
            dictionaries: 0,
            rows: 0,
            nulls: Vec::new(),
            claimed: 0,
            largest: 0,
            memory: 0,
            codec: None,
            packed: 0,
            unpacked: 0,
            dictionary_bytes: HashMap::new(),
            deltas: 0,
            replacements: 0,
        }
    }

    fn schema(&mut self, schema: Option<Schema>, version: MetadataVersion) -> Result<(), TableError> {
        let schema = schema.ok_or_else(|| TableError::invalid("the schema message contains no schema"))?;
        if self.layout.is_some() {
            return Err(TableError::invalid("there is a second schema inside the stream"));
        }
        if schema.endianness() == Endianness::Big {
            let message = "the table is big-endian, which is not supported";
            return Err(TableError::invalid(message));
        }
        self.layout = Some(layout(schema, version, self.limits)?);
        Ok(())
    }

    fn batch(&mut self, batch: Option<RecordBatch>, body: &Range<u64>) -> Result<(), TableError> {
        let missing = || TableError::invalid("a record batch message contains no record batch");
        self.batches += 1;
        let batch = batch.ok_or_else(missing)?;
        let most = self.limits.table_batches;
        TableError::within(self.batches, most, || format!("more than {most} record batches"))?;
        self.buffers(&batch, None, body)?;
        let nodes = batch.nodes().into_iter().flatten().take(self.limits.table_fields);
        for (at, node) in nodes.enumerate() {
            if at == self.nulls.len() {
                self.nulls.push(false);
            }
            self.nulls[at] |= node.null_count() > 0;
        }
        self.rows += batch.length().cast_unsigned();
        self.check_rows(self.rows)
    }

    fn dictionary(
        &mut self,
        dictionary: Option<DictionaryBatch>,
        body: &Range<u64>,
    ) -> Result<(), TableError> {
        let missing = || TableError::invalid("a dictionary message contains no dictionary");
        let dictionary = dictionary.ok_or_else(missing)?;
        let batch = dictionary.data().ok_or_else(missing)?;
        self.dictionaries += 1;
        let most = self.limits.table_dictionaries;
        TableError::within(self.dictionaries, most, || {
            format!("more than {most} dictionary batches")
        })?;
        let own = self.buffers(&batch, Some(dictionary.id()), body)?;
        let known = self.dictionary_bytes.contains_key(&dictionary.id());
        let bytes = self.dictionary_bytes.entry(dictionary.id()).or_default();
        if dictionary.isDelta() {
            // The decoder joins old and new dictionaries into a third array, and each batch keeps the one it was read
            // with. With nested dictionaries it joins those as well.
            *bytes = bytes.saturating_add(own);
            let layout = self.layout.as_ref();
            let nested = layout.is_some_and(|layout| layout.nested_dictionaries);
            let joined = if nested {
                let all = self.dictionary_bytes.values();
                all.fold(0, |sum: u64, bytes| sum.saturating_add(*bytes))
            } else {
                *bytes
            };
            self.claim(joined);
            self.allocate(joined);
            self.deltas += 1;
        } else {
            *bytes = own;
            self.replacements += usize::from(known);
        }
        Ok(())
    }

    /// Checks nodes and buffers of one batch, or of the batch of one dictionary; returns the bytes that its buffers
    /// take once decoded.
    fn buffers(
        &mut self,
        batch: &RecordBatch,
        dictionary: Option<i64>,
        body: &Range<u64>,
    ) -> Result<u64, TableError> {
        let Some(layout) = &self.layout else {
            return Err(TableError::invalid("a batch comes before the schema"));
        };
        self.check_length(batch.length())?;
        let mut nodes = 0;
        for node in batch.nodes().into_iter().flatten() {
            nodes += 1;
            self.check_length(node.length())?;
            if !(0..=node.length()).contains(&node.null_count()) {
                let (nulls, length) = (node.null_count(), node.length());
                return Err(TableError::invalid(format!(
                    "{nulls} nulls for only {length} values"
                )));
            }
        }
        let slots = match dictionary {
            None => layout.columns.as_slice(),
            Some(id) => layout.dictionaries.get(&id).map_or(&[][..], Vec::as_slice),
        };
        let mut views = batch.variadicBufferCounts().into_iter().flatten();
        let widths = slots.iter().flat_map(|slot| match slot {
            Slot::Values(width) => repeat_n(*width, 1),
            Slot::Views => repeat_n(1, usize::try_from(views.next().unwrap_or(0)).unwrap_or(0)),
        });
        let codec = batch.compression().map(|compression| compression.codec());
        let (mut packed, mut sum) = (0, 0_u64);
        for (buffer, width) in batch.buffers().into_iter().flatten().zip(widths.chain(repeat(1))) {
            let range = slice(buffer.offset(), buffer.length(), body).ok_or_else(|| {
                TableError::invalid(format!(
                    "a buffer of {} bytes at {} reaches beyond its body of {} bytes",
                    buffer.length(),
                    buffer.offset(),
                    body.end - body.start
                ))
            })?;
            let bytes = match codec {
                Some(_) if !range.is_empty() => unpacked_length(self.blob, range.clone())?,
                _ => range.end - range.start,
            };
            if bytes % width != 0 {
                return Err(TableError::invalid(format!(
                    "a buffer of {bytes} bytes is not a multiple of {width}-byte values"
                )));
            }
            packed += range.end - range.start;
            sum = sum.saturating_add(bytes);
        }
        if codec.is_some() {
            self.codec = self.codec.or(codec);
            self.packed += packed;
            self.unpacked = self.unpacked.saturating_add(sum);
        }
        let unpacked = if codec.is_some() { sum } else { 0 };
        match (self.wanted, dictionary, codec) {
            (Use::Whole, ..) => {
                self.claim(sum);
                self.allocate(unpacked.saturating_add(nodes * NODE));
            }
            // What is read as a unit must fit as a unit, whatever its buffers leave out.
            (Use::Lazy, Some(_), _) => {
                let body = body.end - body.start;
                self.largest = self.largest.max(body);
                self.claim(sum);
                self.allocate(unpacked.saturating_add(body).saturating_add(nodes * NODE));
            }
            (Use::Lazy, None, Some(_)) => self.largest = self.largest.max(sum).max(body.end - body.start),
            (Use::Lazy, None, None) => {}
        }
        Ok(sum)
    }

    fn check_length(&self, length: i64) -> Result<(), TableError> {
        match u64::try_from(length) {
            Ok(length) => self.check_rows(length),
            Err(_) => Err(TableError::invalid(format!("a negative length ({length})"))),
        }
    }

    fn check_rows(&self, rows: u64) -> Result<(), TableError> {
        let most = self.most_rows;
        TableError::within(rows, most, || {
            format!("the table claims {rows} rows; the limit is {most}")
        })
    }

    /// Notes what it claims; whether that is too much is known at the end, with the whole sum.
    fn claim(&mut self, bytes: u64) {
        self.claimed = self.claimed.saturating_add(bytes);
    }

    fn allocate(&mut self, bytes: u64) {
        self.memory = self.memory.saturating_add(bytes);
    }

    fn check_claim(&self, bytes: u64) -> Result<(), TableError> {
        let most = self.limits.table_bytes as u64;
        TableError::within(bytes, most, || {
            format!(
                "the table claims {bytes} bytes once decoded; the limit is {most}; raise table_bytes under [limits] \
                 in the settings"
            )
        })
    }

    fn report(&self, findings: &mut Vec<Finding>) {
        let mut say = |code, message: String| findings.push(Finding::new(code, PATH, message));
        if let Some(codec) = self.codec {
            let zstd = codec == CompressionType::ZSTD;
            let (name, packed, unpacked) = (if zstd { "ZSTD" } else { "LZ4" }, self.packed, self.unpacked);
            let message = format!("buffers are {name}-compressed: {packed} bytes hold {unpacked}");
            say(Code::ArrowCompressed, message);
        }
        let (deltas, replacements) = (self.deltas, self.replacements);
        if deltas > 0 {
            let message = format!("dictionaries are extended along the way (delta batches: {deltas})");
            say(Code::ArrowDictionaryDelta, message);
        }
        if replacements > 0 {
            let message = format!("dictionaries are replaced along the way (replacements: {replacements})");
            say(Code::ArrowDictionaryReplacement, message);
        }
    }
}

/// The finding of a batch that is not shown, by its number.
pub(super) fn lost_batch(number: usize, error: &TableError) -> Finding {
    let message = format!("record batch {number} cannot be decoded, the others are shown: {error}");
    Finding::new(Code::ArrowInvalid, PATH, message)
}

/// Where a buffer stands, if that is inside its body.
pub(super) fn slice(offset: i64, length: i64, body: &Range<u64>) -> Option<Range<u64>> {
    let start = body.start.checked_add(u64::try_from(offset).ok()?)?;
    let end = start.checked_add(u64::try_from(length).ok()?)?;
    (end <= body.end).then_some(start..end)
}

/// The length prefix of a compressed buffer; -1 says that the rest is stored as it is.
pub(super) fn unpacked_length(blob: &Blob, buffer: Range<u64>) -> Result<u64, TableError> {
    const PREFIX: u64 = 8;
    let length = buffer.end - buffer.start;
    let prefix = blob.slice(buffer.start..buffer.end.min(buffer.start + PREFIX))?;
    let Some(prefix) = prefix.first_chunk() else {
        return Err(TableError::invalid(format!(
            "a compressed buffer of {length} bytes has no length prefix"
        )));
    };
    match i64::from_le_bytes(*prefix) {
        -1 => Ok(length - PREFIX),
        length => u64::try_from(length)
            .map_err(|_| TableError::invalid(format!("a compressed buffer claims {length} bytes"))),
    }
}
