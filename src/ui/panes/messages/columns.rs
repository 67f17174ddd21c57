//! The columns of the message list: their widths at every pane width, and their badges.

use crate::look::Role;
use crate::paint::{cells, field, fit_end, mixed_mark};
use crate::preview::severity_mark;
use natsbridge_engine::{MessageDigest, Row};
use natsbridge_wire::{KINDS, Severity};

/// Least cells of a first line that tells something.
const FIRST_LINE: usize = 14;

/// How many cells the widest values take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    pub subject: usize,
    pub sender: usize,
    pub badges: usize,
}

impl Needs {
    /// What this row takes.
    pub fn of(row: &Row, subject: &str) -> Self {
        let sender = row.digest.as_ref().map(|digest| cells(field(&digest.sender)));
        let (words, tail) = badge_words(row);
        let all = words.iter().chain(&tail).map(|(word, _)| cells(word) + 1);
        Self {
            subject: cells(mixed_mark(subject)) + cells(field(subject)),
            sender: sender.unwrap_or(0),
            badges: all.sum::<usize>().saturating_sub(1),
        }
    }

    /// What both take.
    pub fn widened(self, other: Self) -> Self {
        Self {
            subject: self.subject.max(other.subject),
            sender: self.sender.max(other.sender),
            badges: self.badges.max(other.badges),
        }
    }
}

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
    /// Distributes a row of this many cells (excluding the selection mark): each column as wide as what it holds, the
    /// first line where there is room beside that. Where there is not, the sender gives way first, then the badges.
    pub fn new(width: usize, needs: Needs) -> Self {
        let gap = if width < 66 { 1 } else { 2 };
        let mut columns = Self {
            gap,
            time: match width {
                0..38 => 0,
                38..54 => 8,
                _ => 12,
            },
            size: if width >= 30 { 7 } else { 0 },
            subject: needs.subject.clamp(7, 64),
            sender: needs.sender.clamp(6, 24),
            badges: needs.badges.clamp(8, 30),
            preview: 0,
        };
        let fixed = [columns.time, columns.size];
        let fixed = fixed.iter().filter(|cells| **cells > 0).map(|cells| cells + gap);
        let room = width.saturating_sub(fixed.sum());
        let mut over = (columns.subject + columns.sender + columns.badges + 2 * gap).saturating_sub(room);
        yield_cells(&mut columns.sender, 8, &mut over);
        yield_cells(&mut columns.badges, 14, &mut over);
        yield_cells(&mut columns.subject, 18, &mut over);
        let drop = |column: &mut usize, over: &mut usize| {
            if *over > 0 {
                *over = over.saturating_sub(std::mem::take(column) + gap);
            }
        };
        drop(&mut columns.sender, &mut over);
        yield_cells(&mut columns.badges, 8, &mut over);
        yield_cells(&mut columns.subject, 12, &mut over);
        drop(&mut columns.badges, &mut over);
        let others = [columns.sender, columns.badges];
        let others = others.iter().filter(|cells| **cells > 0).map(|cells| cells + gap);
        let rest = room.saturating_sub(others.sum());
        columns.preview = rest.saturating_sub(columns.subject + gap);
        if columns.preview < FIRST_LINE {
            (columns.subject, columns.preview) = (rest, 0);
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
            ("first line", self.preview),
        ];
        headings.into_iter().filter(|(_, cells)| *cells > 0)
    }
}

/// A column yields as many cells as there are too many, but keeps the least that it needs.
fn yield_cells(column: &mut usize, least: usize, over: &mut usize) {
    let cut = (*over).min(column.saturating_sub(least));
    *column -= cut;
    *over -= cut;
}

/// The text shown in place of the payload kinds.
const PLAIN: &str = "not an envelope";

type Badge = (String, Role);

/// What a row's payloads are in words, and what follows them in any case: links and findings.
fn badge_words(row: &Row) -> (Vec<Badge>, Vec<Badge>) {
    let Some(digest) = &row.digest else {
        return (vec![("…".into(), Role::Dim)], vec![]);
    };
    let mut tail = Vec::new();
    if digest.links > 0 {
        tail.push(("⇗".to_owned(), Role::Link));
    }
    if digest.purpose.eq_ignore_ascii_case("nack") {
        tail.push(("NACK".to_owned(), Role::Bad));
    }
    tail.extend(findings(digest));
    let words = match digest.dialect {
        None if !digest.purpose.is_empty() => vec![(digest.purpose.to_string(), Role::Caution)],
        None => vec![(PLAIN.to_owned(), Role::Dim)],
        Some(_) => KINDS
            .iter()
            .filter(|row| digest.kinds.contains(row.kind))
            .map(|row| (row.name.to_owned(), Role::from(row.kind)))
            .collect(),
    };
    (words, tail)
}

/// The badges of a row with their roles, as many as fit; the rest is counted.
pub fn badges(row: &Row, room: usize) -> Vec<Badge> {
    let (mut words, tail) = badge_words(row);
    let tail_cells: usize = tail.iter().map(|(text, _)| cells(text) + 1).sum();
    let mut room = room.saturating_sub(tail_cells);
    if let [(word, _)] = &mut words[..]
        && cells(&word) > room
    {
        *word = if word == PLAIN {
            "plain".into()
        } else {
            fit_end(&word, room.max(2))
        };
    }
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
        let kinds = format!("{left} kinds");
        let more = if shown.is_empty() && cells(&kinds) <= room {
            kinds
        } else {
            format!("+{left}")
        };
        shown.push((more, Role::Text));
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

    fn needs(subject: usize, sender: usize, badges: usize) -> Needs {
        Needs {
            subject,
            sender,
            badges,
        }
    }

    #[test]
    fn columns_fill_every_width() {
        for width in 20..300 {
            for needs in [
                needs(0, 0, 0),
                needs(11, 6, 4),
                needs(40, 20, 22),
                needs(300, 90, 60),
            ] {
                let c = Columns::new(width, needs);
                let all = [c.time, c.subject, c.sender, c.badges, c.size, c.preview];
                let used: usize = all.iter().filter(|n| **n > 0).map(|n| n + c.gap).sum();
                assert_eq!(used, width + c.gap, "{width}: {c:?}");
                assert!(c.subject >= 6, "{width}: {c:?}");
                assert!(
                    c.badges == 0 || c.badges >= 8,
                    "no stump of a column, {width}: {c:?}"
                );
            }
        }
    }

    #[test]
    fn columns_are_as_wide_as_what_they_hold_and_the_first_line_gets_the_rest() {
        let c = Columns::new(75, needs(11, 6, 4));
        assert_eq!((c.subject, c.sender, c.badges), (11, 6, 8));
        assert_eq!(c.preview, 75 - 12 - 7 - 11 - 6 - 8 - 5 * 2);
        let c = Columns::new(96, needs(30, 16, 20));
        assert_eq!(
            (c.sender, c.badges, c.preview),
            (16, 20, 0),
            "whole before a first line"
        );
        assert!(c.subject >= 30);
        assert_eq!(Columns::new(33, needs(40, 12, 20)).badges, 8);
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
