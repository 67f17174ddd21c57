//! Separated values cut into rows and values. Types, names and what is missing are looked at elsewhere.

use std::borrow::Cow;

/// One row as it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CsvRow<'t> {
    /// Its values, quotes removed.
    pub values: Vec<Cow<'t, str>>,
    /// The line that it begins in, from 1.
    pub line: u64,
}

/// A quote that is never closed, so that everything after it would be one value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// The line of the quote, from 1.
    pub line: u64,
}

/// The rows of a text, one after the other; empty lines are none.
///
/// A value in quotes may hold the separator, line breaks, and quotes that are doubled; white space around it does not count.
/// Between tabs, a quote that is not closed, or would swallow what makes the row too short or too long, is a letter as any.
#[derive(Clone)]
pub(super) struct CsvRows<'t> {
    text: &'t str,
    at: usize,
    line: u64,
    separator: u8,
    /// Values of the first row.
    width: Option<usize>,
}

/// How a value ended.
enum End {
    Value,
    Row,
}

/// How sure it is that a quote begins a value in quotes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    None,
    /// It holds a separator or line breaks.
    Spans,
    /// Text follows the closing quote.
    Behind,
}

impl<'t> CsvRows<'t> {
    /// The rows of a text whose values are separated by this ASCII character.
    pub fn new(text: &'t str, separator: u8) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            separator,
            width: None,
        }
    }

    /// The same rows where so many lines stand before them.
    pub fn behind(self, lines: u64) -> Self {
        Self {
            line: self.line + lines,
            ..self
        }
    }

    fn rest(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The row that begins here; with `plain`, quotes are letters.
    fn row(&mut self, plain: bool) -> Result<(CsvRow<'t>, Doubt), Unclosed> {
        let (line, mut values, mut most) = (self.line, Vec::new(), Doubt::None);
        loop {
            let (value, end, doubt) = self.value(plain)?;
            values.push(value);
            most = most.max(doubt);
            if let End::Row = end {
                return Ok((CsvRow { values, line }, most));
            }
        }
    }

    fn value(&mut self, plain: bool) -> Result<(Cow<'t, str>, End, Doubt), Unclosed> {
        let blank = |byte: &&u8| **byte == b' ' || (**byte == b'\t' && self.separator != b'\t');
        let blanks = self.rest().iter().take_while(blank).count();
        if plain || self.rest().get(blanks) != Some(&b'"') {
            let (value, end) = self.bare();
            return Ok((Cow::Borrowed(value), end, Doubt::None));
        }
        let opened = self.line;
        self.at += blanks + 1;
        let (start, mut doubled) = (self.at, false);
        let inside = loop {
            let quote = memchr::memchr(b'"', self.rest()).ok_or(Unclosed { line: opened })?;
            self.at += quote + 1;
            if self.rest().first() != Some(&b'"') {
                break &self.text[start..self.at - 1];
            }
            doubled = true;
            self.at += 1;
        };
        self.line += lines_in(inside);
        let spans = inside.contains([char::from(self.separator), '\n', '\r']);
        let value = if doubled {
            Cow::Owned(inside.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(inside)
        };
        // Text behind the closing quote belongs to the value; white space alone does not.
        let (behind, end) = self.bare();
        if !behind.trim().is_empty() {
            return Ok((value + behind, end, Doubt::Behind));
        }
        let doubt = if spans { Doubt::Spans } else { Doubt::None };
        Ok((value, end, doubt))
    }

    /// What stands up to the next separator or line break, which is passed.
    fn bare(&mut self) -> (&'t str, End) {
        let rest = self.rest();
        let length = memchr::memchr3(self.separator, b'\n', b'\r', rest).unwrap_or(rest.len());
        let value = &self.text[self.at..self.at + length];
        let breaks = match rest.get(length..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([b'\n' | b'\r', ..]) => 1,
            Some([_, ..]) => {
                self.at += length + 1;
                return (value, End::Value);
            }
            _ => 0,
        };
        self.at += length + breaks;
        self.line += u64::from(breaks > 0);
        (value, End::Row)
    }
}

/// Line breaks in a text.
fn lines_in(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = |at: usize| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
    memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|at| ends(*at))
        .count() as u64
}

impl<'t> Iterator for CsvRows<'t> {
    type Item = Result<CsvRow<'t>, Unclosed>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest().is_empty() {
            let (at, line) = (self.at, self.line);
            let mut read = self.row(false);
            let fits = |row: &CsvRow<'_>| self.width.is_none_or(|width| width == row.values.len());
            let doubtful = match &read {
                Err(_) => true,
                Ok((row, Doubt::Spans)) => !fits(row),
                Ok((_, doubt)) => *doubt == Doubt::Behind,
            };
            if self.separator == b'\t' && doubtful {
                (self.at, self.line) = (at, line);
                read = self.row(true);
            }
            match read {
                Err(unclosed) => {
                    self.at = self.text.len();
                    return Some(Err(unclosed));
                }
                Ok((row, _)) if matches!(&row.values[..], [only] if only.is_empty()) => {}
                Ok((row, _)) => {
                    self.width.get_or_insert(row.values.len());
                    return Some(Ok(row));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, separator: u8) -> Vec<Vec<String>> {
        let rows = CsvRows::new(text, separator).map(|row| row.unwrap().values);
        rows.map(|values| values.into_iter().map(Cow::into_owned).collect())
            .collect()
    }

    #[test]
    fn values_are_what_stands_between_separators_and_in_quotes() {
        for (text, expected) in [
            ("a,b\r\n1,2\r\n", vec![vec!["a", "b"], vec!["1", "2"]]),
            ("a\r1\r\r2", vec![vec!["a"], vec!["1"], vec!["2"]]),
            ("\"x, \"\"y\"\"\nz\",\n", vec![vec!["x, \"y\"\nz", ""]]),
            (
                "a,   \"b\"  \n 1 ,\t\"c,d\"\t\n",
                vec![vec!["a", "b"], vec![" 1 ", "c,d"]],
            ),
            ("5'11\",x\"y\"\n", vec![vec!["5'11\"", "x\"y\""]]),
            ("\"x\"y,\"\"\n", vec![vec!["xy", ""]]),
            ("a,,\n,,\n", vec![vec!["a", "", ""], vec!["", "", ""]]),
            ("\n\na\n", vec![vec!["a"]]),
        ] {
            assert_eq!(rows(text, b','), expected, "{text:?}");
        }
    }

    #[test]
    fn a_lone_quote_between_tabs_is_a_letter() {
        assert_eq!(
            rows("size\tname\n5\"\tx\n\"6\ty\n7\t\"z\n\"8\"\t\"a\tb\"\n", b'\t'),
            [
                ["size", "name"],
                ["5\"", "x"],
                ["\"6", "y"],
                ["7", "\"z"],
                ["8", "a\tb"]
            ]
        );
        assert_eq!(
            rows("a\tb\n\"1\tx\n\"2\ty\n", b'\t'),
            [["a", "b"], ["\"1", "x"], ["\"2", "y"]]
        );
    }

    #[test]
    fn lines_are_counted_and_a_quote_that_is_not_closed_is_placed() {
        let lines: Vec<_> = CsvRows::new("a,b\n\"x\r\ny\",z\n\n1,2\n", b',')
            .map(|row| row.unwrap().line)
            .collect();
        assert_eq!(lines, [1, 2, 5]);
        for (text, line) in [
            ("a,b\n1,2\n3,\"x\n5,6\n", 3),
            ("a\r\n\"x\r\ny\"\r\n\"z\r\n1", 4),
            ("\"a", 1),
        ] {
            let last = CsvRows::new(text, b',').last();
            assert_eq!(last, Some(Err(Unclosed { line })), "{text:?}");
        }
    }
}
