//! The payload rows: added, duplicated, removed and restored, moved, named.

use super::composer::Composer;
use super::spot::{Cell, Spot};
use super::turned::turned;
use natsbridge_engine::{PayloadRow, Source, Suggestion};
use natsbridge_wire::{ColumnType, KINDS, Kind};

impl Composer {
    /// Adds a payload after the one under the cursor, or at the end; returns its position.
    pub(crate) fn add(&mut self, mut row: PayloadRow) -> usize {
        let rows = self.message.payloads.len();
        let at = self.payload_at_cursor().map_or(rows, |at| at + 1);
        row.name = self.free_name(&row.name);
        self.message.payloads.insert(at, row);
        (self.cursor, self.cell) = (Spot::Payload(at), Cell::Content);
        self.changed();
        at
    }

    /// Gives a payload another source; an unnamed one is named after it.
    pub(crate) fn set_source(&mut self, at: usize, source: Source, suggestion: Suggestion) {
        if let Some(row) = self.message.payloads.get_mut(at) {
            row.source = source;
            row.kind = suggestion.kind;
            row.types.clear();
            if row.name.is_empty() {
                row.name = suggestion.name;
            }
            self.changed();
        }
    }

    /// Duplicates the payload under the cursor.
    pub(crate) fn double(&mut self) -> bool {
        let row = self
            .payload_at_cursor()
            .map(|at| self.message.payloads[at].clone());
        row.map(|row| self.add(row)).is_some()
    }

    /// Removes the payload under the cursor.
    pub(crate) fn remove(&mut self) -> Option<String> {
        let at = self.payload_at_cursor()?;
        let row = self.message.payloads.remove(at);
        let name = row.name.clone();
        self.removed = Some((at, row));
        self.cursor = match self.message.payloads.len() {
            0 => Spot::Add,
            left => Spot::Payload(at.min(left - 1)),
        };
        self.changed();
        Some(name)
    }

    /// Restores the payload removed last.
    pub(crate) fn put_back(&mut self) -> bool {
        let Some((at, row)) = self.removed.take() else {
            return false;
        };
        let at = at.min(self.message.payloads.len());
        self.message.payloads.insert(at, row);
        self.cursor = Spot::Payload(at);
        self.changed();
        true
    }

    /// Moves the payload under the cursor by a row.
    pub(crate) fn shift(&mut self, down: bool) -> bool {
        let Some(at) = self.payload_at_cursor() else {
            return false;
        };
        let to = if down { at + 1 } else { at.wrapping_sub(1) };
        if to >= self.message.payloads.len() {
            return false;
        }
        self.message.payloads.swap(at, to);
        self.cursor = Spot::Payload(to);
        self.changed();
        true
    }

    /// Gives a payload another kind.
    pub(crate) fn set_kind(&mut self, at: usize, kind: Kind) {
        if let Some(row) = self.message.payloads.get_mut(at).filter(|row| row.kind != kind) {
            row.kind = kind;
            self.changed();
        }
    }

    /// Gives a payload the next kind, or the one before.
    pub(crate) fn turn_kind(&mut self, at: usize, forward: bool) {
        let kinds: Vec<Kind> = KINDS.iter().map(|row| row.kind).collect();
        if let Some(row) = self.message.payloads.get(at) {
            self.set_kind(at, turned(&kinds, row.kind, forward));
        }
    }

    /// Chooses the type of a column of rows that become a table.
    pub(crate) fn set_type(&mut self, at: usize, column: &str, chosen: ColumnType) {
        let Some(row) = self.message.payloads.get_mut(at) else {
            return;
        };
        match row.types.iter_mut().find(|(name, _)| name == column) {
            Some((_, before)) => *before = chosen,
            None => row.types.push((column.to_owned(), chosen)),
        }
        self.changed();
    }

    /// A name that no payload has yet: receivers look payloads up by name.
    fn free_name(&self, wanted: &str) -> String {
        let taken = |name: &str| self.message.payloads.iter().any(|row| row.name == name);
        let wanted = if wanted.is_empty() { "payload" } else { wanted };
        if !taken(wanted) {
            return wanted.to_owned();
        }
        let stem = wanted.trim_end_matches(|c: char| c.is_ascii_digit());
        let numbered = (2..=self.message.payloads.len() + 2).map(|i| format!("{stem}{i}"));
        numbered
            .into_iter()
            .find(|name| !taken(name))
            .unwrap_or_else(|| wanted.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(composer: &Composer) -> Vec<&str> {
        composer
            .message
            .payloads
            .iter()
            .map(|row| row.name.as_str())
            .collect()
    }

    #[test]
    fn payloads_are_added_doubled_moved_taken_away_and_put_back() {
        let mut composer = Composer::default();
        composer.add(PayloadRow::text("message", "one"));
        composer.add(PayloadRow::text("message", "two"));
        assert_eq!(names(&composer), ["message", "message2"]);
        assert!(composer.double());
        assert_eq!(names(&composer), ["message", "message2", "message3"]);
        assert!(composer.shift(false) && composer.shift(false) && !composer.shift(false));
        assert_eq!(names(&composer), ["message3", "message", "message2"]);
        assert!(composer.shift(true));
        assert_eq!(composer.remove().as_deref(), Some("message3"));
        assert_eq!(
            (names(&composer), composer.cursor),
            (vec!["message", "message2"], Spot::Payload(1))
        );
        assert!(composer.put_back() && !composer.put_back());
        assert_eq!(names(&composer), ["message", "message3", "message2"]);
    }

    #[test]
    fn the_last_payload_taken_away_leaves_the_cursor_on_what_adds_one() {
        let mut composer = Composer::default();
        composer.add(PayloadRow::text("", "x"));
        assert_eq!(names(&composer), ["payload"]);
        composer.remove();
        assert_eq!(composer.cursor, Spot::Add);
        assert!(!composer.double() && composer.remove().is_none());
    }

    #[test]
    fn every_kind_comes_by_and_types_are_chosen_once_per_column() {
        let mut composer = Composer::default();
        let at = composer.add(PayloadRow::text("a", "x"));
        for row in KINDS.iter().skip(1) {
            composer.turn_kind(at, true);
            assert_eq!(composer.message.payloads[at].kind, row.kind);
        }
        composer.set_type(at, "id", ColumnType::Text);
        composer.set_type(at, "id", ColumnType::Float);
        assert_eq!(
            composer.message.payloads[at].types,
            [("id".to_owned(), ColumnType::Float)]
        );
    }
}
