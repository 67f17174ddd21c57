//! The record batches of a table on disk: dictionaries in memory, everything else read on demand. Uncompressed
//! columns are read by windows of rows, compressed ones one column of a batch at a time.

use super::framing::head;
use super::index_types::with_index_types;
use super::lru::Lru;
use super::parts::{Cursor, Parts};
use super::prescan::{Place, Scan, unpacked_length};
use super::window::{Dictionaries, WindowReader};
use crate::bounds::{Account, Budget, Charge};
use crate::bytes::Blob;
use crate::findings::Code;
use crate::table::table_error::TableError;
use arrow::array::{Array, ArrayData, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::buffer::Buffer;
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::ipc::MessageHeader;
use arrow::ipc::convert::try_fb_to_schema;
use arrow::ipc::reader::{read_dictionary, read_record_batch};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Record batches that stay where they are.
#[derive(Debug)]
pub(super) struct StoredBatches {
    blob: Blob,
    schema: SchemaRef,
    batches: Vec<StoredBatch>,
    windows: Mutex<Windows>,
    /// Whole columns of compressed batches. They take long to unpack, so that there is room for all of a batch.
    unpacked: Mutex<Windows>,
    /// By batch.
    parts: Mutex<Lru<usize, Arc<Parts>>>,
    window_rows: usize,
    window_bytes: usize,
    batch_bytes: usize,
    /// Where unpacked columns are charged.
    account: Account,
}

/// By batch, column and first row.
type Windows = Lru<(usize, usize, usize), Window>;

#[derive(Debug)]
struct StoredBatch {
    place: Place,
    /// Their state when this batch is read: later messages may replace them.
    dictionaries: Arc<Dictionaries>,
}

/// Some rows of a column, or why they cannot be read.
#[derive(Debug, Clone)]
struct Window {
    rows: Range<usize>,
    values: Result<ArrayRef, TableError>,
    /// For an unpacked column, as long as somebody keeps it.
    _charge: Option<Arc<Charge>>,
}

/// Reads the dictionaries of a scanned table with this schema.
pub(super) fn open(
    blob: &Blob,
    scan: &Scan,
    schema: &SchemaRef,
    budget: &Budget<'_>,
) -> Result<StoredBatches, TableError> {
    let limits = budget.limits();
    let mut dictionaries = Arc::new(Dictionaries::new());
    let mut batches = Vec::new();
    for place in &scan.messages {
        match place.kind {
            MessageHeader::Schema => {}
            MessageHeader::DictionaryBatch => {
                add_dictionary(blob, place, schema, Arc::make_mut(&mut dictionaries))?;
            }
            _ => batches.push(StoredBatch {
                place: place.clone(),
                dictionaries: dictionaries.clone(),
            }),
        }
    }
    Ok(StoredBatches {
        blob: blob.clone(),
        schema: schema.clone(),
        batches,
        windows: Mutex::new(Lru::new(limits.table_cached_bytes)),
        unpacked: Mutex::new(Lru::new(limits.table_bytes)),
        parts: Mutex::new(Lru::new(limits.table_cached_bytes / 4)),
        window_rows: limits.table_window_rows,
        window_bytes: limits.table_window_bytes,
        batch_bytes: limits.table_bytes,
        account: budget.account().clone(),
    })
}

/// The schema as a message declares it.
pub(super) fn read_schema(blob: &Blob, place: &Place) -> Result<Schema, TableError> {
    let metadata = blob.slice(place.metadata.clone())?;
    let metadata = with_index_types(&metadata);
    let message = head(&metadata, place.metadata.start)?;
    let schema = message
        .header_as_schema()
        .ok_or_else(|| TableError::invalid("the schema message contains no schema"))?;
    Ok(try_fb_to_schema(schema)?)
}

/// Takes in the dictionary of a message.
pub(super) fn add_dictionary(
    blob: &Blob,
    place: &Place,
    schema: &Schema,
    known: &mut Dictionaries,
) -> Result<(), TableError> {
    let metadata = blob.slice(place.metadata.clone())?;
    let message = head(&metadata, place.metadata.start)?;
    let batch = message
        .header_as_dictionary_batch()
        .ok_or_else(|| TableError::invalid("a dictionary message contains no dictionary"))?;
    let body = Buffer::from(blob.slice(place.body.clone())?);
    Ok(read_dictionary(&body, batch, schema, known, &message.version())?)
}

impl StoredBatches {
    /// Rows of each batch.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.batches.iter().map(|batch| batch.place.rows)
    }

    /// The array that holds one value, and its place in it; `None` outside the table.
    pub fn array(
        &self,
        batch: usize,
        column: usize,
        row: usize,
    ) -> Option<Result<(ArrayRef, usize), TableError>> {
        let stored = self.batches.get(batch).filter(|stored| row < stored.place.rows)?;
        let key = (batch, column, row);
        let held = held(&self.windows, key).or_else(|| held(&self.unpacked, key));
        let window = held.unwrap_or_else(|| self.look(stored, key));
        Some(window.values.map(|values| (values, row - window.rows.start)))
    }

    /// Reads the window around a value and keeps it.
    fn look(&self, stored: &StoredBatch, (batch, column, row): (usize, usize, usize)) -> Window {
        let mut shelf = &self.windows;
        let read = TableError::guarded(|| {
            let parts = self.parts(stored, batch)?;
            if parts.packed {
                shelf = &self.unpacked;
            }
            Ok(self.window(stored, &parts, column, row))
        });
        let window = read.unwrap_or_else(|error| Window {
            rows: row..row + 1,
            values: Err(error),
            _charge: None,
        });
        let bytes = window
            .values
            .as_ref()
            .map_or(0, |values| own_bytes(&values.to_data()));
        let weight = size_of::<Window>() + bytes;
        locked(shelf).keep((batch, column, window.rows.start), weight, window.clone());
        window
    }

    fn window(&self, stored: &StoredBatch, parts: &Parts, column: usize, row: usize) -> Window {
        if parts.packed {
            let charged = self.charged(parts, column);
            let (values, charge) = match charged {
                Ok(charge) => (self.packed(stored, parts, column), Some(Arc::new(charge))),
                Err(error) => (Err(error), None),
            };
            let rows = 0..stored.place.rows;
            return Window {
                rows,
                values,
                _charge: charge,
            };
        }
        let mut size = self.window_rows.max(1);
        loop {
            let start = row - row % size;
            let rows = start..stored.place.rows.min(start + size);
            let values = self.rows_of(stored, parts, column, rows.clone(), self.window_bytes);
            // If the values are too large for this many rows, fewer may fit.
            match &values {
                Err(error) if error.code == Code::ArrowLimit && size > 1 => size = size.div_ceil(2),
                _ => {
                    return Window {
                        rows,
                        values,
                        _charge: None,
                    };
                }
            }
        }
    }

    fn rows_of(
        &self,
        stored: &StoredBatch,
        parts: &Parts,
        column: usize,
        rows: Range<usize>,
        most: usize,
    ) -> Result<ArrayRef, TableError> {
        let field = self.schema.field(column);
        let at = self.before(parts, column)?;
        WindowReader::new(&self.blob, parts, &stored.dictionaries, at, most).array(field, rows)
    }

    /// Charges what a column of a compressed batch takes, as it is and unpacked; other columns make room for it.
    fn charged(&self, parts: &Parts, column: usize) -> Result<Charge, TableError> {
        let bytes = self.unpacked_bytes(parts, column)?;
        self.account.charge(bytes).or_else(|_| {
            locked(&self.unpacked).clear();
            Ok(self.account.charge(bytes)?)
        })
    }

    /// Bytes of a column of a compressed batch, as it is and unpacked.
    fn unpacked_bytes(&self, parts: &Parts, column: usize) -> Result<u64, TableError> {
        let (from, to) = self.span(parts, column)?;
        let buffers = parts.between(from, to).iter().filter(|buffer| !buffer.is_empty());
        buffers.clone().try_fold(0_u64, |sum, buffer| {
            let unpacked = unpacked_length(&self.blob, buffer.clone())?;
            Ok(sum
                .saturating_add(buffer.end - buffer.start)
                .saturating_add(unpacked))
        })
    }

    /// A whole column of a compressed batch. The decoder needs the whole body: for other columns only address space
    /// is reserved, which costs no memory unless it is touched.
    fn packed(&self, stored: &StoredBatch, parts: &Parts, column: usize) -> Result<ArrayRef, TableError> {
        let (from, to) = self.span(parts, column)?;
        let mut body = vec![0_u8; (parts.body.end - parts.body.start) as usize];
        for buffer in parts.between(from, to) {
            let bytes = self.blob.slice(buffer.clone())?;
            let start = (buffer.start - parts.body.start) as usize;
            body[start..start + bytes.len()].copy_from_slice(&bytes);
        }
        let message = head(&parts.metadata, stored.place.metadata.start)?;
        let batch = message
            .header_as_record_batch()
            .ok_or_else(|| TableError::invalid("a record batch message contains no record batch"))?;
        let columns = [column];
        let decoded = read_record_batch(
            &Buffer::from_vec(body),
            batch,
            self.schema.clone(),
            &stored.dictionaries,
            Some(&columns),
            &message.version(),
        );
        Ok(decoded?.column(0).clone())
    }

    /// The places before a column and behind it.
    fn span(&self, parts: &Parts, column: usize) -> Result<(Cursor, Cursor), TableError> {
        let from = self.before(parts, column)?;
        let mut to = from;
        parts.skip(self.schema.field(column).data_type(), &mut to)?;
        Ok((from, to))
    }

    /// The place before a column.
    fn before(&self, parts: &Parts, column: usize) -> Result<Cursor, TableError> {
        let mut at = Cursor::default();
        for field in &self.schema.fields()[..column] {
            parts.skip(field.data_type(), &mut at)?;
        }
        Ok(at)
    }

    fn parts(&self, stored: &StoredBatch, batch: usize) -> Result<Arc<Parts>, TableError> {
        let held = locked(&self.parts).at_or_before(batch);
        if let Some((_, parts)) = held.filter(|(of, _)| *of == batch) {
            return Ok(parts);
        }
        let parts = Arc::new(Parts::read(&self.blob, &stored.place)?);
        locked(&self.parts).keep(batch, parts.weight(), parts.clone());
        Ok(parts)
    }

    /// A whole batch, read now; `None` behind the last one.
    pub fn batch(&self, batch: usize) -> Option<Result<RecordBatch, TableError>> {
        let stored = self.batches.get(batch)?;
        let whole = TableError::guarded(|| self.whole(stored, batch));
        Some(whole.map_err(|error| match error.code {
            Code::ArrowInvalid => TableError::invalid(format!(
                "record batch {} cannot be decoded: {error}",
                stored.place.batch
            )),
            _ => error,
        }))
    }

    fn whole(&self, stored: &StoredBatch, batch: usize) -> Result<RecordBatch, TableError> {
        let (rows, bytes) = (stored.place.rows, stored.place.body.end - stored.place.body.start);
        let most = self.batch_bytes as u64;
        TableError::within(bytes, most, || {
            format!("record batch {batch} takes {bytes} bytes; the limit is {most}")
        })?;
        let parts = self.parts(stored, batch)?;
        let mut charge = self.account.charge(bytes)?;
        if parts.packed {
            for column in 0..self.schema.fields().len() {
                charge.grow(self.unpacked_bytes(&parts, column)?)?;
            }
        }
        let columns = (0..self.schema.fields().len()).map(|column| {
            if parts.packed {
                self.packed(stored, &parts, column)
            } else {
                self.rows_of(stored, &parts, column, 0..rows, self.batch_bytes)
            }
        });
        let columns = columns.collect::<Result<_, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(
            self.schema.clone(),
            columns,
            &options,
        )?)
    }
}

/// Bytes that an array holds by itself: a dictionary is shared by all windows.
fn own_bytes(data: &ArrayData) -> usize {
    let nulls = data.nulls().map_or(0, |nulls| nulls.buffer().len());
    let buffers: usize = data.buffers().iter().map(Buffer::len).sum();
    let children = match data.data_type() {
        DataType::Dictionary(..) => 0,
        _ => data.child_data().iter().map(own_bytes).sum(),
    };
    size_of::<ArrayData>() + nulls + buffers + children
}

/// The cached window that contains the value at `key`.
fn held(shelf: &Mutex<Windows>, key: (usize, usize, usize)) -> Option<Window> {
    let (batch, column, row) = key;
    let ((of_batch, of_column, _), window) = locked(shelf).at_or_before(key)?;
    let same = (of_batch, of_column) == (batch, column) && window.rows.contains(&row);
    same.then_some(window)
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // No foreign code runs under the lock, so the data is consistent.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
