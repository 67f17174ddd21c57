//! Compares tables: first their columns, then their cells, row by row.

use super::model::Differences;
use crate::table::{Cell, Table};

/// Cells that are compared.
const CELLS: usize = 2_000_000;

/// Compares two tables; rows by their place.
pub(super) fn tables(name: &str, left: &Table, right: &Table, out: &mut Differences) {
    let (rows_left, rows_right) = (left.num_rows(), right.num_rows());
    let (a, b) = (rows_left.to_string(), rows_right.to_string());
    out.compare_texts(format!("{name}: rows"), &a, &b);
    let mut shared = Vec::new();
    for (at, column) in left.columns().iter().enumerate() {
        let place = format!("{name}: column {}", column.name);
        match right.columns().iter().position(|other| other.name == column.name) {
            None => out.push(place, Some(&column.type_name), None),
            Some(other) => {
                let found = &right.columns()[other];
                out.compare_texts(place, &column.type_name, &found.type_name);
                shared.push((at, other, &column.name));
            }
        }
    }
    for column in right.columns() {
        if !left.columns().iter().any(|known| known.name == column.name) {
            let place = format!("{name}: column {}", column.name);
            out.push(place, None, Some(&column.type_name));
        }
    }
    let both = rows_left.min(rows_right);
    let most = both.min(CELLS / shared.len().max(1));
    for row in 0..most {
        for (a, b, column) in &shared {
            let (left, right) = (left.cell(row, *a), right.cell(row, *b));
            if left == right {
                out.same += 1;
            } else {
                let place = format!("{name}: row {}, {column}", row + 1);
                out.push(place, text(&left), text(&right));
            }
        }
        if out.is_full() {
            return;
        }
    }
    if most < both {
        let place = format!("{name}: rows from {} on", most + 1);
        let why = Some("not compared: too many cells");
        out.push(place, why, why);
    }
}

fn text(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Null => None,
        Cell::Text(text) => Some(text),
    }
}
