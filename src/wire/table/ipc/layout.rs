//! What a schema implies for every batch: which buffers must come, in order, and their value widths. Also checks the
//! size of the schema itself; reads metadata only.

use crate::bounds::Limits;
use crate::findings::Code;
use crate::table::table_error::TableError;
use arrow::datatypes::{DataType, FieldRef};
use arrow::ipc::{Field, IntervalUnit, MetadataVersion, Precision, Schema, Type, UnionMode};
use std::collections::HashMap;

/// One buffer, or several where the batch itself says how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// One buffer that holds a whole number of values of this many bytes.
    Values(u64),
    /// The data buffers of a view column, as many as the batch counts.
    Views,
}

/// Buffers of any length: bitmaps, text, padded binary.
const ANY: Slot = Slot::Values(1);

/// The layout of the record batches and of each dictionary.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Buffers of a record batch.
    pub columns: Vec<Slot>,
    /// Buffers of a dictionary batch, by dictionary.
    pub dictionaries: HashMap<i64, Vec<Slot>>,
    /// Whether a dictionary's values hold dictionaries themselves.
    pub nested_dictionaries: bool,
}

/// Reads a schema; refuses one with too many or too deeply nested fields.
pub(super) fn layout(
    schema: Schema,
    version: MetadataVersion,
    limits: &Limits,
) -> Result<Layout, TableError> {
    let mut walk = Walk {
        layout: Layout::default(),
        limits,
        unions_have_bitmaps: version < MetadataVersion::V5,
        fields: 0,
    };
    let mut columns = Vec::new();
    if let Some(fields) = schema.fields() {
        let (count, most) = (fields.len(), limits.table_columns);
        TableError::within(count, most, || format!("{count} columns; the limit is {most}"))?;
        for field in fields {
            walk.field(field, 1, false, &mut columns)?;
        }
    }
    walk.layout.columns = columns;
    Ok(walk.layout)
}

struct Walk<'a> {
    layout: Layout,
    limits: &'a Limits,
    unions_have_bitmaps: bool,
    fields: usize,
}

impl Walk<'_> {
    fn field(
        &mut self,
        field: Field,
        depth: usize,
        in_dictionary: bool,
        slots: &mut Vec<Slot>,
    ) -> Result<(), TableError> {
        self.fields += 1;
        let (most, deepest) = (self.limits.table_fields, self.limits.table_depth);
        TableError::within(self.fields, most, || {
            format!("more than {most} fields including nested ones")
        })?;
        TableError::within(depth, deepest, || {
            format!("types nested more than {deepest} levels deep")
        })?;
        let Some(dictionary) = field.dictionary() else {
            return self.values(field, depth, in_dictionary, slots);
        };
        self.layout.nested_dictionaries |= in_dictionary;
        let index = dictionary.indexType().map_or(32, |int| int.bitWidth());
        slots.extend([ANY, bits(index)]);
        let mut own = Vec::new();
        self.values(field, depth, true, &mut own)?;
        self.layout.dictionaries.insert(dictionary.id(), own);
        Ok(())
    }

    /// The buffers of a field's own type, dictionary encoding left aside, then those of its children.
    fn values(
        &mut self,
        field: Field,
        depth: usize,
        in_dictionary: bool,
        slots: &mut Vec<Slot>,
    ) -> Result<(), TableError> {
        let whole = Slot::Values;
        if let Some(bits) = field
            .type_as_int()
            .map(|int| int.bitWidth())
            .filter(|bits| *bits > 64)
        {
            let name = field.name().unwrap_or_default();
            let message = format!("the column {name:?} contains {bits}-bit integers");
            return Err(TableError::new(Code::ArrowWideInteger, message));
        }
        match field.type_type() {
            Type::Utf8 | Type::Binary => slots.extend([ANY, whole(4), ANY]),
            Type::LargeUtf8 | Type::LargeBinary => slots.extend([ANY, whole(8), ANY]),
            Type::Utf8View | Type::BinaryView => slots.extend([ANY, whole(16), Slot::Views]),
            Type::List | Type::Map => slots.extend([ANY, whole(4)]),
            Type::LargeList => slots.extend([ANY, whole(8)]),
            Type::ListView => slots.extend([ANY, whole(4), whole(4)]),
            Type::LargeListView => slots.extend([ANY, whole(8), whole(8)]),
            Type::Struct_ | Type::FixedSizeList => slots.push(ANY),
            Type::Null | Type::RunEndEncoded => {}
            Type::Union => {
                if self.unions_have_bitmaps {
                    slots.push(ANY);
                }
                slots.push(ANY);
                if field
                    .type_as_union()
                    .is_some_and(|union| union.mode() == UnionMode::Dense)
                {
                    slots.push(whole(4));
                }
            }
            _ => slots.extend([ANY, fixed_width(field)]),
        }
        for child in field.children().into_iter().flatten() {
            self.field(child, depth + 1, in_dictionary, slots)?;
        }
        Ok(())
    }
}

/// The fields that a type is made of.
pub(super) fn children(data_type: &DataType) -> Vec<&FieldRef> {
    match data_type {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => vec![item],
        DataType::RunEndEncoded(ends, values) => vec![ends, values],
        DataType::Struct(fields) => fields.iter().collect(),
        DataType::Union(fields, _) => fields.iter().map(|(_, field)| field).collect(),
        _ => vec![],
    }
}

fn fixed_width(field: Field) -> Slot {
    match field.type_type() {
        Type::Int => field.type_as_int().map_or(ANY, |int| bits(int.bitWidth())),
        Type::Decimal => field
            .type_as_decimal()
            .map_or(ANY, |decimal| bits(decimal.bitWidth())),
        Type::Time => field.type_as_time().map_or(ANY, |time| bits(time.bitWidth())),
        Type::FloatingPoint => match field.type_as_floating_point().map(|float| float.precision()) {
            Some(Precision::HALF) => Slot::Values(2),
            Some(Precision::SINGLE) => Slot::Values(4),
            _ => Slot::Values(8),
        },
        Type::Interval => match field.type_as_interval().map(|interval| interval.unit()) {
            Some(IntervalUnit::YEAR_MONTH) => Slot::Values(4),
            Some(IntervalUnit::MONTH_DAY_NANO) => Slot::Values(16),
            _ => Slot::Values(8),
        },
        // Days take four bytes, milliseconds eight: both are whole fours.
        Type::Date => Slot::Values(4),
        Type::Timestamp | Type::Duration => Slot::Values(8),
        _ => ANY,
    }
}

fn bits(width: i32) -> Slot {
    Slot::Values(u64::try_from(width / 8).unwrap_or(1).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::datatypes::{DataType, Field as Column, Schema as Columns};
    use arrow::ipc::root_as_message;
    use arrow::ipc::writer::StreamWriter;
    use std::sync::Arc;

    fn layout_of(columns: Vec<Column>, limits: &Limits) -> Result<Layout, TableError> {
        let stream = StreamWriter::try_new(Vec::new(), &Columns::new(columns)).unwrap();
        let bytes = stream.into_inner().unwrap();
        let message = root_as_message(&bytes[8..]).unwrap();
        layout(message.header_as_schema().unwrap(), message.version(), limits)
    }

    #[test]
    fn buffers_are_listed_as_batches_bring_them() {
        let item = Arc::new(Column::new("item", DataType::Int16, true));
        let columns = vec![
            Column::new("text", DataType::Utf8, true),
            Column::new("list", DataType::List(item), true),
            Column::new("view", DataType::Utf8View, true),
            Column::new(
                "dict",
                DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Int64)),
                true,
            ),
        ];
        let found = layout_of(columns, &Limits::DEFAULT).unwrap();
        let whole = Slot::Values;
        let text = [ANY, whole(4), ANY];
        let list = [ANY, whole(4), ANY, whole(2)];
        let view = [ANY, whole(16), Slot::Views];
        let keys = [ANY, whole(1)];
        assert_eq!(found.columns, [&text[..], &list, &view, &keys].concat());
        assert_eq!(
            found.dictionaries.values().collect::<Vec<_>>(),
            [&[ANY, whole(8)]]
        );
        assert!(!found.nested_dictionaries);
    }

    #[test]
    fn fields_are_counted_with_their_children() {
        let limits = Limits {
            table_fields: 2,
            table_depth: 2,
            ..Limits::DEFAULT
        };
        let list = |name, item| Column::new(name, DataType::new_list(item, true), true);
        assert!(layout_of(vec![list("a", DataType::Int8)], &limits).is_ok());
        let wide = vec![list("a", DataType::Int8), list("b", DataType::Int8)];
        assert_eq!(
            layout_of(wide, &limits).unwrap_err().message,
            "more than 2 fields including nested ones"
        );
        let deep = vec![list("a", DataType::new_list(DataType::Int8, true))];
        let roomy = Limits {
            table_fields: 9,
            ..limits
        };
        assert_eq!(
            layout_of(deep, &roomy).unwrap_err().message,
            "types nested more than 2 levels deep"
        );
    }
}
