//! CSV and TSV with a header line → table: which separator, which columns, and what is missing or too much in a row.

use super::column_text::column;
use super::column_type::ColumnType;
use super::csv_rows::{CsvRow, CsvRows, Unclosed};
use super::rows_made::{ImportedTable, chosen, few_enough};
use crate::bounds::{Budget, Limits};
use crate::findings::Code;
use crate::table::arrow_table::Table;
use crate::table::table_error::TableError;
use arrow::array::{LargeStringArray, LargeStringBuilder, RecordBatch};
use arrow::error::ArrowError;

/// Rows of one record batch: few enough batches for any file, small enough to be read piece by piece.
const BATCH_ROWS: usize = 65_536;
/// What values may be separated by; among those that part rows equally well the first.
const SEPARATORS: [u8; 4] = [b'\t', b',', b';', b'|'];
/// Rows that are looked at to find the separator.
const LOOKED_AT: usize = 50;

/// Reads separated values whose first line names the columns; empty cells are null.
pub(super) fn read(
    text: &str,
    separator: Option<u8>,
    types: &[(String, ColumnType)],
    limits: &Limits,
) -> Result<ImportedTable, TableError> {
    let (text, said) = without_separator_line(text);
    let separator = said.or(separator).unwrap_or_else(|| found_separator(text));
    let mut rows = CsvRows::new(text, separator).behind(said.is_some().into());
    let header = rows.next().filter(|_| !text.trim().is_empty());
    let Some(header) = header.transpose().map_err(unclosed)? else {
        let message = "the rows have no header line with column names";
        return Err(TableError::new(Code::EmptyTable, message));
    };
    // Before anything is built: each column takes memory.
    few_enough(header.values.len(), limits)?;
    // Each cell as text, and its value.
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64 + 1;
    let most = lines.saturating_mul(header.values.len() as u64);
    let mut charge =
        Budget::whole(limits).charge(most.saturating_mul(16).saturating_add(text.len() as u64))?;
    let mut cells = Cells::of(&header);
    for row in rows {
        cells.add(row.map_err(unclosed)?, limits)?;
    }
    let (mut arrays, mut columns) = (Vec::new(), Vec::new());
    let notes = cells.notes();
    for (name, mut values) in cells.columns {
        let values: LargeStringArray = values.finish();
        let (array, inferred) = column(&name, values.iter(), chosen(types, &name))?;
        arrays.push((name, array, true));
        columns.push(inferred);
    }
    let failed = |error: ArrowError| TableError::because("the rows cannot be read", &error);
    let whole = RecordBatch::try_from_iter_with_nullable(arrays).map_err(failed)?;
    charge.settle(whole.get_array_memory_size() as u64)?;
    let rows = whole.num_rows();
    let starts = (0..rows).step_by(BATCH_ROWS);
    let batches = starts.map(|start| whole.slice(start, BATCH_ROWS.min(rows - start)));
    Ok(ImportedTable {
        table: Table::from_batches(whole.schema(), batches.collect()).charged(charge),
        columns,
        notes,
    })
}

fn unclosed(Unclosed { line }: Unclosed) -> TableError {
    TableError::invalid(format!(
        "the rows cannot be read: the quote opened in line {line} is never closed, so everything after it would be \
         one value"
    ))
}

/// The text behind a first line `sep=;`, as spreadsheets write and read it, and the separator that it names.
fn without_separator_line(text: &str) -> (&str, Option<u8>) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.strip_suffix('\r').unwrap_or(line);
    let line = line
        .strip_prefix('"')
        .and_then(|line| line.strip_suffix('"'))
        .unwrap_or(line);
    match line.as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] if separator.is_ascii() => {
            (rest, Some(*separator))
        }
        _ => (text, None),
    }
}

/// The separator that parts most of the first rows into as many values as the header.
fn found_separator(text: &str) -> u8 {
    let alike = |separator: u8| {
        let mut rows = CsvRows::new(text, separator)
            .map_while(Result::ok)
            .take(LOOKED_AT);
        let width = rows.next().map_or(0, |header| header.values.len());
        let (mut all, mut same) = (1, 1);
        for row in rows {
            all += 1;
            same += usize::from(row.values.len() == width);
        }
        // Of equally good ones the one that makes more columns.
        if width < 2 {
            (0, 0)
        } else {
            (same * 1000 / all, width)
        }
    };
    let scores = SEPARATORS
        .into_iter()
        .rev()
        .map(|separator| (alike(separator), separator));
    let best = scores.max_by_key(|(score, _)| *score);
    // Rows that none of them parts are of one column.
    best.filter(|(score, _)| *score != (0, 0))
        .map_or(b',', |(_, separator)| separator)
}

/// The values of all columns, with what is to be said of rows that are shorter or longer than the header.
struct Cells {
    columns: Vec<(String, LargeStringBuilder)>,
    named: usize,
    rows: usize,
    short: Odd,
    long: Odd,
    trailing: Odd,
}

/// Rows of one sort: how many, and the first of them with its line and its values.
#[derive(Default)]
struct Odd {
    count: usize,
    first: (usize, u64, usize),
}

impl Odd {
    fn add(&mut self, row: usize, line: u64, values: usize) {
        if self.count == 0 {
            self.first = (row, line, values);
        }
        self.count += 1;
    }
}

impl Cells {
    fn of(header: &CsvRow<'_>) -> Self {
        let names = header.values.iter().map(|name| name.trim().to_owned());
        Self {
            columns: names.map(|name| (name, LargeStringBuilder::new())).collect(),
            named: header.values.len(),
            rows: 0,
            short: Odd::default(),
            long: Odd::default(),
            trailing: Odd::default(),
        }
    }

    fn add(&mut self, row: CsvRow<'_>, limits: &Limits) -> Result<(), TableError> {
        let (number, line, count) = (self.rows + 1, row.line, row.values.len());
        let beyond = row.values.get(self.named..).unwrap_or_default();
        let filled = beyond
            .iter()
            .rposition(|value| !value.is_empty())
            .map_or(0, |last| last + 1);
        let odd = match count {
            short if short < self.named => Some(&mut self.short),
            _ if filled > 0 => Some(&mut self.long),
            long if long > self.named => Some(&mut self.trailing),
            _ => None,
        };
        if let Some(odd) = odd {
            odd.add(number, line, count);
        }
        few_enough(self.named + filled, limits)?;
        while self.columns.len() < self.named + filled {
            let mut values = LargeStringBuilder::new();
            values.append_nulls(self.rows);
            self.columns
                .push((format!("column {}", self.columns.len() + 1), values));
        }
        let mut values = row.values.into_iter();
        for (_, column) in &mut self.columns {
            column.append_option(values.next().filter(|value| !value.is_empty()));
        }
        self.rows += 1;
        Ok(())
    }

    fn notes(&self) -> Vec<String> {
        let rows = |odd: &Odd, one: &str, many: &str| match odd.count {
            1 => format!("1 row {one}"),
            count => format!("{count} rows {many}"),
        };
        let place = |odd: &Odd| format!("first row {} (line {})", odd.first.0, odd.first.1);
        let (named, mut notes) = (self.named, Vec::new());
        if self.short.count > 0 {
            let (rows, place) = (rows(&self.short, "has", "have"), place(&self.short));
            let values = self.short.first.2;
            notes.push(format!(
                "{rows} fewer values than the {named} names, {place} with {values}: the others are empty"
            ));
        }
        if self.long.count > 0 {
            let (rows, place) = (rows(&self.long, "has", "have"), place(&self.long));
            let values = self.long.first.2;
            notes.push(format!(
                "{rows} more values than the {named} names, {place} with {values}: columns were added for them"
            ));
        }
        if self.trailing.count > 0 {
            let (rows, place) = (rows(&self.trailing, "ends", "end"), place(&self.trailing));
            notes.push(format!(
                "{rows} in a separator with nothing behind it, {place}: it was left out"
            ));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> ImportedTable {
        read(text, None, &[], &Limits::DEFAULT).unwrap()
    }

    fn types(made: &ImportedTable) -> Vec<&str> {
        let columns = made.table.columns().iter();
        columns.map(|column| column.type_name.as_str()).collect()
    }

    #[test]
    fn types_come_from_the_values() {
        let made = csv("a,b,c,d,e\r\n1,x,1.5,2026-02-22,TRUE\r\n2,\"y,z\",2,2026-02-23,false\r\n");
        assert_eq!(types(&made), ["i64", "utf8", "f64", "date32", "bool"]);
        assert_eq!(
            made.table.row_json(1).to_string(),
            r#"{"a":2,"b":"y,z","c":2.0,"d":"2026-02-23","e":false}"#
        );
    }

    #[test]
    fn numbers_too_long_for_a_number_stay_text() {
        let made = csv("a\n1\n123456789012345678901234567890\n");
        assert_eq!(made.table.row_json(1)["a"], "123456789012345678901234567890");
    }

    #[test]
    fn codes_keep_their_leading_zeros() {
        let made = csv("zip,n,f\n01234,0,0.5\n99,10,-0.25\n");
        assert_eq!(types(&made), ["utf8", "i64", "f64"]);
        assert_eq!(
            made.table.row_json(0).to_string(),
            r#"{"zip":"01234","n":0,"f":0.5}"#
        );
    }

    #[test]
    fn quotes_hold_line_breaks_and_empty_cells_are_null() {
        let made = csv("a,b\n\"one\ntwo \"\"three\"\"\",\n,4\n");
        assert_eq!(
            made.table.row_json(0).to_string(),
            r#"{"a":"one\ntwo \"three\"","b":null}"#
        );
        assert_eq!(made.table.row_json(1).to_string(), r#"{"a":null,"b":4}"#);
    }

    #[test]
    fn tabs_separate_too() {
        let made = csv("a\tb\n1,5\tx\n");
        assert_eq!(made.table.row_json(0).to_string(), r#"{"a":"1,5","b":"x"}"#);
    }

    #[test]
    fn the_separator_is_the_one_that_parts_all_rows_alike_or_that_the_first_line_says() {
        for (text, row) in [
            ("a;b\n1,5;2\n", r#"{"a":"1,5","b":2}"#),
            ("a;b,c\n1,2\n", r#"{"a;b":1,"c":2}"#),
            ("a|b\n1,5|2\n", r#"{"a":"1,5","b":2}"#),
            ("a, b\tc\n1, 2\t3\n", r#"{"a, b":"1, 2","c":3}"#),
            ("\"x;y\",b\n1;2,3\n", r#"{"x;y":"1;2","b":3}"#),
            ("sep=;\na;b,c\n1;2\n", r#"{"a":1,"b,c":2}"#),
            ("sep=\t\na;b\tc\n1\t2\n", r#"{"a;b":1,"c":2}"#),
            ("\"sep=|\"\r\na|b\r\n1|2\r\n", r#"{"a":1,"b":2}"#),
            ("sep=,\n1\n", "{}"),
            ("one\nx y\n", r#"{"one":"x y"}"#),
        ] {
            let made = csv(text);
            let first = if made.table.num_rows() == 0 {
                "{}".into()
            } else {
                made.table.row_json(0).to_string()
            };
            assert_eq!(first, row, "{text:?}");
        }
    }

    #[test]
    fn rows_of_other_lengths_are_filled_up_and_said() {
        let made = csv("a,b,c,d,e\n1,2,3,4,5\n16,17,18,19\n20,21,22,23,24,25,26,27\n28,29,30\n");
        let rows: Vec<String> = (0..4).map(|row| made.table.row_json(row).to_string()).collect();
        assert_eq!(
            rows[0],
            r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"column 6":null,"column 7":null,"column 8":null}"#
        );
        assert_eq!(
            rows[2],
            r#"{"a":20,"b":21,"c":22,"d":23,"e":24,"column 6":25,"column 7":26,"column 8":27}"#
        );
        assert_eq!(
            rows[3],
            r#"{"a":28,"b":29,"c":30,"d":null,"e":null,"column 6":null,"column 7":null,"column 8":null}"#
        );
        assert_eq!(
            made.notes,
            [
                "2 rows have fewer values than the 5 names, first row 2 (line 3) with 4: the others are empty",
                "1 row has more values than the 5 names, first row 3 (line 4) with 8: columns were added for them",
            ]
        );
        let made = csv("T,ACC,USD\nChequing,07451-1007186,-4.00,\nSaving,1,210424.25,\n");
        assert_eq!(
            made.table.row_json(1).to_string(),
            r#"{"T":"Saving","ACC":"1","USD":210424.25}"#
        );
        assert_eq!(
            made.notes,
            ["2 rows end in a separator with nothing behind it, first row 1 (line 2): it was left out"]
        );
    }

    #[test]
    fn many_rows_make_several_batches() {
        let rows: Vec<String> = (0..70_000).map(|row: u32| row.to_string()).collect();
        let made = csv(&format!("n\n{}", rows.join("\n")));
        assert_eq!((made.table.num_rows(), made.table.batches().count()), (70_000, 2));
        assert_eq!(made.table.row_json(69_999)["n"], 69_999);
    }

    #[test]
    fn nothing_is_refused_and_a_header_alone_is_a_table() {
        let error = read(" \n", None, &[], &Limits::DEFAULT).unwrap_err();
        assert_eq!(error.code, Code::EmptyTable);
        assert_eq!(csv("a,b\n").table.num_rows(), 0);
    }

    #[test]
    fn a_header_of_very_many_columns_is_refused_before_the_memory_for_them_is_taken() {
        let header = vec!["c"; 50_000].join(",");
        let error = read(&header, None, &[], &Limits::DEFAULT).unwrap_err();
        assert!(
            error.message.contains("50000 columns; the limit is 4096"),
            "{error}"
        );
        // As many as there may be take little, and every row is there.
        let names: Vec<String> = (0..4096).map(|column: u32| format!("c{column}")).collect();
        let row = vec!["1"; 4096].join(",");
        let made = csv(&format!(
            "{}\n{}",
            names.join(","),
            format!("{row}\n").repeat(300)
        ));
        assert_eq!(made.table.num_rows(), 300);
        assert_eq!(made.table.row_json(299)["c4095"], 1);
    }

    #[test]
    fn a_quote_that_is_not_closed_swallows_nothing() {
        let error = read("a,b\n1,2\n3,\"x\n5,6\n", None, &[], &Limits::DEFAULT).unwrap_err();
        assert!(
            error
                .message
                .contains("the quote opened in line 3 is never closed"),
            "{error}"
        );
    }

    #[test]
    fn numbers_that_a_float_would_round_stay_text() {
        let made = csv("a,b\n9007199254740993.0,0.1\n0.5,0.30000000000000004\n");
        assert_eq!(types(&made), ["utf8", "f64"]);
        assert_eq!(made.table.row_json(0)["a"], "9007199254740993.0");
        assert_eq!(
            made.columns[0].because,
            r#""9007199254740993.0" in row 1 has more digits than a number can hold"#
        );
    }
}
