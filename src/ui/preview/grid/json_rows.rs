//! A JSON array of row objects, shown as a grid. Other JSON is shown as a tree.

use crate::paint::head;
use natsbridge_wire::{
    Cell, Column, Limits, RowsFormat, Scalar, SortKey, Table, TableError, TableSource, float_key, rows_table,
};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of a jsontable; the value itself is shared.
pub struct JsonRows {
    value: Arc<Value>,
    columns: Vec<Column>,
    cell_bytes: usize,
}

impl JsonRows {
    /// The rows, if `value` is an array of objects that name at least one column and not too many.
    pub fn new(value: &Arc<Value>, limits: &Limits) -> Option<Self> {
        let mut columns: Vec<Column> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for row in value.as_array()? {
            for (name, cell) in row.as_object()? {
                let place = *places.entry(name).or_insert_with(|| {
                    columns.push(Column {
                        name: name.clone(),
                        type_name: String::new(),
                        nullable: true,
                        numeric: false,
                    });
                    columns.len() - 1
                });
                if columns.len() > limits.table_columns {
                    return None;
                }
                learn(&mut columns[place], cell);
            }
        }
        (!columns.is_empty()).then(|| Self {
            value: Arc::clone(value),
            columns,
            cell_bytes: limits.cell_bytes,
        })
    }
}

/// The type of a column is that of all its cells, or `mixed`; nulls are ignored.
fn learn(column: &mut Column, cell: &Value) {
    let word = match cell {
        Value::Null => return,
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    if column.type_name.is_empty() {
        word.clone_into(&mut column.type_name);
    } else if column.type_name != word {
        "mixed".clone_into(&mut column.type_name);
    }
    column.numeric = column.type_name == "number";
}

impl TableSource for JsonRows {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn num_rows(&self) -> usize {
        self.value.as_array().map_or(0, Vec::len)
    }

    fn cell(&self, row: usize, column: usize) -> Cell {
        match self.value(row, column) {
            None | Some(Value::Null) => Cell::Null,
            Some(Value::String(text)) => Cell::Text(self.cut(text)),
            Some(value) => Cell::Text(self.cut(&value.to_string())),
        }
    }

    fn scalar(&self, row: usize, column: usize) -> Scalar {
        match self.value(row, column) {
            None | Some(Value::Null) => Scalar::Null,
            Some(Value::Bool(value)) => Scalar::Bool(*value),
            Some(Value::Number(number)) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(whole), ..) => Scalar::Int(whole.into()),
                (_, Some(whole), _) => Scalar::Int(whole.into()),
                (.., Some(float)) => Scalar::Float(float),
                _ => Scalar::Text(number.to_string()),
            },
            Some(Value::String(text)) => Scalar::Text(text.clone()),
            Some(value) => Scalar::Text(value.to_string()),
        }
    }

    fn sort_key(&self, row: usize, column: usize) -> SortKey {
        let numeric = self.columns.get(column).is_some_and(|column| column.numeric);
        match self.scalar(row, column) {
            Scalar::Null => SortKey::Null,
            Scalar::Bool(value) => SortKey::Text(value.to_string()),
            Scalar::Text(text) => SortKey::Text(text),
            // Numbers among other types are sorted as text, so that a column sorts by one type.
            number if numeric => SortKey::Number(float_key(number.number().unwrap_or(f64::NAN))),
            Scalar::Int(number) => SortKey::Text(number.to_string()),
            Scalar::Float(number) => SortKey::Text(number.to_string()),
        }
    }

    fn row_json(&self, row: usize) -> Value {
        self.object(row, 0..self.columns.len())
    }

    fn whole_text(&self, row: usize, column: usize) -> Option<String> {
        match self.value(row, column)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            value => Some(value.to_string()),
        }
    }

    fn selected(&self, rows: &[usize], columns: &[usize]) -> Result<Table, TableError> {
        let mut lines = String::new();
        for row in rows {
            lines += &self.object(*row, columns.iter().copied()).to_string();
            lines.push('\n');
        }
        rows_table(lines.as_bytes(), RowsFormat::Json, &[], &Limits::DEFAULT).map(|made| made.table)
    }
}

impl JsonRows {
    fn value(&self, row: usize, column: usize) -> Option<&Value> {
        self.value.get(row)?.get(&self.columns.get(column)?.name)
    }

    /// Some columns of a row by their names.
    fn object(&self, row: usize, columns: impl Iterator<Item = usize>) -> Value {
        let value = |column| self.value(row, column).cloned().unwrap_or_default();
        let members = columns.map(|column| (self.columns[column].name.clone(), value(column)));
        members.collect::<Map<_, _>>().into()
    }

    fn cut(&self, text: &str) -> String {
        let head = head(text, self.cell_bytes);
        let rest = if head.len() < text.len() { "…" } else { "" };
        format!("{head}{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_the_union_of_the_rows_keys() {
        let value = Arc::new(json!([{"a": 1, "b": "x"}, {"c": [1], "a": 2.5}, {"b": true, "a": null}]));
        let rows = JsonRows::new(&value, &Limits::DEFAULT).unwrap();
        let columns: Vec<_> = rows
            .columns()
            .iter()
            .map(|c| (&*c.name, &*c.type_name, c.numeric))
            .collect();
        assert_eq!(
            columns,
            [("a", "number", true), ("b", "mixed", false), ("c", "list", false)]
        );
        assert_eq!(rows.num_rows(), 3);
        assert_eq!(rows.cell(1, 2), Cell::Text("[1]".to_owned()));
        assert_eq!(
            (rows.cell(2, 0), rows.cell(0, 2), rows.cell(9, 9)),
            (Cell::Null, Cell::Null, Cell::Null)
        );
    }

    #[test]
    fn anything_else_is_left_to_the_tree() {
        for value in [json!([]), json!([1]), json!({"a": 1}), json!([{}])] {
            assert!(JsonRows::new(&Arc::new(value), &Limits::DEFAULT).is_none());
        }
    }
}
