//! The payload rows: added, duplicated, removed and restored, moved, named, typed.

use crate::model::{Cell, Composer, FormRow, has_encoding, next_encoding, next_type, turned};
use natsbridge_engine::PayloadRow;
use natsbridge_wire::{ColumnType, KINDS, Kind};

/// Adds a payload after the one under the cursor, or at the end; returns its position.
pub(super) fn add(composer: &mut Composer, mut row: PayloadRow) -> usize {
    let rows = composer.message.payloads.len();
    let at = composer.payload_at_cursor().map_or(rows, |at| at + 1);
    row.name = free_name(composer, &row.name);
    composer.message.payloads.insert(at, row);
    (composer.cursor, composer.cell) = (FormRow::Payload(at), Cell::Content);
    composer.changed();
    at
}

/// Gives a payload another content, with the name that comes with it if it has none; adds a new payload if `None`.
pub(super) fn put(composer: &mut Composer, at: Option<usize>, mut row: PayloadRow) {
    let Some(at) = at else {
        add(composer, row);
        return;
    };
    if let Some(before) = composer.message.payloads.get_mut(at) {
        if !before.name.is_empty() {
            row.name = std::mem::take(&mut before.name);
        }
        *before = row;
        composer.changed();
    }
}

/// Duplicates the payload under the cursor.
pub(super) fn double(composer: &mut Composer) -> bool {
    let at = composer.payload_at_cursor();
    let row = at.map(|at| composer.message.payloads[at].clone());
    row.map(|row| add(composer, row)).is_some()
}

/// Removes the payload under the cursor.
pub(super) fn remove(composer: &mut Composer) -> Option<String> {
    let at = composer.payload_at_cursor()?;
    let row = composer.message.payloads.remove(at);
    let name = row.name.clone();
    composer.removed = Some((at, row));
    composer.cursor = match composer.message.payloads.len() {
        0 => FormRow::Add,
        left => FormRow::Payload(at.min(left - 1)),
    };
    composer.changed();
    Some(name)
}

/// Restores the payload removed last.
pub(super) fn put_back(composer: &mut Composer) -> bool {
    let Some((at, row)) = composer.removed.take() else {
        return false;
    };
    let at = at.min(composer.message.payloads.len());
    composer.message.payloads.insert(at, row);
    composer.cursor = FormRow::Payload(at);
    composer.changed();
    true
}

/// Moves the payload under the cursor by a row.
pub(super) fn shift(composer: &mut Composer, down: bool) -> bool {
    let Some(at) = composer.payload_at_cursor() else {
        return false;
    };
    let to = if down { at + 1 } else { at.wrapping_sub(1) };
    if to >= composer.message.payloads.len() {
        return false;
    }
    composer.message.payloads.swap(at, to);
    composer.cursor = FormRow::Payload(to);
    composer.changed();
    true
}

/// Gives a payload another kind.
pub(super) fn set_kind(composer: &mut Composer, at: usize, kind: Kind) {
    let row = composer.message.payloads.get_mut(at);
    if let Some(row) = row.filter(|row| row.kind != kind) {
        row.kind = kind;
        composer.changed();
    }
}

/// Gives a payload the next kind, or the one before.
pub(super) fn turn_kind(composer: &mut Composer, at: usize, forward: bool) {
    let kinds: Vec<Kind> = KINDS.iter().map(|row| row.kind).collect();
    if let Some(row) = composer.message.payloads.get(at) {
        set_kind(composer, at, turned(&kinds, row.kind, forward));
    }
}

/// Chooses the type of a column of rows that become a table.
pub(super) fn set_type(composer: &mut Composer, at: usize, column: &str, chosen: ColumnType) {
    let Some(row) = composer.message.payloads.get_mut(at) else {
        return;
    };
    match row.types.iter_mut().find(|(name, _)| name == column) {
        Some((_, before)) => *before = chosen,
        None => row.types.push((column.to_owned(), chosen)),
    }
    composer.changed();
}

/// A name that no payload has yet: receivers look payloads up by name.
fn free_name(composer: &Composer, wanted: &str) -> String {
    let taken = |name: &str| composer.message.payloads.iter().any(|row| row.name == name);
    let wanted = if wanted.is_empty() { "payload" } else { wanted };
    if !taken(wanted) {
        return wanted.to_owned();
    }
    let stem = wanted.trim_end_matches(|c: char| c.is_ascii_digit());
    let mut numbered = (2..=composer.message.payloads.len() + 2).map(|i| format!("{stem}{i}"));
    let free = numbered.find(|name| !taken(name));
    free.unwrap_or_else(|| wanted.to_owned())
}

/// Gives the column at a place in the list of columns another type, or the rows another encoding, whose place is the last.
pub(super) fn turn_column(composer: &mut Composer, at: usize, column: usize, forward: bool) {
    let plan = composer.planning.plan.as_ref();
    let planned = plan.and_then(|plan| plan.payloads.get(at));
    let columns = planned.and_then(|payload| Some(&payload.table.as_ref()?.columns));
    let name = columns
        .and_then(|columns| columns.get(column))
        .map(|column| column.name.clone());
    let has_encoding = has_encoding(composer, at);
    let Some(row) = composer.message.payloads.get_mut(at) else {
        return;
    };
    if let Some(name) = name {
        let now = row.types.iter().find(|(column, _)| *column == name);
        let next = next_type(now.map(|(_, chosen)| *chosen), forward);
        set_type(composer, at, &name, next);
    } else if has_encoding {
        row.encoding = next_encoding(row.encoding, forward);
        composer.changed();
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
        add(&mut composer, PayloadRow::text("message", "one"));
        add(&mut composer, PayloadRow::text("message", "two"));
        assert_eq!(names(&composer), ["message", "message2"]);
        assert!(double(&mut composer));
        assert_eq!(names(&composer), ["message", "message2", "message3"]);
        assert!(shift(&mut composer, false) && shift(&mut composer, false) && !shift(&mut composer, false));
        assert_eq!(names(&composer), ["message3", "message", "message2"]);
        assert!(shift(&mut composer, true));
        assert_eq!(remove(&mut composer).as_deref(), Some("message3"));
        assert_eq!(
            (names(&composer), composer.cursor),
            (vec!["message", "message2"], FormRow::Payload(1))
        );
        assert!(put_back(&mut composer) && !put_back(&mut composer));
        assert_eq!(names(&composer), ["message", "message3", "message2"]);
    }

    #[test]
    fn the_last_payload_taken_away_leaves_the_cursor_on_what_adds_one() {
        let mut composer = Composer::default();
        add(&mut composer, PayloadRow::text("", "x"));
        assert_eq!(names(&composer), ["payload"]);
        remove(&mut composer);
        assert_eq!(composer.cursor, FormRow::Add);
        assert!(!double(&mut composer) && remove(&mut composer).is_none());
    }

    #[test]
    fn every_kind_comes_by_and_types_are_chosen_once_per_column() {
        let mut composer = Composer::default();
        let at = add(&mut composer, PayloadRow::text("a", "x"));
        for row in KINDS.iter().skip(1) {
            turn_kind(&mut composer, at, true);
            assert_eq!(composer.message.payloads[at].kind, row.kind);
        }
        set_type(&mut composer, at, "id", ColumnType::Text);
        set_type(&mut composer, at, "id", ColumnType::Float);
        assert_eq!(
            composer.message.payloads[at].types,
            [("id".to_owned(), ColumnType::Float)]
        );
    }
}
