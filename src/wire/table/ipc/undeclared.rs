//! Columns that are declared without nulls and hold some: readers that check it refuse such batches, although every value is
//! there. Arrow.jl writes them where a later partition brings `missing`.

use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use std::sync::Arc;

/// The schema under which batches can be read whose arrays have nulls where `nulls` says so, in the order in which batches list
/// them, and the columns that are concerned; `None` where that is the schema as it was declared.
pub(super) fn with_nulls(schema: &Schema, nulls: &[bool]) -> Option<(SchemaRef, Vec<String>)> {
    let mut walk = Walk {
        nulls: nulls.iter(),
        broken: false,
    };
    let mut concerned = Vec::new();
    let fields = schema.fields().iter().map(|field| {
        walk.broken = false;
        let field = walk.field(field, false);
        concerned.extend(walk.broken.then(|| field.name().clone()));
        field
    });
    let fields: Vec<FieldRef> = fields.collect();
    (!concerned.is_empty()).then(|| {
        let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
        (Arc::new(schema), concerned)
    })
}

struct Walk<'n> {
    nulls: std::slice::Iter<'n, bool>,
    broken: bool,
}

impl Walk<'_> {
    /// The field as it really is; `masked` where a null may stand for that of what it is in.
    fn field(&mut self, field: &FieldRef, masked: bool) -> FieldRef {
        let holds = self.nulls.next().copied().unwrap_or(false) && *field.data_type() != DataType::Null;
        let undeclared = holds && !field.is_nullable();
        self.broken |= undeclared && !masked;
        let masked = masked || holds;
        let data_type = match field.data_type() {
            DataType::List(item) => DataType::List(self.field(item, masked)),
            DataType::LargeList(item) => DataType::LargeList(self.field(item, masked)),
            DataType::ListView(item) => DataType::ListView(self.field(item, masked)),
            DataType::LargeListView(item) => DataType::LargeListView(self.field(item, masked)),
            DataType::FixedSizeList(item, length) => {
                DataType::FixedSizeList(self.field(item, masked), *length)
            }
            DataType::Struct(fields) => {
                DataType::Struct(fields.iter().map(|field| self.field(field, masked)).collect())
            }
            other => {
                self.pass(other);
                other.clone()
            }
        };
        if !undeclared && data_type == *field.data_type() {
            return field.clone();
        }
        let own = Field::clone(field).with_data_type(data_type);
        Arc::new(own.with_nullable(field.is_nullable() || undeclared))
    }

    /// Goes past the arrays of a type whose fields stay as they are declared.
    fn pass(&mut self, data_type: &DataType) {
        for field in super::layout::children(data_type) {
            self.nulls.next();
            self.pass(field.data_type());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, data_type: DataType, nullable: bool) -> Field {
        Field::new(name, data_type, nullable)
    }

    #[test]
    fn only_what_holds_undeclared_nulls_is_declared_anew() {
        let inner = vec![
            field("x", DataType::Int8, false),
            field("y", DataType::Int8, false),
        ];
        let point = |nullable| field("p", DataType::Struct(inner.clone().into()), nullable);
        let schema = |nullable| Schema::new(vec![field("a", DataType::Int8, false), point(nullable)]);
        assert!(with_nulls(&schema(false), &[false; 4]).is_none());
        let (found, columns) = with_nulls(&schema(false), &[true, false, false, true]).unwrap();
        assert_eq!(columns, ["a", "p"]);
        assert!(found.field(0).is_nullable() && !found.field(1).is_nullable());
        let DataType::Struct(fields) = found.field(1).data_type() else {
            panic!()
        };
        assert!(!fields[0].is_nullable() && fields[1].is_nullable());
        // Nulls below a null are those of what they are in.
        assert!(with_nulls(&schema(true), &[false, true, true, true]).is_none());
    }
}
