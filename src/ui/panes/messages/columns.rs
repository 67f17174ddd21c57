//! The columns of the message list: their widths at every pane width, and their badges.

use crate::look::Role;
use crate::paint::cells;
use crate::preview::severity_mark;
use natsbridge_engine::{MessageDigest, Row};
use natsbridge_wire::{KINDS, Severity};

/// Cells of each column; 0 leaves it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns {
    /// Cells between two columns.
    pub gap: usize,
    pub time: usize,
    pub subject: usize,
    pub sender: usize,
    pub badges: usize,
    pub size: usize,
    pub preview: usize,
}

impl Columns {
    /// Distributes a row of this many cells (excluding the selection mark).
    pub fn new(width: usize) -> Self {
        let mut columns = Self {
            gap: if width < 66 { 1 } else { 2 },
            time: match width {
                0..38 => 0,
                38..54 => 8,
                _ => 12,
            },
            size: if width >= 30 { 7 } else { 0 },
            sender: match width {
                0..54 => 0,
                54..66 => 8,
                66..100 => 10,
                _ => 14,
            },
            badges: if width >= 44 { (width / 4).clamp(10, 22) } else { 4 },
            ..Self::default()
        };
        let taken = [columns.time, columns.size, columns.sender, columns.badges]
            .iter()
            .filter(|cells| **cells > 0)
            .map(|cells| cells + columns.gap)
            .sum::<usize>();
        let rest = width.saturating_sub(taken);
        columns.subject = if rest >= 32 {
            (rest * 2 / 5).clamp(18, 36)
        } else {
            rest
        };
        columns.preview = rest.saturating_sub(columns.subject + columns.gap);
        if columns.preview < 12 {
            columns.subject = rest;
            columns.preview = 0;
        }
        columns
    }

    /// Their headings, for screens with room to spare, each with its cells.
    pub fn headings(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let headings = [
            ("time", self.time),
            ("subject", self.subject),
            ("sender", self.sender),
            ("payloads", self.badges),
            ("   size", self.size),
            ("preview", self.preview),
        ];
        headings.into_iter().filter(|(_, cells)| *cells > 0)
    }
}

/// The text shown in place of the payload kinds.
const PLAIN: &str = "not an envelope";

/// The badges of a row with their roles, as many as fit; the rest is counted.
pub fn badges(row: &Row, room: usize) -> Vec<(String, Role)> {
    let Some(digest) = &row.digest else {
        return vec![("…".into(), Role::Dim)];
    };
    let mut tail = Vec::new();
    if digest.links > 0 {
        tail.push(("⇗".to_owned(), Role::Link));
    }
    if digest.purpose.eq_ignore_ascii_case("nack") {
        tail.push(("NACK".to_owned(), Role::Bad));
    }
    tail.extend(findings(digest));
    let words: Vec<(String, Role)> = match digest.dialect {
        None if room < cells(PLAIN) => vec![("plain".to_owned(), Role::Dim)],
        None => vec![(PLAIN.to_owned(), Role::Dim)],
        Some(_) => KINDS
            .iter()
            .filter(|row| digest.kinds.contains(row.kind))
            .map(|row| (row.name.to_owned(), Role::from(row.kind)))
            .collect(),
    };
    let tail_cells: usize = tail.iter().map(|(text, _)| cells(text) + 1).sum();
    let mut room = room.saturating_sub(tail_cells);
    let mut shown = Vec::new();
    let mut left = words.len();
    for (word, role) in words {
        let more = if left > 1 { 3 } else { 0 };
        if cells(&word) + more > room {
            break;
        }
        room = room.saturating_sub(cells(&word) + 1);
        left -= 1;
        shown.push((word, role));
    }
    if left > 0 && room >= 2 {
        let more = if shown.is_empty() {
            "·".repeat(left.min(2))
        } else {
            format!("+{left}")
        };
        shown.push((more, Role::Dim));
    }
    shown.extend(tail);
    shown
}

fn findings(digest: &MessageDigest) -> Option<(String, Role)> {
    let found = digest.found?;
    let severity = found.worst().filter(|worst| *worst > Severity::Note)?;
    let count = found.counts[severity as usize];
    let mark = severity_mark(severity);
    Some((format!("{mark}{count}"), severity.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_engine::{Found, SubjectId};
    use natsbridge_wire::{Dialect, Kind, KindSet};

    #[test]
    fn columns_fill_every_width() {
        for width in 20..300 {
            let c = Columns::new(width);
            let all = [c.time, c.subject, c.sender, c.badges, c.size, c.preview];
            let used: usize = all.iter().filter(|n| **n > 0).map(|n| n + c.gap).sum();
            assert!(used <= width + c.gap, "{width}: {c:?}");
            assert!(c.subject >= 6, "{width}: {c:?}");
        }
    }

    #[test]
    fn badges_tell_what_does_not_fit() {
        let mut kinds = KindSet::default();
        for kind in [Kind::Text, Kind::Table, Kind::Image] {
            kinds.insert(kind);
        }
        let digest = MessageDigest {
            dialect: Some(Dialect::V0_4),
            kinds,
            links: 1,
            found: Some(Found {
                counts: [0, 2, 0],
                ..Found::default()
            }),
            ..MessageDigest::default()
        };
        let row = Row {
            seq: 1,
            at_us: 0,
            subject: SubjectId(0),
            bytes: 1,
            digest: Some(digest),
        };
        let words = |room| {
            badges(&row, room)
                .into_iter()
                .map(|(word, _)| word)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(words(30), "text table image ⇗ ▲2");
        assert_eq!(words(15), "text +2 ⇗ ▲2");
        for room in 4..40 {
            assert!(cells(words(room)) <= room.max(9), "{room}: {}", words(room));
        }
    }
}
