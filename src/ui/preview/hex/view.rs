//! Bytes as offset, hexadecimal and ASCII, with a cursor and a search for text or bytes. For payloads on disk, only
//! the visible rows are read.

use crate::look::Role;
use crate::paint::{count, size};
use crate::preview::contract::{Motion, Preview, PreviewContext, Searched, Wish};
use crate::preview::text::{Matches, find_in_blob};
use natsbridge_app::{Action, ViewKind, ViewQuestion};
use natsbridge_wire::{Blob, FilterError, Limits, SafeText};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::style::Style;
use std::fmt::Write;

/// Digits of the offset and the gap after them.
const OFFSET: usize = 10;
/// Bytes per group.
const GROUP: usize = 8;

/// A view of bytes.
#[derive(Debug)]
pub struct HexView {
    body: Blob,
    length: usize,
    cursor: usize,
    /// First visible row.
    top: usize,
    matches: Matches,
    /// What the last search did not cover, or why it failed.
    note: Option<String>,
    size: Size,
    /// Bytes searched at once on disk.
    pub(super) search_bytes: usize,
    pub(super) most_matches: usize,
    copied: usize,
}

impl HexView {
    /// Shows the bytes from their start.
    pub fn new(body: Blob, limits: &Limits) -> Self {
        Self {
            length: body.len() as usize,
            search_bytes: match body {
                Blob::Memory(_) => usize::MAX,
                Blob::Stored(_) => limits.hex_search_bytes as usize,
            },
            most_matches: limits.hex_matches,
            copied: limits.clipboard_bytes,
            body,
            cursor: 0,
            top: 0,
            matches: Matches::default(),
            note: None,
            size: Size::new(80, 24),
        }
    }

    /// Bytes in one row.
    fn per_row(&self) -> usize {
        bytes_per_row(self.size.width)
    }

    fn height(&self) -> usize {
        usize::from(self.size.height.max(1))
    }

    fn go(&mut self, cursor: usize) -> bool {
        self.cursor = cursor.min(self.length.saturating_sub(1));
        let row = self.cursor / self.per_row();
        self.top = self.top.clamp((row + 1).saturating_sub(self.height()), row);
        true
    }

    /// Moves by rows, upwards if they are negative.
    fn move_by(&mut self, rows: isize) -> bool {
        let distance = rows.unsigned_abs().saturating_mul(self.per_row());
        // The column stays: moving above the start stops in the first row.
        let first_row = self.cursor % self.per_row();
        self.go(match rows {
            ..0 => self.cursor.checked_sub(distance).unwrap_or(first_row),
            _ => self.cursor.saturating_add(distance),
        })
    }

    fn wheel(&mut self, rows: i16) -> bool {
        let last = self.length.div_ceil(self.per_row()).saturating_sub(self.height());
        self.top = self.top.saturating_add_signed(isize::from(rows)).min(last);
        let (row, column) = (self.cursor / self.per_row(), self.cursor % self.per_row());
        let row = row.clamp(self.top, self.top + self.height() - 1);
        self.go(row * self.per_row() + column)
    }

    fn click(&mut self, column: u16, row: u16) -> bool {
        let (column, row) = (usize::from(column), self.top + usize::from(row));
        let per_row = self.per_row();
        let ascii = ascii_column(per_row);
        let byte = (0..per_row).find(|&byte| {
            column == ascii + byte || (hex_column(byte)..hex_column(byte) + 2).contains(&column)
        });
        byte.is_some_and(|byte| self.go(row * per_row + byte))
    }

    fn step_match(&mut self, forward: bool) -> bool {
        let found = self.matches.step(forward);
        self.show_match();
        found
    }

    fn show_match(&mut self) {
        if let Some(start) = self.matches.start() {
            self.go(start);
        }
    }

    fn draw_row(
        &self,
        start: usize,
        bytes: &[u8],
        place: Rect,
        buffer: &mut Buffer,
        context: PreviewContext<'_>,
    ) {
        let theme = context.theme;
        let ascii = ascii_column(self.per_row());
        let mut put = |column: usize, text: &str, style: Style| {
            let room = usize::from(place.width).saturating_sub(column);
            if room > 0 {
                buffer.set_stringn(place.x + column as u16, place.y, text, room, style);
            }
        };
        put(0, &format!("{start:08x}"), theme.style(Role::Dim));
        let mut marked = self.matches.marker(start, theme);
        for (column, &byte) in bytes.iter().enumerate() {
            let at = start + column;
            let mut style = |role| {
                let style = marked(at..at + 1, theme.style(role));
                if context.focused && at == self.cursor {
                    style.patch(theme.style(Role::Selection))
                } else {
                    style
                }
            };
            let role = if byte == 0 { Role::Dim } else { Role::Text };
            put(hex_column(column), &format!("{byte:02x}"), style(role));
            let (letter, role) = match byte {
                b' '..=b'~' => (char::from(byte), Role::Text),
                _ => ('·', Role::Dim),
            };
            put(ascii + column, letter.encode_utf8(&mut [0; 4]), style(role));
        }
    }
}

/// Where to go.
pub(super) const WHERE: ViewQuestion = ViewQuestion {
    id: "offset",
    title: "Go to offset",
    advice: "An offset in bytes, decimal or 0x…; + or - moves relative to the cursor.",
};

/// The offset that is meant; an error says why none is.
pub(super) fn offset(text: &str, here: usize, length: usize) -> Result<usize, String> {
    let text = text.trim().replace([',', '_'], "");
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (text.chars().next(), digits),
        None => (None, text.as_str()),
    };
    let number = match digits.strip_prefix("0x") {
        Some(digits) => usize::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let number = number.map_err(|_| "an offset is a whole number, decimal or 0x…".to_owned())?;
    let at = match sign {
        Some('+') => here.saturating_add(number),
        Some(_) => here.saturating_sub(number),
        None => number,
    };
    if at < length {
        Ok(at)
    } else {
        Err(format!("there are only {} bytes", count(length)))
    }
}

impl Preview for HexView {
    fn fit(&mut self, area: Rect, _context: PreviewContext<'_>) {
        if area.is_empty() || self.size == area.as_size() {
            return;
        }
        let first = self.top * self.per_row();
        self.size = area.as_size();
        self.top = first / self.per_row();
        self.go(self.cursor);
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let mut sentence = |text: &str, role| {
            let style = context.theme.style(role);
            buffer.set_stringn(area.x, area.y, text, usize::from(area.width), style);
        };
        if self.length == 0 {
            return sentence("No data.", Role::Dim);
        }
        let per_row = self.per_row();
        let first = self.top * per_row;
        let end = first + per_row * self.height();
        let bytes = match self.body.slice(first as u64..end as u64) {
            Ok(bytes) => bytes,
            Err(error) => {
                let text = SafeText::new(&format!("The payload's file cannot be read: {error}."));
                return sentence(text.as_str(), Role::Caution);
            }
        };
        for ((row, bytes), place) in bytes.chunks(per_row).enumerate().zip(area.rows()) {
            self.draw_row(first + row * per_row, bytes, place, buffer, context);
        }
    }

    fn wanted_rows(&self, width: u16, most: u16, _context: PreviewContext<'_>) -> u16 {
        let rows = self.length.div_ceil(bytes_per_row(width)).max(1);
        rows.min(usize::from(most)) as u16
    }

    fn extent(&self) -> Option<String> {
        Some(size(self.length))
    }

    fn cursor_row(&self) -> Option<u16> {
        Some((self.cursor / self.per_row()).saturating_sub(self.top) as u16)
    }

    fn act(&mut self, motion: Motion) -> bool {
        let page = self.height();
        if let Some(rows) = motion.rows(page, page.div_ceil(2)) {
            return self.move_by(rows);
        }
        let row_start = self.cursor - self.cursor % self.per_row();
        match motion {
            Motion::Left => self.go(self.cursor.saturating_sub(1)),
            Motion::Right => self.go(self.cursor + 1),
            Motion::Top => self.go(0),
            Motion::Bottom => self.go(usize::MAX),
            Motion::LineStart => self.go(row_start),
            Motion::LineEnd => self.go(row_start + self.per_row() - 1),
            Motion::NextMatch => self.step_match(true),
            Motion::PreviousMatch => self.step_match(false),
            Motion::Wheel(rows) => self.wheel(rows),
            Motion::Click { column, row } => self.click(column, row),
            Motion::Point(row) => self.go((self.top + usize::from(row)) * self.per_row()),
            _ => false,
        }
    }

    fn kind(&self) -> Option<ViewKind> {
        Some(ViewKind::Bytes)
    }

    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        (action == Action::GoToOffset).then(|| vec![Wish::Ask(WHERE, String::new())])
    }

    fn check(&self, _question: ViewQuestion, text: &str) -> Result<(), FilterError> {
        let read = offset(text, self.cursor, self.length);
        read.map(|_| ())
            .map_err(|why| FilterError::new(0..text.len(), why))
    }

    fn answer(&mut self, _question: ViewQuestion, text: &str) -> Result<Vec<Wish>, String> {
        let at = offset(text, self.cursor, self.length)?;
        self.go(at);
        Ok(vec![])
    }

    fn search(&mut self, pattern: &str) -> Searched {
        // All of a small payload; of a large one on disk, from the cursor on.
        let start = if self.length <= self.search_bytes {
            0
        } else {
            self.cursor
        };
        let end = self.length.min(start.saturating_add(self.search_bytes));
        let most = self.most_matches;
        let found = find_in_blob(&self.body, start..end, pattern, most);
        self.note = match &found {
            Err(error) => Some(format!("the search failed: {error}")),
            Ok(found) if found.len() == most => Some(format!("the first {} matches", count(most))),
            Ok(_) if end - start < self.length => {
                Some(format!("only {} from 0x{start:x} searched", size(end - start)))
            }
            Ok(_) => None,
        };
        self.matches = Matches::new(found.unwrap_or_default(), self.cursor);
        self.show_match();
        Searched::All(self.matches.len())
    }

    fn position(&self) -> String {
        let offset = format!("offset 0x{:x} of {}", self.cursor, count(self.length));
        let place = self.matches.told(offset);
        match &self.note {
            Some(note) => format!("{place} · {}", SafeText::new(note)),
            None => place,
        }
    }

    fn copy(&self) -> Option<String> {
        // The clipboard refuses more than its limit, so a little more than that is enough to be refused.
        let bytes = self.body.slice(0..self.copied as u64).ok()?;
        let mut out = String::with_capacity(bytes.len() * 2);
        for byte in &bytes {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
        }
        Some(out)
    }
}

/// Bytes in a row of so many cells: as many groups as fit, doubling.
fn bytes_per_row(width: u16) -> usize {
    let fits = |bytes: &usize| ascii_column(*bytes) + bytes <= usize::from(width);
    [4 * GROUP, 2 * GROUP].into_iter().find(fits).unwrap_or(GROUP)
}

/// The column of a byte's first digit; groups stand one more cell apart.
fn hex_column(byte: usize) -> usize {
    OFFSET + byte * 3 + byte / GROUP
}

/// The column of the first letter.
fn ascii_column(per_row: usize) -> usize {
    hex_column(per_row) + 1 - usize::from(per_row == GROUP)
}
