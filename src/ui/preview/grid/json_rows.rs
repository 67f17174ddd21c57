//! A JSON array of row objects, shown as a grid. Other JSON is shown as a tree.

use crate::paint::head;
use natsbridge_wire::{
    Cell, Column, Decimal, JsonKind, JsonNode, JsonText, Limits, Number, RowsFormat, Scalar, SortKey, Table,
    TableError, TableSource, rows_table,
};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// Rows of a jsontable; the text itself is shared.
pub struct JsonRows {
    json: JsonText,
    columns: Vec<Column>,
    /// The cells of all rows, of each row by their columns.
    cells: Vec<CellPlace>,
    /// How many cells there are up to the end of each row.
    ends: Vec<usize>,
    cell_bytes: usize,
}

/// Where a cell starts in the text; no text of four gigabytes is decoded.
struct CellPlace {
    column: u32,
    place: u32,
}

impl JsonRows {
    /// The rows, if the value is an array of objects that name at least one column and not too many.
    pub fn new(json: &JsonText, limits: &Limits) -> Option<Self> {
        let (mut columns, mut cells, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
        for row in json.root().items() {
            if row.kind() != JsonKind::Object {
                return None;
            }
            let start = cells.len();
            for (name, cell) in row.members() {
                let name = name.text()?;
                let column = *places.entry(name).or_insert_with_key(|name| {
                    columns.push(Column {
                        name: name.clone().into_owned(),
                        type_name: String::new(),
                        nullable: true,
                        numeric: false,
                        mixed: false,
                    });
                    columns.len() - 1
                });
                if columns.len() > limits.table_columns {
                    return None;
                }
                learn(&mut columns[column], cell.kind());
                cells.push(CellPlace {
                    column: column as u32,
                    place: cell.place() as u32,
                });
            }
            // Cells of the same column stay in their order.
            cells[start..].sort_by_key(|cell| cell.column);
            ends.push(cells.len());
        }
        (!columns.is_empty()).then(|| Self {
            json: json.clone(),
            columns,
            cells,
            ends,
            cell_bytes: limits.cell_bytes,
        })
    }
}

/// The type of a column is that of all its cells, or `mixed`; nulls are ignored.
fn learn(column: &mut Column, cell: JsonKind) {
    let word = match cell {
        JsonKind::Null => return,
        JsonKind::Bool => "bool",
        JsonKind::Number => "number",
        JsonKind::Text => "text",
        JsonKind::Array => "list",
        JsonKind::Object => "object",
    };
    if column.type_name.is_empty() {
        word.clone_into(&mut column.type_name);
    } else if column.type_name != word {
        "mixed".clone_into(&mut column.type_name);
        column.mixed = true;
    }
    column.numeric = column.type_name == "number";
}

impl TableSource for JsonRows {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn num_rows(&self) -> usize {
        self.ends.len()
    }

    fn cell(&self, row: usize, column: usize) -> Cell {
        match self.value(row, column) {
            Some(value) => Cell::Text(self.cut(&text_of(value))),
            None => Cell::Null,
        }
    }

    fn scalar(&self, row: usize, column: usize) -> Scalar {
        let Some(value) = self.value(row, column) else {
            return Scalar::Null;
        };
        match value.kind() {
            JsonKind::Bool => Scalar::Bool(value.raw() == "true"),
            JsonKind::Number => Number::of(value.raw()).map_or(Scalar::Null, Scalar::Number),
            _ => Scalar::Text(text_of(value).into_owned()),
        }
    }

    fn sort_key(&self, row: usize, column: usize) -> SortKey {
        let numeric = self.columns.get(column).is_some_and(|column| column.numeric);
        match self.scalar(row, column) {
            Scalar::Null => SortKey::Null,
            Scalar::Bool(value) => SortKey::Text(value.to_string()),
            Scalar::Text(text) => SortKey::Text(text),
            // Numbers among other types are sorted as text, so that a column sorts by one type.
            Scalar::Number(number) if !numeric => SortKey::Text(number.to_string()),
            Scalar::Number(number) => {
                Decimal::of(&number.to_string()).map_or(SortKey::Null, SortKey::Decimal)
            }
        }
    }

    fn row_text(&self, row: usize) -> String {
        self.object(row, 0..self.columns.len())
    }

    fn whole_text(&self, row: usize, column: usize) -> Option<String> {
        Some(text_of(self.value(row, column)?).into_owned())
    }

    /// The types of columns are found from all rows.
    fn rows_at_once(&self) -> usize {
        usize::MAX
    }

    fn selected(&self, rows: &[usize], columns: &[usize]) -> Result<Table, TableError> {
        let mut lines = String::new();
        for row in rows {
            lines += &self.object(*row, columns.iter().copied());
            lines.push('\n');
        }
        rows_table(lines.as_bytes(), RowsFormat::Json, &[], Limits::in_force()).map(|made| made.table)
    }
}

impl JsonRows {
    /// The value of a cell; `None` for null too. Of members with the same key the last one counts.
    fn value(&self, row: usize, column: usize) -> Option<JsonNode<'_>> {
        let end = *self.ends.get(row)?;
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        let cells = &self.cells[start..end];
        let after = cells.partition_point(|cell| cell.column as usize <= column);
        let cell = cells[..after]
            .last()
            .filter(|cell| cell.column as usize == column)?;
        let value = self.json.at(cell.place as usize)?;
        (value.kind() != JsonKind::Null).then_some(value)
    }

    /// Some columns of a row by their names, as a JSON object on one line.
    fn object(&self, row: usize, columns: impl Iterator<Item = usize>) -> String {
        let member = |column: usize| {
            let name = Value::from(&*self.columns[column].name);
            match self.value(row, column) {
                Some(value) => format!("{name}:{value}"),
                None => format!("{name}:null"),
            }
        };
        let members: Vec<String> = columns.map(member).collect();
        format!("{{{}}}", members.join(","))
    }

    fn cut(&self, text: &str) -> String {
        let head = head(text, self.cell_bytes);
        let rest = if head.len() < text.len() { "…" } else { "" };
        format!("{head}{rest}")
    }
}

/// A string without its quotes; any other value on one line.
fn text_of(value: JsonNode<'_>) -> Cow<'_, str> {
    value.text().unwrap_or_else(|| value.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Option<JsonRows> {
        JsonRows::new(&text.parse().unwrap(), &Limits::DEFAULT)
    }

    #[test]
    fn columns_are_the_union_of_the_rows_keys() {
        let rows = rows(r#"[{"a": 1, "b": "x"}, {"c": [ 1 ], "a": 2.5}, {"b": true, "a": null}]"#).unwrap();
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
        for text in ["[]", "[1]", "{\"a\": 1}", "[{}]", "[{\"a\": 1}, 2]"] {
            assert!(rows(text).is_none(), "{text}");
        }
    }

    #[test]
    fn numbers_are_shown_copied_and_written_as_they_were_sent() {
        let rows =
            rows(r#"[{"n": 0.10, "m": {"k": [ -0, 1.50 ]}, "n": 1e1000}, {"n": 12345678901234567890}]"#);
        let rows = rows.unwrap();
        assert_eq!(rows.cell(0, 0), Cell::Text("1e1000".to_owned()));
        assert_eq!(rows.row_text(0), r#"{"n":1e1000,"m":{"k":[-0,1.50]}}"#);
        assert_eq!(rows.whole_text(0, 1).as_deref(), Some(r#"{"k":[-0,1.50]}"#));
        assert_eq!(rows.scalar(1, 0), Number::Int(12_345_678_901_234_567_890).into());
        assert!(rows.sort_key(0, 0) > rows.sort_key(1, 0));
        let table = rows.selected(&[1], &[0]).unwrap();
        assert_eq!(table.row_json(0).to_string(), r#"{"n":12345678901234567890}"#);
    }
}
