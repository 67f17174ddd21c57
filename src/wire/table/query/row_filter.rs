//! Filters over table rows: terms are resolved to columns once, then evaluated row by row.

use crate::bounds::Steps;
use crate::filter::{Expr, FilterError, Operator, Term, parse_filter};
use crate::json::ValuePath;
use crate::table::arrow_table::{Cell, Column};
use crate::table::source::{Scalar, TableSource};

/// Rows looked at between two steps.
const STEP_ROWS: usize = 16_384;

/// A filter over the rows of one table.
#[derive(Debug, Clone)]
pub struct RowFilter {
    expr: Expr<RowTerm>,
}

#[derive(Debug, Clone)]
struct RowTerm {
    /// The column compared, or any of them.
    column: Option<usize>,
    compare: Operator,
    value: Scalar,
    /// For looking into text; lower case where case does not count.
    text: String,
    any_case: bool,
    is_null: bool,
}

impl RowFilter {
    /// Reads a filter: `score>3 and name~ada`, `"total amount">5`, `city="New York"`, `note=null`; a bare word is looked
    /// for in every cell.
    ///
    /// # Errors
    /// What is wrong with the text, or a column that does not exist, with its place.
    pub fn new(text: &str, columns: &[Column]) -> Result<Self, FilterError> {
        let expr = parse_filter(text)?.try_map(&mut |term: Term| row_term(term, columns))?;
        Ok(Self { expr })
    }

    /// Whether a row is shown.
    pub fn admits(&self, table: &dyn TableSource, row: usize) -> bool {
        self.expr.eval(&mut |term| term.admits(table, row))
    }

    /// Those of the rows that are shown; `None` when `steps` wants no more.
    pub fn rows(&self, table: &dyn TableSource, steps: &dyn Steps) -> Option<Vec<u32>> {
        let all = table.num_rows();
        let mut shown = Vec::new();
        for row in 0..all {
            if row % STEP_ROWS == 0 && !steps.step(row as u64, all as u64) {
                return None;
            }
            if self.admits(table, row) {
                shown.push(row as u32);
            }
        }
        Some(shown)
    }
}

fn row_term(term: Term, columns: &[Column]) -> Result<RowTerm, FilterError> {
    let (column, compare) = match &term.field {
        None => (None, Operator::Contains),
        Some((field, compare)) => {
            let path = field.text.parse::<ValuePath>();
            let exact = |column: &Column| {
                column.name == field.text || path.as_ref().is_ok_and(|path| path.is_column(&column.name, ""))
            };
            let any_case = |column: &Column| column.name.eq_ignore_ascii_case(&field.text);
            let found = columns.iter().position(exact);
            let Some(column) = found.or_else(|| columns.iter().position(any_case)) else {
                let what = no_column(&field.text, columns);
                return Err(FilterError::new(field.at.clone(), what));
            };
            (Some(column), *compare)
        }
    };
    let (text, quoted) = (term.value.text, term.value.quoted);
    let any_case = !text.chars().any(char::is_uppercase);
    let numeric = column.is_some_and(|column| columns[column].numeric);
    let value = match text.as_str() {
        _ if quoted && !numeric => Scalar::Text(text.clone()),
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        other => Scalar::of_text(other),
    };
    if compare.orders() && numeric && value.number().is_none() {
        let what = format!("{text:?} is not a number, but the column contains numbers");
        return Err(FilterError::new(term.value.at, what));
    }
    Ok(RowTerm {
        column,
        compare,
        value,
        is_null: !quoted && text == "null",
        text: if any_case { text.to_lowercase() } else { text },
        any_case,
    })
}

fn no_column(name: &str, columns: &[Column]) -> String {
    let names: Vec<String> = columns
        .iter()
        .take(8)
        .map(|column| ValuePath::to_key(&column.name).to_string())
        .collect();
    let more = if columns.len() > 8 { ", …" } else { "" };
    format!(
        "unknown column {name:?}; the columns are {}{more}",
        names.join(", ")
    )
}

impl RowTerm {
    fn admits(&self, table: &dyn TableSource, row: usize) -> bool {
        let Some(column) = self.column else {
            return (0..table.columns().len()).any(|column| self.is_in(&table.cell(row, column)));
        };
        match self.compare {
            Operator::Contains => self.is_in(&table.cell(row, column)),
            Operator::Lacks => !self.is_in(&table.cell(row, column)),
            compare => {
                let value = table.scalar(row, column);
                if self.is_null {
                    return (value == Scalar::Null) == (compare == Operator::Equal);
                }
                // Text columns may contain text that looks like a number.
                let ordering = match (&value, &self.value) {
                    (Scalar::Text(held), wanted) if !matches!(wanted, Scalar::Text(_)) => {
                        Some(held.as_str().cmp(self.text.as_str()))
                    }
                    _ => value.compare(&self.value),
                };
                compare.holds(ordering)
            }
        }
    }

    fn is_in(&self, cell: &Cell) -> bool {
        match cell {
            Cell::Null => false,
            Cell::Text(text) if self.any_case => text.to_lowercase().contains(&self.text),
            Cell::Text(text) => text.contains(&self.text),
        }
    }
}
