//! What the tests of tables on disk stand on: bytes that count as lying there, and a table far larger than any memory.

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::root_as_message;
use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
use natsbridge_wire::{Blob, Cell, Limits, ReadAt};
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that count as lying on disk; what is read of them is counted.
#[derive(Debug)]
pub struct Disk {
    bytes: Vec<u8>,
    read: AtomicU64,
}

impl Disk {
    pub fn new(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            read: AtomicU64::new(0),
        }
    }

    pub fn blob(bytes: &[u8]) -> Blob {
        Blob::Stored(Arc::new(Self::new(bytes)))
    }

    /// How many bytes were read so far.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl ReadAt for Disk {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        let bytes = self.bytes.get(offset as usize..).unwrap_or_default();
        buffer.copy_from_slice(bytes.get(..buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// Nothing is loaded whole, and windows are small, so that small tables cross many of them.
pub fn lazy() -> Limits {
    Limits {
        table_loaded: 0,
        table_window_rows: 16,
        ..Limits::DEFAULT
    }
}

/// The stream of these batches.
pub fn written(batches: &[RecordBatch]) -> Vec<u8> {
    // Wide padding, as some writers have it.
    let options = IpcWriteOptions::try_new(64, false, arrow::ipc::MetadataVersion::V5).unwrap();
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

/// A table of one batch that is computed where it is read, far larger than what is ever looked at.
#[derive(Debug)]
pub struct Endless {
    head: Vec<u8>,
    pub rows: u64,
    /// Where each buffer of the body stands: number bitmap, numbers, halves, offsets, texts.
    buffers: [Range<u64>; 5],
    size: u64,
    pub read: AtomicU64,
}

const TEXT: u64 = 16;

impl Endless {
    pub fn new(rows: u64) -> Self {
        const SEED: i64 = 1001;
        let few: Vec<_> = (0..SEED).collect();
        let schema = Schema::new(vec![
            Field::new("number", DataType::Int64, true),
            Field::new("half", DataType::Float64, false),
            Field::new("text", DataType::Utf8, false),
        ]);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(few.clone())),
            Arc::new(Float64Array::from(vec![0.5; few.len()])),
            Arc::new(StringArray::from(vec!["x"; few.len()])),
        ];
        let batch = RecordBatch::try_new(Arc::new(schema), columns).unwrap();
        let stream = written(&[batch]);
        // A small batch's metadata, its numbers replaced by those of the large one.
        let first = 8 + u32::from_le_bytes(stream[4..8].try_into().unwrap()) as usize;
        let length = u32::from_le_bytes(stream[first + 4..first + 8].try_into().unwrap()) as usize;
        let metadata = first + 8..first + 8 + length;
        let mut head = stream[..metadata.end].to_vec();
        let mut at = 0;
        let buffers = [rows.div_ceil(8), rows * 8, rows * 8, (rows + 1) * 4, rows * TEXT].map(|length| {
            let buffer = at..at + length;
            at = buffer.end.next_multiple_of(64);
            buffer
        });
        let none = 0..0;
        let listed = [
            &buffers[0],
            &buffers[1],
            &none,
            &buffers[2],
            &none,
            &buffers[3],
            &buffers[4],
        ];
        let message = root_as_message(&stream[metadata.clone()]).unwrap();
        let small = message.header_as_record_batch().unwrap();
        let place = |slice: &[u8]| slice.as_ptr().addr() - stream.as_ptr().addr();
        let nodes = place(small.nodes().unwrap().bytes());
        let spans = place(small.buffers().unwrap().bytes());
        let mut put = |at: usize, value: u64| head[at..at + 8].copy_from_slice(&value.to_le_bytes());
        for (index, buffer) in listed.into_iter().enumerate() {
            put(spans + index * 16, buffer.start);
            put(spans + index * 16 + 8, buffer.end - buffer.start);
        }
        for column in 0..3 {
            put(nodes + column * 16, rows);
        }
        // Every third number is null.
        put(nodes + 8, rows.div_ceil(3));
        let found = |value: i64| {
            let bytes = value.to_le_bytes();
            metadata
                .clone()
                .find(|at| stream[*at..].starts_with(&bytes) && !(nodes..nodes + 48).contains(at))
        };
        put(found(SEED).unwrap(), rows);
        put(found(message.bodyLength()).unwrap(), at);
        let size = head.len() as u64 + at + 8;
        Self {
            head,
            rows,
            buffers,
            size,
            read: AtomicU64::new(0),
        }
    }

    fn byte(&self, at: u64) -> u8 {
        let Some(body) = at.checked_sub(self.head.len() as u64) else {
            return self.head[at as usize];
        };
        let Some(buffer) = self.buffers.iter().position(|buffer| buffer.contains(&body)) else {
            // The end mark, and the padding between buffers.
            return if (5..=8).contains(&(self.size - at)) {
                0xff
            } else {
                0
            };
        };
        let place = body - self.buffers[buffer].start;
        let of = |word: [u8; 8]| word[(place % 8) as usize];
        match buffer {
            0 => (0..8).fold(0, |bits, bit| {
                bits | u8::from(!(place * 8 + bit).is_multiple_of(3)) << bit
            }),
            1 => of((place / 8 * 7).to_le_bytes()),
            2 => of(((place / 8) as f64 / 2.0).to_le_bytes()),
            3 => ((place / 4 * TEXT) as u32).to_le_bytes()[(place % 4) as usize],
            _ => match place % TEXT {
                at @ 0..5 => b"text "[at as usize],
                at => b'0' + (place / TEXT / 10_u64.pow((TEXT - 1 - at) as u32) % 10) as u8,
            },
        }
    }

    /// The cells of a row.
    pub fn row(row: u64) -> [Cell; 3] {
        let text = |text: String| Cell::Text(text);
        let number = if row.is_multiple_of(3) {
            Cell::Null
        } else {
            text((row * 7).to_string())
        };
        [
            number,
            text(format!("{:?}", row as f64 / 2.0)),
            text(format!("text {row:011}")),
        ]
    }
}

impl ReadAt for Endless {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        for (at, byte) in (offset..).zip(buffer) {
            *byte = self.byte(at);
        }
        Ok(())
    }
}
