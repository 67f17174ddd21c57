//! An opened table: columns, rows over all batches, one cell at a time. Nothing is converted or read from disk until
//! it is requested, so a table of millions of rows costs only its visible cells.

use super::cells::{
    BoundedString, Extension, Row, View, is_numeric, ordering_ticks, to_json, type_name, view, write_text,
};
use super::ipc::to_stream::Plainly;
use super::ipc::{Batches, open, to_stream};
use super::query::number_keys;
use super::table_error::TableError;
use crate::bounds::{Budget, Charge, Limits, caught};
use crate::bytes::Blob;
use crate::findings::{Code, Finding};
use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, new_empty_array};
use arrow::compute::interleave;
use arrow::datatypes::{DataType, SchemaRef};
use bytes::Bytes;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Type as people read it: `i64`, `utf8`, `timestamp[ms]`, `list<f64>`, `dict<utf8>`, `uuid` (Julia).
    pub type_name: String,
    /// Whether nulls are allowed by the schema.
    pub nullable: bool,
    /// Whether it is shown right-aligned (numbers).
    pub numeric: bool,
    /// Whether its values may be of several sorts, so that 5 is not the text 5.
    pub mixed: bool,
}

/// One cell as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Null,
    /// The value as text (at most `Limits::cell_bytes`, cut with `…`).
    Text(String),
}

/// An opened table. Record batches are kept as Arrow, or stay in their file; nothing is converted until a cell is asked
/// for.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    extensions: Vec<Extension>,
    schema: SchemaRef,
    batches: Batches,
    cell_bytes: usize,
    row_bytes: usize,
    /// What its batches take, until it goes.
    charge: Option<Charge>,
}

impl Table {
    /// Opens Arrow IPC bytes, stream or file framing. A table that ends early is opened as far as it goes, with a
    /// finding; a table that breaks the format or a limit is an error whose code says which.
    ///
    /// ```
    /// use natsbridge_wire::{Limits, Table, table_from_csv};
    ///
    /// let bytes = table_from_csv(b"name,score\nAda,1.5\n")?.to_stream()?.into();
    /// let mut findings = Vec::new();
    /// let table = Table::open(&bytes, &Limits::default(), &mut findings)?;
    /// assert_eq!(table.row_json(0).to_string(), r#"{"name":"Ada","score":1.5}"#);
    /// assert!(findings.is_empty());
    /// # Ok::<(), natsbridge_wire::TableError>(())
    /// ```
    pub fn open(bytes: &Bytes, limits: &Limits, findings: &mut Vec<Finding>) -> Result<Self, TableError> {
        Self::open_blob(&bytes.clone().into(), limits, findings)
    }

    /// As [`open`](Self::open), for bytes wherever they are. Above `Limits::table_loaded` a table in a file stays there:
    /// only its dictionaries are read now, and its cells when they are asked for. What is wrong with values that nobody
    /// has looked at is then told by their cells, not by this call.
    pub fn open_blob(blob: &Blob, limits: &Limits, findings: &mut Vec<Finding>) -> Result<Self, TableError> {
        Self::open_within(blob, &Budget::whole(limits), findings)
    }

    /// The same within the memory for a message.
    pub(crate) fn open_within(
        blob: &Blob,
        budget: &Budget<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, TableError> {
        let (schema, batches, charge) = open::open(blob, budget, findings)?;
        Ok(Self::new(schema, batches, budget.limits()).charged(charge))
    }

    /// Builds a table from batches of one schema.
    pub fn from_batches(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self::new(schema, batches.into(), Limits::in_force())
    }

    fn new(schema: SchemaRef, batches: Batches, limits: &Limits) -> Self {
        let columns = schema.fields().iter().map(|field| Column {
            name: field.name().clone(),
            type_name: type_name(field, limits.cell_bytes),
            nullable: field.is_nullable(),
            numeric: is_numeric(field),
            mixed: matches!(field.data_type(), DataType::Union(..)),
        });
        Self {
            columns: columns.collect(),
            extensions: schema.fields().iter().map(|field| Extension::of(field)).collect(),
            schema,
            batches,
            cell_bytes: limits.cell_bytes,
            row_bytes: limits.table_row_bytes,
            charge: None,
        }
    }

    /// The same, with what is charged for it.
    pub(super) fn charged(mut self, charge: Charge) -> Self {
        self.charge = Some(charge);
        self
    }

    /// Bytes of memory that are charged for it.
    pub fn memory(&self) -> u64 {
        self.charge.as_ref().map_or(0, Charge::bytes)
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Rows over all batches.
    pub fn num_rows(&self) -> usize {
        self.batches.rows()
    }

    /// The text of one cell; `Null` outside the table.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        let write = |value: View| match value {
            View::Null => Cell::Null,
            value => Cell::Text(write_text(&value, self.cell_bytes)),
        };
        self.with_value(row, column, write, |why| Cell::Text(self.unreadable(why)))
            .unwrap_or(Cell::Null)
    }

    /// One row as a JSON object in column order (the contract of `listen --json`); null outside the table. Columns
    /// that share a name get a number each (`name`, `name_1`), so that no value is lost. A row over
    /// `Limits::table_row_bytes` is cut where the limit is met, with `…`.
    pub fn row_json(&self, row: usize) -> Value {
        if row >= self.num_rows() {
            return Value::Null;
        }
        let mut object = Row::default();
        let mut budget = self.row_bytes;
        for (index, column) in self.columns.iter().enumerate() {
            let write = |value: View| to_json(&value, &mut budget);
            let value = self.with_value(row, index, write, |why| self.unreadable(why).into());
            object.insert(&column.name, value.unwrap_or_default());
        }
        object.finish()
    }

    /// The integer behind a date, an instant, a time of day or a duration, for sorting; `None` for other columns and
    /// nulls.
    pub(super) fn with_ticks(&self, row: usize, column: usize) -> Option<i64> {
        if !self.schema.fields().get(column)?.data_type().is_temporal() {
            return None;
        }
        let (array, index) = self.batches.array(row, column)?.ok()?;
        let ticks = || (!array.is_null(index)).then(|| ordering_ticks(array.as_ref(), index));
        caught(ticks)??
    }

    /// The sort keys of many rows at once; `false` if the column has no fast numeric keys.
    pub(super) fn push_number_keys(&self, rows: &[u32], column: usize, out: &mut Vec<Option<u64>>) -> bool {
        let plain = self.extensions.get(column) == Some(&Extension::Plain);
        if !plain || !number_keys::are_fast(self.schema.field(column).data_type()) {
            return false;
        }
        let mut rest = rows;
        while let [first, ..] = rest {
            let Some(Ok((array, index))) = self.batches.array(*first as usize, column) else {
                out.push(None);
                rest = &rest[1..];
                continue;
            };
            let start = *first as usize - index;
            let inside = |row: &u32| (start..start + array.len()).contains(&(*row as usize));
            let count = rest.iter().take_while(|row| inside(row)).count();
            let before = out.len();
            let indices = rest[..count].iter().map(|row| *row as usize - start);
            if caught(|| number_keys::push_keys(array.as_ref(), indices, out)).is_none() {
                out.truncate(before);
                out.extend(std::iter::repeat_n(None, count));
            }
            rest = &rest[count..];
        }
        true
    }

    /// Passes one value to `show`; if it cannot be read, or the Arrow library panics on it, passes the cause (if
    /// known) to `unreadable`. `None` outside the table.
    pub(super) fn with_value<T>(
        &self,
        row: usize,
        column: usize,
        show: impl FnOnce(View) -> T,
        unreadable: impl FnOnce(Option<&TableError>) -> T,
    ) -> Option<T> {
        let extension = self.extensions.get(column)?;
        let (array, index) = match self.batches.array(row, column)? {
            Ok(found) => found,
            Err(error) => return Some(unreadable(Some(&error))),
        };
        let shown = caught(|| show(view(array.as_ref(), extension, index)));
        Some(shown.unwrap_or_else(|| unreadable(None)))
    }

    /// The placeholder for a value that cannot be shown.
    fn unreadable(&self, why: Option<&TableError>) -> String {
        BoundedString::write(self.cell_bytes, |out| match why {
            None => out.write_str("⟨unreadable⟩"),
            Some(why) if matches!(why.code, Code::ArrowLimit | Code::ExaminedInPart) => {
                write!(out, "⟨{why}⟩")
            }
            Some(why) => write!(out, "⟨unreadable: {why}⟩"),
        })
    }

    /// The table's batches, one after the other. Those of a table on disk are read as the iterator comes to them; one
    /// that is broken, or larger than `Limits::table_bytes`, is an error in its place.
    pub fn batches(&self) -> impl Iterator<Item = Result<RecordBatch, TableError>> {
        (0..self.batches.len()).map_while(|batch| self.batches.batch(batch))
    }

    /// The schema.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Bytes of a row that are written at most.
    pub(super) fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    /// Some rows and columns as a table of their own.
    pub(super) fn gathered(&self, rows: &[usize], columns: &[usize]) -> Result<Self, TableError> {
        let schema = SchemaRef::new(self.schema.project(columns)?);
        let gathered = columns.iter().map(|column| {
            let named = |error: TableError| {
                let Column { name, type_name, .. } = &self.columns[*column];
                TableError::new(error.code, format!("column {name:?} ({type_name}): {error}"))
            };
            self.gathered_column(rows, *column).map_err(named)
        });
        let gathered = gathered.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let batch = RecordBatch::try_new_with_options(schema.clone(), gathered, &options)?;
        Ok(Self::from_batches(schema, vec![batch]))
    }

    /// Values of a column from wherever their rows are: arrays are looked up anew only where the row leaves the last one.
    fn gathered_column(&self, rows: &[usize], column: usize) -> Result<ArrayRef, TableError> {
        let mut arrays: Vec<ArrayRef> = Vec::new();
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(found) = self.batches.array(*row, column) else {
                continue;
            };
            let (array, index) = found?;
            let known = arrays.iter().rposition(|known| Arc::ptr_eq(known, &array));
            let place = known.unwrap_or_else(|| {
                arrays.push(array);
                arrays.len() - 1
            });
            places.push((place, index));
        }
        let Some(first) = arrays.first() else {
            return Ok(new_empty_array(self.schema.field(column).data_type()));
        };
        let slices: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
        if let [_] = slices[..]
            && places.windows(2).all(|pair| pair[0].1 + 1 == pair[1].1)
        {
            return Ok(first.slice(places[0].1, places.len()));
        }
        TableError::guarded(|| Ok(interleave(&slices, &places)?))
    }

    /// Writes an uncompressed IPC stream without view types.
    pub fn to_stream(&self) -> Result<Vec<u8>, TableError> {
        let mut stream = Vec::new();
        self.write_stream(&mut stream)?;
        Ok(stream)
    }

    /// As [`to_stream`](Self::to_stream), batch by batch.
    pub fn write_stream(&self, out: impl Write) -> Result<(), TableError> {
        to_stream::write_stream(&self.schema, self.plainly(false), self.batches(), out)
    }

    /// As [`to_stream`](Self::to_stream), with time zones that every peer reads. The instants stay.
    pub(crate) fn to_mended_stream(&self) -> Result<Vec<u8>, TableError> {
        let mut stream = Vec::new();
        to_stream::write_stream(&self.schema, self.plainly(true), self.batches(), &mut stream)?;
        Ok(stream)
    }

    fn plainly(&self, zones: bool) -> Plainly {
        let unpack = self.batches.len() > 1;
        Plainly { unpack, zones }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Int64Array;
    use arrow::datatypes::{Field, Schema};

    fn numbers(batches: &[&[i64]]) -> Table {
        let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, false)]));
        let batches = batches.iter().map(|values| {
            let column: ArrayRef = Arc::new(Int64Array::from(values.to_vec()));
            RecordBatch::try_new(schema.clone(), vec![column]).unwrap()
        });
        Table::from_batches(schema.clone(), batches.collect())
    }

    #[test]
    fn rows_are_found_across_batches_empty_ones_too() {
        let table = numbers(&[&[], &[1, 2], &[], &[3], &[]]);
        let cells: Vec<_> = (0..4).map(|row| table.cell(row, 0)).collect();
        let text = |text: &str| Cell::Text(text.into());
        assert_eq!(cells, [text("1"), text("2"), text("3"), Cell::Null]);
        assert_eq!(table.cell(0, 1), Cell::Null);
        assert_eq!(table.row_json(3), Value::Null);
    }

    #[test]
    fn big_integers_stay_exact() {
        let table = numbers(&[&[i64::MIN, (1 << 53) + 1]]);
        assert_eq!(table.row_json(0).to_string(), r#"{"n":-9223372036854775808}"#);
        assert_eq!(table.row_json(1).to_string(), r#"{"n":9007199254740993}"#);
    }
}
