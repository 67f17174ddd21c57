//! Where the lines of a text are and how they fill rows. Lines are split into chunks of a few kilobytes that wrap
//! independently, so every step costs only what is visible, however long the text is.

use crate::paint::head;
use natsbridge_wire::{ByteString, Limits, SafeText};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Cells from one tab stop to the next.
const TAB: usize = 4;

/// A text and the index of its chunks.
#[derive(Debug)]
pub(super) struct TextIndex {
    text: ByteString,
    chunks: Vec<Chunk>,
}

/// A line, or a part of a very long one.
#[derive(Debug, Clone, Copy, Default)]
struct Chunk {
    start: u32,
    end: u32,
    line: u32,
    /// Cells of its line before it.
    column: u32,
}

/// A row on screen: a range of bytes, and the column (in cells, in its line) where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) column: usize,
}

/// One grapheme and the cells it takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph<'a> {
    pub(super) start: usize,
    pub(super) source: &'a str,
    pub(super) cells: usize,
}

impl TextIndex {
    /// Indexes the text once; offsets beyond four gigabytes are left out, which no payload reaches.
    pub(super) fn new(text: ByteString) -> Self {
        let mut chunks = Vec::new();
        let mut start = 0;
        let mut line = 0;
        for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
            let content = end - usize::from(text[start..end].ends_with('\r'));
            push_line(&mut chunks, &text, start..content, line);
            start = end + 1;
            line += 1;
        }
        if start < text.len() || line == 0 {
            push_line(&mut chunks, &text, start..text.len(), line);
        }
        Self { text, chunks }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// How many chunks there are; at least one.
    pub(super) fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// How many lines there are; at least one.
    pub(super) fn lines(&self) -> usize {
        self.chunks.last().map_or(1, |chunk| chunk.line as usize + 1)
    }

    /// The line that a chunk is a part of.
    pub(super) fn line_of(&self, chunk: usize) -> usize {
        self.chunk(chunk).line as usize
    }

    /// The first chunk of a line.
    pub(super) fn first_chunk(&self, line: usize) -> usize {
        self.chunks.partition_point(|chunk| (chunk.line as usize) < line)
    }

    /// The chunk that holds the byte `at`.
    pub(super) fn chunk_at(&self, at: usize) -> usize {
        let after = self.chunks.partition_point(|chunk| chunk.start as usize <= at);
        after.saturating_sub(1)
    }

    /// The rows of a chunk wrapped at `width` cells, preferably after white space; at least one.
    pub(super) fn rows(&self, chunk: usize, width: usize) -> Vec<Row> {
        let Chunk {
            start, end, column, ..
        } = self.chunk(chunk);
        let (end, mut column) = (end as usize, column as usize);
        let mut row = Row {
            start: start as usize,
            end,
            column,
        };
        let mut rows = Vec::new();
        // After the last white space in this row: the byte, and the cells used up to it.
        let mut gap: Option<(usize, usize)> = None;
        let mut used = 0;
        for glyph in glyphs(&self.text, row.start, end, column) {
            let blank = matches!(glyph.source, " " | "\t");
            let after = glyph.start + glyph.source.len();
            if blank && used + glyph.cells > width {
                // White space may extend beyond the edge; it is not visible there.
                gap = Some((after, used));
                column += glyph.cells;
                continue;
            }
            while used + glyph.cells > width && glyph.start > row.start {
                let (cut, before) = gap.take().unwrap_or((glyph.start, used));
                rows.push(Row { end: cut, ..row });
                used -= before;
                row = Row {
                    start: cut,
                    end,
                    column: column - used,
                };
            }
            used += glyph.cells;
            column += glyph.cells;
            if blank {
                gap = Some((after, used));
            }
        }
        rows.push(row);
        rows
    }

    /// The glyphs of a row.
    pub(super) fn glyphs(&self, row: Row) -> impl Iterator<Item = Glyph<'_>> {
        glyphs(&self.text, row.start, row.end, row.column)
    }

    /// The rest of an unwrapped line from the chunk on that holds the cell `column`, chunk by chunk.
    pub(super) fn line_from(&self, line: usize, column: usize) -> impl Iterator<Item = Row> {
        let first = self.first_chunk(line);
        let chunks = self.chunks.get(first..).unwrap_or_default();
        let skipped = chunks
            .partition_point(|chunk| chunk.line as usize == line && chunk.column as usize <= column)
            .saturating_sub(1);
        chunks[skipped.min(chunks.len())..]
            .iter()
            .take_while(move |chunk| chunk.line as usize == line)
            .map(|chunk| Row {
                start: chunk.start as usize,
                end: chunk.end as usize,
                column: chunk.column as usize,
            })
    }

    /// Cells of a whole line.
    pub(super) fn line_cells(&self, line: usize) -> usize {
        let last = self.line_from(line, usize::MAX).last();
        last.map_or(0, |row| {
            row.column + width(&self.text, row.start..row.end, row.column)
        })
    }

    /// The cell in its line where the byte `at` stands.
    pub(super) fn column_of(&self, at: usize) -> usize {
        let chunk = self.chunk(self.chunk_at(at));
        let (start, column) = (chunk.start as usize, chunk.column as usize);
        column + width(&self.text, start..at.max(start), column)
    }

    fn chunk(&self, chunk: usize) -> Chunk {
        self.chunks.get(chunk).copied().unwrap_or_default()
    }
}

fn push_line(chunks: &mut Vec<Chunk>, text: &str, line: Range<usize>, number: usize) {
    let (mut start, mut column) = (line.start, 0);
    loop {
        let end = chunk_end(text, start, line.end);
        chunks.push(Chunk {
            start: small(start),
            end: small(end),
            line: small(number),
            column: small(column),
        });
        if end == line.end {
            return;
        }
        column += width(text, start..end, column);
        start = end;
    }
}

/// Where a chunk that starts at `start` ends: at the end of the line if that is near, otherwise after white space,
/// between graphemes, or between characters.
fn chunk_end(text: &str, start: usize, end: usize) -> usize {
    let most = Limits::in_force().line_bytes;
    if end - start <= most {
        return end;
    }
    let limit = head(text, start + most).len();
    let tail = head(text, limit - most / 16).len();
    if let Some(space) = text[tail..limit].rfind(' ') {
        return tail + space + 1;
    }
    // The last grapheme before the limit may continue after it, so cut where it starts.
    match text[tail..limit].grapheme_indices(true).next_back() {
        Some((at, _)) if at > 0 => tail + at,
        _ => limit,
    }
}

/// Cells of a part of a line that starts at a column.
fn width(text: &str, part: Range<usize>, column: usize) -> usize {
    let glyphs = glyphs(text, part.start, part.end, column);
    glyphs.map(|glyph| glyph.cells).sum()
}

fn glyphs(text: &str, start: usize, end: usize, column: usize) -> impl Iterator<Item = Glyph<'_>> {
    let mut column = column;
    let part = text.get(start..end).unwrap_or_default();
    part.grapheme_indices(true).map(move |(at, source)| {
        let cells = match source.as_bytes() {
            b"\t" => TAB - column % TAB,
            [b' '..=b'~'] => 1,
            _ => SafeText::new(source).width(),
        };
        column += cells;
        Glyph {
            start: start + at,
            source,
            cells,
        }
    })
}

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, width: usize) -> Vec<String> {
        let index = TextIndex::new(text.into());
        let rows = (0..index.chunks()).flat_map(|chunk| index.rows(chunk, width));
        rows.map(|row| text[row.start..row.end].to_owned()).collect()
    }

    #[test]
    fn rows_break_after_white_space() {
        assert_eq!(wrapped("the quick brown fox", 10), ["the quick ", "brown fox"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("ab    cd", 3), ["ab    ", "cd"]);
        assert_eq!(wrapped("世界世界", 3), ["世", "界", "世", "界"]);
        assert_eq!(wrapped("世", 1), ["世"]);
        assert_eq!(wrapped("a\r\nb\n", 9), ["a", "b"]);
        assert_eq!(wrapped("", 9), [""]);
    }

    #[test]
    fn no_row_is_too_wide_and_nothing_is_lost() {
        let text = "lorem ipsum 世界 dolor\tsit e\u{301} \u{202E}amet 👨‍👩‍👧‍👦 ".repeat(500);
        let index = TextIndex::new(text.as_str().into());
        for width in [9, 17, 80] {
            let mut at = 0;
            for row in (0..index.chunks()).flat_map(|chunk| index.rows(chunk, width)) {
                assert_eq!(row.start, at);
                at = row.end;
                let shown = text[row.start..row.end].trim_end();
                let shown = Row {
                    end: row.start + shown.len(),
                    ..row
                };
                assert!(index.glyphs(shown).map(|glyph| glyph.cells).sum::<usize>() <= width);
            }
            assert_eq!(at, text.len());
        }
    }

    #[test]
    fn a_long_line_is_found_by_column() {
        let text = format!("{}X{}", "a".repeat(100_000), "界".repeat(10_000));
        let index = TextIndex::new(text.as_str().into());
        assert_eq!(index.lines(), 1);
        assert!(index.chunks() > 30);
        assert_eq!(index.column_of(100_000), 100_000);
        assert_eq!(index.line_cells(0), 100_001 + 20_000);
        let row = index.line_from(0, 100_000).next().unwrap();
        assert!(row.column <= 100_000 && row.column > 95_000);
    }

    #[test]
    fn an_endless_grapheme_does_not_make_an_endless_chunk() {
        let text = format!("e{}", "\u{301}".repeat(100_000));
        let index = TextIndex::new(text.as_str().into());
        assert!(index.chunks() > 40);
        assert!(index.line_cells(0) < 200);
    }
}
