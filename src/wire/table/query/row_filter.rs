//! Filters over table rows: terms are resolved to columns once, then evaluated row by row.

use crate::bounds::Steps;
use crate::filter::{Expr, FilterError, Operator, Term, parse_filter};
use crate::json::{Number, ValuePath};
use crate::table::arrow_table::{Cell, Column};
use crate::table::source::{Scalar, TableSource};
use crate::text::composed;

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
    /// Whether the column tells 5 from "5".
    mixed: bool,
}

impl RowFilter {
    /// Reads a filter: `score>3 and name~ada`, `"total amount">5`, `"id"#2=7` (the second column of that name),
    /// `city="New York"`, `note=null`; a bare word is looked for in every cell. Where a column holds values of several
    /// sorts, `5` is the number and `"5"` the text.
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
        Some((field, compare)) => match named(&field.text, columns) {
            None => {
                return Err(FilterError::new(
                    field.at.clone(),
                    no_column(&field.text, columns),
                ));
            }
            column => (column, *compare),
        },
    };
    let (text, quoted) = (term.value.text, term.value.quoted);
    let any_case = !text.chars().any(char::is_uppercase);
    let of = |is: fn(&Column) -> bool| column.is_some_and(|column| is(&columns[column]));
    let (numeric, mixed) = (of(|column| column.numeric), of(|column| column.mixed));
    let value = match text.as_str() {
        _ if quoted && mixed => Scalar::Text(text.clone()),
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        other => {
            Number::of(other).map_or_else(|| Scalar::Text(text.clone()), |number| number.simplest().into())
        }
    };
    let is_null = !quoted && text == "null";
    let looks_in = matches!(compare, Operator::Contains | Operator::Lacks);
    if numeric && !looks_in && !is_null && value.number().is_none() {
        let what = format!("{text:?} is not a number, but the column contains numbers");
        return Err(FilterError::new(term.value.at, what));
    }
    Ok(RowTerm {
        column,
        compare,
        value,
        is_null,
        text: if any_case && looks_in {
            composed(&text.to_lowercase()).into_owned()
        } else {
            text
        },
        any_case,
        mixed,
    })
}

/// The column that a field names: by its whole text, by a path, or by one of them in other case.
fn named(field: &str, columns: &[Column]) -> Option<usize> {
    let names = || columns.iter().map(|column| column.name.as_str());
    let path = field.parse::<ValuePath>().ok();
    let exact = names().position(|name| name == field);
    let exact = exact.or_else(|| path.as_ref()?.column(names(), ""));
    let in_any_case = || {
        let names: Vec<String> = names().map(str::to_lowercase).collect();
        let path = field.to_lowercase().parse::<ValuePath>().ok()?;
        path.column(names.iter().map(String::as_str), "")
    };
    exact.or_else(in_any_case)
}

fn no_column(name: &str, columns: &[Column]) -> String {
    let names = || columns.iter().map(|column| column.name.as_str());
    let shown = (0..columns.len().min(8)).map(|column| ValuePath::to_column(names(), column).to_string());
    let more = if columns.len() > 8 { ", …" } else { "" };
    format!(
        "unknown column {name:?}; the columns are {}{more}",
        shown.collect::<Vec<_>>().join(", ")
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
                let ordering = match &value {
                    Scalar::Text(held) if !self.mixed => Some(held.as_str().cmp(self.text.as_str())),
                    Scalar::Bool(held) if !self.mixed && self.value.number().is_some() => {
                        Scalar::from(Number::Int((*held).into())).compare(&self.value)
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
            Cell::Text(text) if self.any_case => composed(&text.to_lowercase()).contains(&self.text),
            Cell::Text(text) => composed(text).contains(&self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::{Limits, Unwatched};
    use crate::table::arrow_table::Table;
    use arrow::array::{
        ArrayRef, BinaryArray, BooleanArray, Decimal128Array, Float32Array, Float64Array, Int64Array,
        RecordBatch, StringArray, UnionArray,
    };
    use arrow::datatypes::{DataType, Field, UnionFields};
    use std::sync::Arc;

    fn shown(table: &Table, filter: &str) -> Vec<u32> {
        let filter =
            RowFilter::new(filter, table.columns()).unwrap_or_else(|error| panic!("{filter}: {error}"));
        filter.rows(table, &Unwatched).unwrap()
    }

    fn of(columns: Vec<(&str, ArrayRef)>) -> Table {
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        Table::from_batches(batch.schema(), vec![batch])
    }

    fn field(bytes: &'static [u8]) -> Table {
        Table::open(&bytes.into(), &Limits::DEFAULT, &mut Vec::new()).unwrap()
    }

    #[test]
    fn integers_compare_exactly_and_decimals_by_their_digits() {
        let ids = [1_724_442_618_569_203_714, 1_724_442_618_569_203_715, i64::MAX];
        let decimals =
            Decimal128Array::from(vec![110, 12_345_678_901_234_567_890, 12_345_678_901_234_567_891]);
        let table = of(vec![
            ("id", Arc::new(Int64Array::from(ids.to_vec()))),
            (
                "price",
                Arc::new(decimals.with_precision_and_scale(38, 2).unwrap()),
            ),
            (
                "single",
                Arc::new(Float32Array::from(vec![0.1, 16_777_216.0, f32::NAN])),
            ),
            (
                "double",
                Arc::new(Float64Array::from(vec![
                    0.1,
                    9_007_199_254_740_992.0,
                    f64::INFINITY,
                ])),
            ),
        ]);
        for (filter, rows) in [
            ("id=1724442618569203715", vec![1]),
            ("id>1724442618569203714", vec![1, 2]),
            ("id!=1724442618569203714", vec![1, 2]),
            ("id<1e19", vec![0, 1, 2]),
            ("price=1.1", vec![0]),
            ("price>=123456789012345678.91", vec![2]),
            ("price=123456789012345678.90", vec![1]),
            ("single=0.1", vec![0]),
            ("single<0.10000000001", vec![0]),
            ("single=16777217", vec![]),
            ("single=NaN", vec![2]),
            ("double=0.10", vec![0]),
            ("double<9007199254740993", vec![0, 1]),
            ("double>1e1000", vec![2]),
            ("double=inf", vec![2]),
        ] {
            assert_eq!(shown(&table, filter), rows, "{filter}");
        }
    }

    #[test]
    fn any_name_is_a_column_and_an_unknown_one_is_said() {
        let table = field(include_bytes!("../../../../tests/fixtures/field/names.arrow"));
        let names: Vec<&str> = table
            .columns()
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["total amount", "CO2 (ppm)", "2024", "id", "größe", "%", "id"]
        );
        for column in 0..names.len() {
            let path = ValuePath::to_column(names.iter().copied(), column).to_string();
            for filter in [
                format!("{path}!=nothing"),
                format!("{path} ~ x"),
                format!("not {path}=null"),
            ] {
                let filter = filter.replace("nothing", "-123456");
                let read = RowFilter::new(&filter, table.columns())
                    .unwrap_or_else(|error| panic!("{filter}: {error}"));
                assert_eq!(read.expr.leaves()[0].column, Some(column), "{filter}");
            }
        }
        for (filter, column) in [
            ("2024>3", 2),
            ("%=1", 5),
            ("% = 1", 5),
            ("GRÖSSE=1", 4),
            ("größe=1", 4),
            ("\"TOTAL amount\">1", 0),
            ("id#2=1", 6),
        ] {
            let read = RowFilter::new(filter, table.columns());
            if filter == "GRÖSSE=1" {
                // ß has no single capital: it is another word.
                assert!(read.is_err());
                continue;
            }
            assert_eq!(read.unwrap().expr.leaves()[0].column, Some(column), "{filter}");
        }
        for unknown in ["amount>3", "2025>3", "\"id\"#3=1", "🚀=1", "2025 > 3", "\"\"=1"] {
            let error = RowFilter::new(unknown, table.columns()).unwrap_err();
            assert!(error.what.starts_with("unknown column"), "{unknown}: {error}");
            assert!(error.what.contains("\"id\"#2"), "{error}");
        }
    }

    /// Names as other programs choose them: each is found under the spelling that trees and headers copy.
    #[test]
    fn a_copied_name_asks_its_own_column() {
        let names = [
            "a.b",
            "x y",
            "",
            "",
            "🙂",
            "a\nb",
            "id",
            "id",
            "ID",
            "\"q\"",
            "it's",
            "and",
            "not",
            "-",
            "a#2",
            "(p)",
            "[0]",
            "gro\u{308}ße",
            "größe",
            "a\\b",
            "$",
            "1e5",
            "true",
            "null",
            ">",
            "=",
            "a=1",
            "\u{202e}x",
            " ",
        ];
        let columns = names.iter().map(|name| Field::new(*name, DataType::Int64, true));
        let schema = Arc::new(arrow::datatypes::Schema::new(columns.collect::<Vec<_>>()));
        let table = Table::from_batches(schema, vec![]);
        for column in 0..names.len() {
            let path = ValuePath::to_column(names, column);
            for filter in [format!("{path}=1"), format!("{path} > 1"), format!("({path}!=1)")] {
                let read = RowFilter::new(&filter, table.columns());
                let read = read.unwrap_or_else(|error| panic!("{filter}: {error}"));
                assert_eq!(read.expr.leaves()[0].column, Some(column), "{filter}");
            }
        }
    }

    #[test]
    fn each_of_several_columns_with_one_name_is_asked_by_its_number() {
        let table = field(include_bytes!("../../../../tests/fixtures/field/dup.arrow"));
        let names: Vec<&str> = table
            .columns()
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(names, ["id", "id", "", ""]);
        for (filter, column) in [
            ("id~x", 0),
            ("\"id\"#1~x", 0),
            ("\"id\"#2~x", 1),
            ("\"\"~x", 2),
            ("\"\"#2~x", 3),
        ] {
            let read = RowFilter::new(filter, table.columns()).unwrap();
            assert_eq!(read.expr.leaves()[0].column, Some(column), "{filter}");
        }
    }

    #[test]
    fn where_values_are_of_several_sorts_quotes_tell_texts_from_numbers() {
        let members: [(Field, ArrayRef); 2] = [
            (
                Field::new("i", DataType::Int64, true),
                Arc::new(Int64Array::from(vec![5, 7])),
            ),
            (
                Field::new("s", DataType::Utf8, true),
                Arc::new(StringArray::from(vec!["5", "x"])),
            ),
        ];
        let (fields, arrays): (Vec<_>, Vec<_>) = members.into_iter().unzip();
        let fields = UnionFields::try_new([0, 1], fields).unwrap();
        let union = UnionArray::try_new(
            fields,
            vec![0, 1, 0, 1].into(),
            Some(vec![0, 0, 1, 1].into()),
            arrays,
        );
        let table = of(vec![
            ("u", Arc::new(union.unwrap())),
            (
                "flag",
                Arc::new(BooleanArray::from(vec![true, false, true, false])),
            ),
            (
                "bytes",
                Arc::new(BinaryArray::from(vec![&b"\0\xff"[..], b"", b"a", b"b"])),
            ),
            (
                "zip",
                Arc::new(StringArray::from(vec!["007", "7", "null", "true"])),
            ),
        ]);
        for (filter, rows) in [
            ("u=5", vec![0]),
            ("u=\"5\"", vec![1]),
            ("u=x", vec![3]),
            ("u>5", vec![2]),
            ("flag=true", vec![0, 2]),
            ("flag=\"true\"", vec![0, 2]),
            ("flag=1", vec![0, 2]),
            ("bytes=\"hex:00ff\"", vec![0]),
            ("zip=7", vec![1]),
            ("zip=\"7\"", vec![1]),
            ("zip=\"null\"", vec![2]),
            ("zip=null", vec![]),
            ("zip=true", vec![3]),
        ] {
            assert_eq!(shown(&table, filter), rows, "{filter}");
        }
    }
}
