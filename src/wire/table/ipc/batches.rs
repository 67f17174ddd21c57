//! The record batches behind a table, in memory or on disk, as one row of rows.

use super::stored::StoredBatches;
use crate::table::table_error::TableError;
use arrow::array::{ArrayRef, RecordBatch};

/// All batches, and where each begins.
#[derive(Debug)]
pub(crate) struct Batches {
    held: Held,
    /// The first row of each batch.
    starts: Vec<usize>,
    rows: usize,
}

#[derive(Debug)]
enum Held {
    Memory(Vec<RecordBatch>),
    Stored(Box<StoredBatches>),
}

impl From<Vec<RecordBatch>> for Batches {
    fn from(batches: Vec<RecordBatch>) -> Self {
        let (starts, rows) = starts(batches.iter().map(RecordBatch::num_rows));
        Self {
            held: Held::Memory(batches),
            starts,
            rows,
        }
    }
}

impl From<StoredBatches> for Batches {
    fn from(batches: StoredBatches) -> Self {
        let (starts, rows) = starts(batches.rows());
        Self {
            held: Held::Stored(Box::new(batches)),
            starts,
            rows,
        }
    }
}

fn starts(batches: impl Iterator<Item = usize>) -> (Vec<usize>, usize) {
    let mut rows = 0;
    let start = |count: usize| {
        let start = rows;
        rows += count;
        start
    };
    (batches.map(start).collect(), rows)
}

impl Batches {
    /// Rows over all batches.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many batches there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The array that holds one value, and its place in it; `None` outside the table.
    pub fn array(&self, row: usize, column: usize) -> Option<Result<(ArrayRef, usize), TableError>> {
        if row >= self.rows {
            return None;
        }
        let batch = self
            .starts
            .partition_point(|start| *start <= row)
            .checked_sub(1)?;
        let index = row - self.starts[batch];
        match &self.held {
            Held::Memory(batches) => {
                let array = batches.get(batch)?.columns().get(column)?;
                Some(Ok((array.clone(), index)))
            }
            Held::Stored(stored) => stored.array(batch, column, index),
        }
    }

    /// One batch; a stored one is read now.
    pub fn batch(&self, batch: usize) -> Option<Result<RecordBatch, TableError>> {
        match &self.held {
            Held::Memory(batches) => batches.get(batch).cloned().map(Ok),
            Held::Stored(stored) => stored.batch(batch),
        }
    }
}
