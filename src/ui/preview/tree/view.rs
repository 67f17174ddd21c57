//! A foldable JSON tree with cursor, paths and search; draws only the rows it shows.

use super::rows::{Path, Row, Rows, Step, size};
use crate::look::Role;
use crate::paint::{format, head};
use crate::preview::contract::{Motion, Preview, PreviewContext, Wish};
use crate::preview::text::{Paint, Pattern, Piece, above_detail, clipped, draw_detail, width};
use crate::preview::viewport::Viewport;
use natsbridge_app::{Action, ViewKind};
use natsbridge_wire::{Limits, NumberTexts, SafeText};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value;
use std::sync::Arc;

/// A JSON value as a tree.
pub struct TreeView {
    rows: Rows,
    viewport: Viewport,
    pattern: Option<Pattern>,
    matches: Vec<Path>,
    /// Numbers whose text in the JSON differs from how they are written once parsed.
    exact: NumberTexts,
}

impl TreeView {
    /// A view of this value.
    pub fn new(value: Arc<Value>, limits: &Limits) -> Self {
        Self {
            rows: Rows::new(value, limits.json_nodes),
            viewport: Viewport::default(),
            pattern: None,
            matches: Vec::new(),
            exact: NumberTexts::new(),
        }
    }

    fn go_to(&mut self, row: usize) {
        self.viewport.move_to(row, self.rows.len());
    }

    fn toggle(&mut self) {
        let at = self.viewport.cursor();
        if self.rows.row(at).is_some_and(|row| row.open) {
            self.rows.fold(at);
        } else {
            self.rows.unfold(at);
        }
    }

    /// Folds or unfolds the whole tree; the cursor stays on its node or the nearest one shown.
    fn toggle_all(&mut self) {
        let mut path = self.rows.path(self.viewport.cursor());
        if self.rows.is_unfolded() {
            self.rows.unfold_to(1);
            path.truncate(1);
        } else {
            self.rows.unfold_to(usize::MAX);
        }
        let row = self.rows.reveal(&path);
        self.go_to(row);
    }

    /// The same with numbers as they stand in the text.
    #[must_use]
    pub fn with_exact(mut self, exact: NumberTexts) -> Self {
        self.exact = exact;
        self
    }

    /// The text of a row's number in the JSON, if it differs.
    fn exact(&self, at: usize, value: &Value) -> Option<&str> {
        if self.exact.is_empty() || !value.is_number() {
            return None;
        }
        self.exact.get(&self.rows.path(at)).map(String::as_str)
    }

    /// Folds an open node, else goes to its parent.
    fn left(&mut self) {
        let at = self.viewport.cursor();
        if self.rows.row(at).is_some_and(|row| row.open) {
            self.rows.fold(at);
        } else if let Some(parent) = self.rows.parent(at) {
            self.go_to(parent);
        }
    }

    /// Unfolds a folded node, else goes to its first child.
    fn right(&mut self) {
        let at = self.viewport.cursor();
        match self.rows.row(at) {
            Some(row) if row.open => self.go_to(at + 1),
            _ => self.rows.unfold(at),
        }
    }

    /// Jumps to the first match at or after the cursor (`include_here`), the next or the previous one.
    fn jump(&mut self, forward: bool, include_here: bool) {
        let here = self.rows.path(self.viewport.cursor());
        let next = if forward {
            let before = |path: &Path| if include_here { *path < here } else { *path <= here };
            let at = self.matches.partition_point(before);
            self.matches.get(at).or(self.matches.first())
        } else {
            let at = self.matches.partition_point(|path| *path < here);
            self.matches[..at].last().or(self.matches.last())
        };
        if let Some(path) = next.cloned() {
            let row = self.rows.reveal(&path);
            self.go_to(row);
        }
    }

    /// The value under the cursor, if its row is too long for so many cells.
    fn too_long(&self, cells: u16) -> Option<SafeText> {
        let cursor = self.viewport.cursor();
        let mut pieces = self.pieces(cursor, self.rows.row(cursor)?, self.rows.value(cursor));
        let long = width(&pieces) > usize::from(cells);
        pieces.pop().filter(|_| long).map(|last| last.text)
    }

    /// The pieces of one row; the last one is what may be too long.
    fn pieces(&self, at: usize, row: &Row, value: Option<&Value>) -> Vec<Piece> {
        let fold = match value.map_or(0, size) {
            0 => "  ",
            _ if row.open => "▾ ",
            _ => "▸ ",
        };
        let mut pieces = vec![Piece::new(Role::Dim, &("  ".repeat(row.depth) + fold))];
        match &row.step {
            Step::Root => {}
            Step::Element => pieces.push(Piece::new(Role::Dim, &format!("{}: ", row.index))),
            Step::Member(key) => {
                let key = if key.is_empty() { "\"\"" } else { key };
                pieces.extend([Piece::new(Role::JsonKey, key), Piece::new(Role::Dim, ": ")]);
            }
            Step::Cut(missing) => {
                let missing = format::count(*missing);
                let text = format!("… {missing} more not shown: the tree has reached its limit");
                pieces.push(Piece::new(Role::Caution, &text));
            }
        }
        pieces.extend(value.map(|value| match self.exact(at, value) {
            Some(text) => Piece::new(Role::JsonNumber, text),
            None => value_piece(value, row.open),
        }));
        pieces
    }
}

/// One line for a value: a leaf as JSON, a container by its count.
fn value_piece(value: &Value, open: bool) -> Piece {
    let more = if open { "" } else { "…" };
    match value {
        Value::String(text) => Piece {
            role: Role::JsonString,
            text: quoted(text),
        },
        Value::Number(number) => Piece::new(Role::JsonNumber, &number.to_string()),
        Value::Bool(word) => Piece::new(Role::JsonWord, if *word { "true" } else { "false" }),
        Value::Null => Piece::new(Role::JsonWord, "null"),
        Value::Array(elements) if elements.is_empty() => Piece::new(Role::Dim, "[]"),
        Value::Object(members) if members.is_empty() => Piece::new(Role::Dim, "{}"),
        Value::Array(elements) => {
            Piece::new(Role::Dim, &format!("[{more}{}]", format::count(elements.len())))
        }
        Value::Object(members) => {
            Piece::new(Role::Dim, &format!("{{{more}{}}}", format::count(members.len())))
        }
    }
}

/// A string as JSON writes it; only as much of it is escaped as one line may show.
fn quoted(text: &str) -> SafeText {
    let head = head(text, Limits::DEFAULT.line_bytes);
    let mut json = Value::from(head).to_string();
    if head.len() < text.len() {
        json.pop();
        json = format!("{json}…\" ({})", format::size(text.len()));
    }
    clipped(&json)
}

impl Preview for TreeView {
    fn fit(&mut self, area: Rect, _context: PreviewContext<'_>) {
        if area.is_empty() {
            return;
        }
        let text = self.too_long(area.width);
        let room = text.map_or(area, |text| above_detail(area, &text));
        self.viewport.fit(usize::from(room.height), self.rows.len());
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let paint = Paint::new(context.theme, self.pattern.as_ref());
        let cursor = self.viewport.cursor();
        if let Some(text) = self.too_long(area.width) {
            draw_detail(area, buffer, &text, paint);
        }
        let shown = self.viewport.shown(self.rows.len());
        let mut lines = area.rows();
        self.rows.visit(shown, |at, row, value| {
            let Some(line) = lines.next() else { return };
            let paint = if at == cursor {
                paint.selected(context)
            } else {
                paint
            };
            paint.line(line, buffer, &self.pieces(at, row, value));
        });
    }

    fn act(&mut self, motion: Motion) -> bool {
        match motion {
            Motion::Toggle => self.toggle(),
            Motion::ToggleAll => self.toggle_all(),
            Motion::Left => self.left(),
            Motion::Right => self.right(),
            Motion::NextMatch => self.jump(true, false),
            Motion::PreviousMatch => self.jump(false, false),
            Motion::Click { .. } => {
                let before = self.viewport.cursor();
                self.viewport.act(motion, self.rows.len());
                if before == self.viewport.cursor() {
                    self.toggle();
                }
            }
            _ => return self.viewport.act(motion, self.rows.len()),
        }
        true
    }

    fn kind(&self) -> Option<ViewKind> {
        Some(ViewKind::Tree)
    }

    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        let path = || self.rows.path_text(self.viewport.cursor());
        (action == Action::CopyPath).then(|| vec![Wish::Copy(path())])
    }

    fn search(&mut self, pattern: &str) -> Option<usize> {
        self.pattern = Pattern::new(pattern);
        let found = self.pattern.as_ref().map(|pattern| self.rows.find(pattern));
        let total;
        (self.matches, total) = found.unwrap_or_default();
        self.jump(true, true);
        Some(total)
    }

    fn position(&self) -> String {
        clipped(&self.rows.path_text(self.viewport.cursor())).to_string()
    }

    fn copy(&self) -> Option<String> {
        let at = self.viewport.cursor();
        let value = self.rows.value(at)?;
        if let Some(text) = self.exact(at, value) {
            return Some(text.to_owned());
        }
        match value {
            Value::String(text) => Some(text.clone()),
            value => serde_json::to_string_pretty(value).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::{drawn, exercise};
    use serde_json::json;

    fn view(value: Value) -> TreeView {
        TreeView::new(Arc::new(value), &Limits::DEFAULT)
    }

    #[test]
    fn draws_keys_values_and_counts() {
        let mut view = view(json!({"name": "Ada", "tags": ["a", null], "empty": {}}));
        assert_eq!(
            drawn(&mut view, 30, 7),
            [
                "▾ {3}",
                "    name: \"Ada\"",
                "  ▾ tags: [2]",
                "      0: \"a\"",
                "      1: null",
                "    empty: {}",
                ""
            ]
        );
        view.act(Motion::Down);
        view.act(Motion::Down);
        assert_eq!(view.position(), "tags");
        view.act(Motion::Toggle);
        assert_eq!(drawn(&mut view, 30, 4)[2], "  ▸ tags: […2]");
        assert_eq!(view.copy().unwrap(), "[\n  \"a\",\n  null\n]");
        view.act(Motion::Up);
        assert_eq!(view.copy().as_deref(), Some("Ada"));
    }

    #[test]
    fn left_and_right_walk_the_tree() {
        let mut view = view(json!({"a": {"b": {"c": 1}}}));
        view.act(Motion::Bottom);
        assert_eq!(view.position(), "a.b.c");
        view.act(Motion::Left);
        assert_eq!(view.position(), "a.b");
        view.act(Motion::Left);
        assert_eq!((view.position(), view.rows.len()), ("a.b".into(), 3));
        view.act(Motion::Right);
        view.act(Motion::Right);
        assert_eq!(view.position(), "a.b.c");
        view.act(Motion::ToggleAll);
        assert_eq!((view.position(), view.rows.len()), ("a".into(), 2));
        view.act(Motion::ToggleAll);
        assert_eq!((view.position(), view.rows.len()), ("a".into(), 4));
    }

    #[test]
    fn search_unfolds_what_it_finds() {
        let mut view = view(json!({"a": {"deep": ["x", "needle"]}, "needle": 1}));
        view.act(Motion::ToggleAll);
        assert_eq!(view.search("needle"), Some(2));
        assert_eq!(view.position(), "a.deep[1]");
        view.act(Motion::NextMatch);
        assert_eq!(view.position(), "needle");
        view.act(Motion::NextMatch);
        assert_eq!(view.position(), "a.deep[1]");
        view.act(Motion::PreviousMatch);
        assert_eq!(view.position(), "needle");
        assert_eq!(view.search("absent"), Some(0));
    }

    #[test]
    fn a_long_value_is_shown_whole_when_selected() {
        let mut view = view(json!({"long": "one two three four five six seven"}));
        view.act(Motion::Down);
        let screen = drawn(&mut view, 20, 12);
        assert_eq!(screen[1], "    long: \"one two …");
        assert!(screen[9].starts_with("─"), "{screen:?}");
        assert_eq!(screen[10..12], ["\"one two three four", "five six seven\""]);
    }

    #[test]
    fn any_motion_at_any_size_is_fine() {
        exercise(&mut view(
            json!({"a": {"b": [1, {"aa": "long ".repeat(50)}]}, "c": [], "漢字": null}),
        ));
        exercise(&mut view(json!("alone")));
        exercise(&mut TreeView {
            rows: Rows::new(Arc::new(json!([[1, 2, 3], [4, 5, 6]])), 4),
            ..view(json!(0))
        });
    }

    #[test]
    fn any_size_is_fine_and_a_huge_array_opens_lazily() {
        let mut view = view(Value::from(vec![0; 300_000]));
        assert_eq!(view.rows.len(), Limits::DEFAULT.json_nodes + 1);
        for (width, height) in [(0, 0), (1, 1), (3, 2), (200, 60)] {
            drawn(&mut view, width, height);
        }
        view.act(Motion::Bottom);
        assert!(drawn(&mut view, 80, 3)[2].contains("… 200,001 more not shown"));
    }

    #[test]
    fn numbers_stand_as_they_do_in_the_text() {
        let text = r#"{"price": 1.10, "big": 123456789012345678901234567890, "n": 3}"#;
        let value = serde_json::from_str(text).unwrap();
        let exact = natsbridge_wire::number_texts(
            &bytes::Bytes::from_static(text.as_bytes()).into(),
            &Limits::DEFAULT,
        );
        let mut view = TreeView::new(Arc::new(value), &Limits::DEFAULT).with_exact(exact);
        let rows = drawn(&mut view, 50, 4);
        assert_eq!(
            rows[1..],
            [
                "    price: 1.10",
                "    big: 123456789012345678901234567890",
                "    n: 3"
            ]
        );
        view.act(Motion::Down);
        assert_eq!(view.copy().as_deref(), Some("1.10"));
    }
}
