//! Tables that say of little that it is much: rows, columns, batches and dictionaries without end.

use arrow::array::{
    Array, ArrayRef, DictionaryArray, FixedSizeBinaryArray, FixedSizeListArray, Int32Array, Int64Array,
    ListArray, NullArray, RecordBatch, RunArray, StringArray, StructArray, UnionArray,
};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, Schema, UnionFields};
use arrow::ipc::writer::{DictionaryHandling, IpcWriteOptions, StreamWriter};
use natsbridge_wire::{Code, Limits, Table};
use std::sync::Arc;
use std::time::Duration;

fn written(batches: &[RecordBatch], options: IpcWriteOptions) -> Vec<u8> {
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

fn column(array: impl Array + 'static) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([("c", Arc::new(array) as ArrayRef, true)]).unwrap()
}

fn stream(array: impl Array + 'static) -> Vec<u8> {
    written(&[column(array)], IpcWriteOptions::default())
}

fn opened(bytes: &[u8]) -> Result<Table, Code> {
    let table = Table::open(&bytes.to_vec().into(), &Limits::DEFAULT, &mut vec![]);
    table.map_err(|error| error.code)
}

/// What this thread has had of a processor, where that is told: other work on the machine does not count.
fn spent() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(
        told.split(' ')
            .next()
            .and_then(|nanos| nanos.parse().ok())
            .unwrap_or(0),
    )
}

fn field(name: &str, kind: DataType) -> Arc<Field> {
    Arc::new(Field::new(name, kind, true))
}

/// Row 16.
#[test]
fn tables_of_nothing_but_size_open_or_are_refused_in_two_tenths_of_a_second() {
    let most = usize::try_from(Limits::DEFAULT.table_rows).unwrap();
    let nulls = |rows: usize| Arc::new(NullArray::new(rows)) as ArrayRef;
    let runs = RunArray::<Int64Type>::try_new(&Int64Array::from(vec![1 << 40]), &Int64Array::from(vec![7]));
    let fixed =
        |rows: usize| FixedSizeListArray::new(field("i", DataType::Null), 1 << 20, nulls(rows << 20), None);
    let list = ListArray::new(
        field("i", DataType::Null),
        OffsetBuffer::new(ScalarBuffer::from(vec![0, i32::MAX])),
        nulls(i32::MAX as usize),
        None,
    );
    let empty = FixedSizeBinaryArray::try_new_with_len(0, arrow::buffer::Buffer::default(), None, 1 << 40);
    let members = UnionFields::try_new([0], [Field::new("n", DataType::Null, true)]).unwrap();
    let union = UnionArray::try_new(members, vec![0_i8; 1000].into(), None, vec![nulls(1000)]).unwrap();
    let many = vec![column(NullArray::new(1)); Limits::DEFAULT.table_batches + 1];
    let wide = |columns: usize| {
        let fields: Vec<_> = (0..columns)
            .map(|n| field(&format!("c{n}"), DataType::Null))
            .collect();
        let columns = (0..columns).map(|_| nulls(most)).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
        written(&[batch], IpcWriteOptions::default())
    };
    let structs = StructArray::from(vec![(field("a", DataType::Null), nulls(1 << 40))]);
    let refused = Err(Code::ArrowLimit);
    for (name, bytes, wanted) in [
        ("2^40 nulls", stream(NullArray::new(1 << 40)), refused),
        ("a run of 2^40", stream(runs.unwrap()), refused),
        ("2^40 times no bytes", stream(empty.unwrap()), refused),
        ("structs of 2^40 nulls", stream(structs), refused),
        ("as many nulls as may be", stream(NullArray::new(most)), Ok(most)),
        ("as many in every column", wide(1000), Ok(most)),
        (
            "too many batches",
            written(&many, IpcWriteOptions::default()),
            refused,
        ),
        ("rows of a million nulls", stream(fixed(40)), Ok(40)),
        ("a list of 2^31 nulls", stream(list), refused),
        ("a union of nulls", stream(union), Ok(1000)),
        (
            "too many columns",
            wide(Limits::DEFAULT.table_columns + 1),
            refused,
        ),
    ] {
        let before = spent();
        let table = opened(&bytes);
        let rows = table.as_ref().map(Table::num_rows).map_err(|code| *code);
        if let Ok(table) = table {
            for row in [0, table.num_rows() - 1] {
                table.cell(row, 0);
            }
        }
        let took = spent().checked_sub(before).unwrap();
        assert_eq!(rows, wanted, "{name}, {} bytes", bytes.len());
        assert!(took < Duration::from_millis(200), "{name}: {took:?}");
    }
    assert!(opened(&written(&many[1..], IpcWriteOptions::default())).is_ok());
}

/// Batches of which each has its own dictionary, larger by one than the one before.
fn growing(batches: usize, width: usize) -> Vec<RecordBatch> {
    let batch = |count: usize| {
        let values = (0..=count).map(|number| format!("{number:0width$}"));
        let values: StringArray = values.map(Some).collect();
        let keys = Int32Array::from(vec![count as i32]);
        column(DictionaryArray::<Int32Type>::try_new(keys, Arc::new(values)).unwrap())
    };
    (0..batches).map(batch).collect()
}

/// Row 18.
#[test]
fn six_ways_of_dictionaries_without_end_meet_a_limit() {
    let most = Limits::DEFAULT.table_dictionaries;
    let handled = |handling| IpcWriteOptions::default().with_dictionary_handling(handling);
    let deltas = |batches: &[RecordBatch]| written(batches, handled(DictionaryHandling::Delta));
    let replaced = |batches: &[RecordBatch]| written(batches, handled(DictionaryHandling::Resend));
    let refused = Err(Code::ArrowLimit);
    let opened = |bytes: &[u8]| opened(bytes).map(|table| table.num_rows());
    // As many as may be, and one more, as additions and as replacements.
    let many = growing(most + 1, 4);
    assert_eq!(opened(&deltas(&many[..most])), Ok(most));
    assert_eq!(opened(&deltas(&many)), refused);
    assert_eq!(opened(&replaced(&many)), refused);
    // Few in all that are large together: each addition makes all of it anew.
    let large = growing(300, 8000);
    assert!(deltas(&large).len() < 4 << 20);
    assert_eq!(opened(&deltas(&large)), refused);
    assert_eq!(opened(&deltas(&large[..100])), Ok(100));
    // The values of a dictionary that is within another, and of two columns.
    let nested = large.iter().map(|batch| {
        let values = batch.column(0).clone();
        let item = field("item", values.data_type().clone());
        column(ListArray::new(
            item,
            OffsetBuffer::from_lengths([1]),
            values,
            None,
        ))
    });
    assert_eq!(opened(&deltas(&nested.collect::<Vec<_>>())), refused);
    let twice = large.iter().take(200).map(|batch| {
        let values = batch.column(0).clone();
        RecordBatch::try_from_iter([("a", values.clone()), ("b", values)]).unwrap()
    });
    assert_eq!(opened(&deltas(&large[..200])), Ok(200));
    assert_eq!(opened(&deltas(&twice.collect::<Vec<_>>())), refused);
}
