//! The interface of a table, whatever its source: cell text for display, values for comparison, sort keys. Sorting,
//! filtering, statistics and export are built on it.

use super::arrow_table::{Cell, Column, Table};
use super::cells::{View, write_text};
use super::key::{float_key, int_key};
use super::table_error::TableError;
use crate::json::{Decimal, Number};
use std::cmp::Ordering;

/// A value for comparing and counting.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Anything else, as text.
    Text(String),
}

impl Scalar {
    /// As the nearest double, where it is a number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number.nearest()),
            _ => None,
        }
    }

    /// How two values compare; `None` for values of different sorts, and for NaN and another number.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => a.compare(b),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

impl From<Number> for Scalar {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

/// A sort key of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// Its place among numbers.
    Number(u64),
    /// A number that only its text keeps exact.
    Decimal(Decimal),
    /// Text, by its bytes.
    Text(String),
    /// Null: after all others.
    Null,
}

/// Rows and columns.
pub trait TableSource: Send + Sync {
    /// The columns.
    fn columns(&self) -> &[Column];
    /// How many rows.
    fn num_rows(&self) -> usize;
    /// The text of one cell.
    fn cell(&self, row: usize, column: usize) -> Cell;
    /// The value of one cell.
    fn scalar(&self, row: usize, column: usize) -> Scalar;
    /// Its place in an order. Within a column all places but `Null` are of one sort.
    fn sort_key(&self, row: usize, column: usize) -> SortKey;
    /// The places of many rows at once, where the column has numbers whose places are told fast; `false` otherwise.
    fn number_keys(&self, rows: &[u32], column: usize, out: &mut Vec<Option<u64>>) -> bool {
        let _ = (rows, column, out);
        false
    }
    /// One row as the text of a JSON object, in column order.
    fn row_text(&self, row: usize) -> String;
    /// The whole text of one cell, as far as a row may be large; `None` where there is no value.
    fn whole_text(&self, row: usize, column: usize) -> Option<String>;
    /// How many rows are taken at once where a table is written piece by piece, each of the same types.
    fn rows_at_once(&self) -> usize {
        8192
    }
    /// Some rows and columns as a table of their own, in one batch.
    ///
    /// # Errors
    /// When a value cannot be read.
    fn selected(&self, rows: &[usize], columns: &[usize]) -> Result<Table, TableError>;
}

impl TableSource for Table {
    fn columns(&self) -> &[Column] {
        self.columns()
    }

    fn num_rows(&self) -> usize {
        self.num_rows()
    }

    fn cell(&self, row: usize, column: usize) -> Cell {
        self.cell(row, column)
    }

    fn scalar(&self, row: usize, column: usize) -> Scalar {
        let read = self.with_value(row, column, |value| scalar_of(&value), |_| Scalar::Null);
        read.unwrap_or(Scalar::Null)
    }

    fn sort_key(&self, row: usize, column: usize) -> SortKey {
        if let Some(ticks) = self.with_ticks(row, column) {
            return SortKey::Number(int_key(ticks));
        }
        let key = |value: View| match value {
            View::Null => SortKey::Null,
            View::Bool(value) => SortKey::Number(value.into()),
            View::Int(value) => SortKey::Number(int_key(value)),
            View::UInt(value) => SortKey::Number(value),
            View::Single(value) => SortKey::Number(float_key(value.into())),
            View::Double(value) => SortKey::Number(float_key(value)),
            View::Number(text) => Decimal::of(&text).map_or(SortKey::Null, SortKey::Decimal),
            other => SortKey::Text(text_of(&other)),
        };
        self.with_value(row, column, key, |_| SortKey::Null)
            .unwrap_or(SortKey::Null)
    }

    fn number_keys(&self, rows: &[u32], column: usize, out: &mut Vec<Option<u64>>) -> bool {
        self.push_number_keys(rows, column, out)
    }

    fn row_text(&self, row: usize) -> String {
        self.row_json(row).to_string()
    }

    fn whole_text(&self, row: usize, column: usize) -> Option<String> {
        let most = self.row_bytes();
        let write = |value: View| (!matches!(value, View::Null)).then(|| write_text(&value, most));
        self.with_value(row, column, write, |_| Some("⟨unreadable⟩".into()))?
    }

    fn selected(&self, rows: &[usize], columns: &[usize]) -> Result<Table, TableError> {
        self.gathered(rows, columns)
    }
}

fn scalar_of(value: &View) -> Scalar {
    match value {
        View::Null => Scalar::Null,
        View::Bool(value) => Scalar::Bool(*value),
        View::Int(value) => Number::Int((*value).into()).into(),
        View::UInt(value) => Number::Int((*value).into()).into(),
        View::Single(value) => Number::Single(*value).into(),
        View::Double(value) => Number::Double(*value).into(),
        View::Number(text) => Number::of(text).map_or_else(|| Scalar::Text(text.clone()), Scalar::Number),
        other => Scalar::Text(text_of(other)),
    }
}

/// Bytes of a value that are compared; values equal up to there count as equal.
const COMPARED_BYTES: usize = 4096;

fn text_of(value: &View) -> String {
    write_text(value, COMPARED_BYTES)
}
