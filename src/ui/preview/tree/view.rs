//! A foldable JSON tree with cursor, paths and search; draws only the rows it shows.

use super::rows::{Row, Rows, find, own_text, unfolded};
use crate::look::Role;
use crate::paint::{counted, format, head};
use crate::preview::contract::{Motion, Preview, PreviewContext, Searched, Wish, Work, WorkResult};
use crate::preview::text::{Paint, Pattern, Piece, above_detail, clipped, draw_detail, width};
use crate::preview::viewport::Viewport;
use natsbridge_app::{Action, Progress, ViewKind};
use natsbridge_wire::{JsonKind, JsonNode, JsonText, Limits, SafeText, Steps};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value;
use std::borrow::Cow;
use std::cell::Cell;

/// Up to this many bytes of JSON are walked at once; what is longer, as long work.
const AT_ONCE: usize = 256 * 1024;
/// How often long work tells where it is, in bytes of JSON.
const STEP: usize = 64 * 1024;

const SEARCH: &str = "search";
const UNFOLD: &str = "unfold";

/// A JSON value as a tree.
pub struct TreeView {
    rows: Rows,
    viewport: Viewport,
    pattern: Option<Pattern>,
    /// The places of what was found, in the order of the text.
    matches: Vec<u32>,
    /// What came of a search that was done elsewhere.
    note: Option<String>,
    wished: Vec<Wish>,
}

impl TreeView {
    /// A view of this value.
    pub fn new(json: JsonText) -> Self {
        Self {
            rows: Rows::new(json),
            viewport: Viewport::default(),
            pattern: None,
            matches: Vec::new(),
            note: None,
            wished: Vec::new(),
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
        let deepest = if self.rows.is_unfolded() { 1 } else { usize::MAX };
        let json = self.rows.json().clone();
        if json.as_str().len() > AT_ONCE {
            let doing = if deepest == 1 { "folding" } else { "unfolding" };
            let run = move |progress: &Progress| unfolded(&json, deepest, steps(progress, &json));
            self.wished.push(Wish::Work(Work::new(UNFOLD, doing, run)));
        } else {
            self.show(unfolded(&json, deepest, |_| true).unwrap_or_default());
        }
    }

    /// Shows these rows; the cursor stays on its node or the nearest one shown.
    fn show(&mut self, rows: Vec<Row>) {
        let place = self.rows.place(self.viewport.cursor());
        self.rows.show(rows);
        self.go_to(self.rows.nearest(place));
    }

    fn take_found(&mut self, found: Vec<u32>) -> usize {
        self.matches = found;
        self.jump(true, true);
        self.matches.len()
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
        let here = self.rows.place(self.viewport.cursor());
        let next = if forward {
            let before = |place: &u32| *place < here || (*place == here && !include_here);
            let at = self.matches.partition_point(before);
            self.matches.get(at).or(self.matches.first())
        } else {
            let at = self.matches.partition_point(|place| *place < here);
            self.matches[..at].last().or(self.matches.last())
        };
        if let Some(place) = next.copied() {
            let row = self.rows.reveal(place);
            self.go_to(row);
        }
    }

    /// The value under the cursor, if its row is too long for so many cells.
    fn too_long(&self, cells: u16) -> Option<SafeText> {
        let mut pieces = self.pieces(self.viewport.cursor())?;
        let long = width(&pieces) > usize::from(cells);
        pieces.pop().filter(|_| long).map(|last| last.text)
    }

    /// The pieces of one row; the last one is what may be too long.
    fn pieces(&self, at: usize) -> Option<Vec<Piece>> {
        let (row, (key, value)) = self.rows.row(at).zip(self.rows.shown(at))?;
        let fold = match row.size {
            0 => "  ",
            _ if row.open => "▾ ",
            _ => "▸ ",
        };
        let indent = "  ".repeat(row.depth.into()) + fold;
        let mut pieces = vec![Piece::new(Role::Dim, &indent)];
        if let Some(key) = key.and_then(JsonNode::text) {
            let key = if key.is_empty() { "\"\"" } else { &*key };
            pieces.extend([Piece::new(Role::JsonKey, key), Piece::new(Role::Dim, ": ")]);
        } else if row.depth > 0 {
            pieces.push(Piece::new(Role::Dim, &format!("{}: ", row.index)));
        }
        pieces.push(value_piece(value, row));
        Some(pieces)
    }
}

/// Tells the progress of a walk, and whether it goes on.
fn steps<'p>(progress: &'p Progress, json: &JsonText) -> impl Fn(usize) -> bool + use<'p> {
    let (told, whole) = (Cell::new(0), json.as_str().len());
    move |place| {
        if place < told.get() + STEP {
            return true;
        }
        told.set(place);
        progress.step(place as u64, whole as u64)
    }
}

/// One line for a value: a leaf as JSON, a container by its count.
fn value_piece(value: JsonNode<'_>, row: Row) -> Piece {
    let count = match row.size {
        0 => String::new(),
        size if row.open => format::count(size as usize),
        size => format!("…{}", format::count(size as usize)),
    };
    match value.kind() {
        JsonKind::Text => Piece {
            role: Role::JsonString,
            text: quoted(&own_text(value)),
        },
        JsonKind::Number => Piece::new(Role::JsonNumber, value.raw()),
        JsonKind::Bool | JsonKind::Null => Piece::new(Role::JsonWord, value.raw()),
        JsonKind::Array => Piece::new(Role::Dim, &format!("[{count}]")),
        JsonKind::Object => Piece::new(Role::Dim, &format!("{{{count}}}")),
    }
}

/// A string as JSON writes it; only as much of it is escaped as one line may show.
fn quoted(text: &str) -> SafeText {
    let head = head(text, Limits::in_force().line_bytes);
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
        for (line, at) in area.rows().zip(shown) {
            let paint = if at == cursor {
                paint.selected(context)
            } else {
                paint
            };
            paint.line(line, buffer, &self.pieces(at).unwrap_or_default());
        }
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

    fn search(&mut self, pattern: &str) -> Searched {
        (self.pattern, self.note) = (Pattern::new(pattern), None);
        let Some(pattern) = self.pattern.clone() else {
            return Searched::All(self.take_found(Vec::new()));
        };
        let json = self.rows.json().clone();
        if json.as_str().len() <= AT_ONCE {
            let found = find(&json, &pattern, |_| true).unwrap_or_default();
            return Searched::All(self.take_found(found));
        }
        self.matches = Vec::new();
        let run = move |progress: &Progress| find(&json, &pattern, steps(progress, &json));
        self.wished.push(Wish::Work(Work::new(SEARCH, "searching", run)));
        Searched::SoFar(0)
    }

    fn worked(&mut self, slot: &'static str, result: WorkResult) -> Vec<Wish> {
        if slot == SEARCH {
            if let Ok(found) = result.downcast::<Option<Vec<u32>>>()
                && let Some(found) = *found
            {
                let found = self.take_found(found);
                self.note = Some(counted(found, "match"));
            }
        } else if let Ok(rows) = result.downcast::<Option<Vec<Row>>>()
            && let Some(rows) = *rows
        {
            self.show(rows);
        }
        vec![]
    }

    fn wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.wished)
    }

    fn position(&self) -> String {
        let path = clipped(&self.rows.path_text(self.viewport.cursor())).to_string();
        match &self.note {
            Some(note) => format!("{path} · {note}"),
            None => path,
        }
    }

    fn copy(&self) -> Option<String> {
        let (_, value) = self.rows.shown(self.viewport.cursor())?;
        let text = value.text().map(Cow::into_owned);
        Some(text.unwrap_or_else(|| format!("{value:#}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::{drawn, exercise};
    use serde_json::json;

    fn of_text(text: &str) -> TreeView {
        TreeView::new(text.parse().unwrap())
    }

    fn view(value: &Value) -> TreeView {
        of_text(&value.to_string())
    }

    #[test]
    fn draws_keys_values_and_counts() {
        let mut view = view(&json!({"name": "Ada", "tags": ["a", null], "empty": {}}));
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
        let mut view = view(&json!({"a": {"b": {"c": 1}}}));
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
        let mut view = view(&json!({"a": {"deep": ["x", "needle"]}, "needle": 1}));
        view.act(Motion::ToggleAll);
        assert_eq!(view.search("needle"), Searched::All(2));
        assert_eq!(view.position(), "a.deep[1]");
        view.act(Motion::NextMatch);
        assert_eq!(view.position(), "needle");
        view.act(Motion::NextMatch);
        assert_eq!(view.position(), "a.deep[1]");
        view.act(Motion::PreviousMatch);
        assert_eq!(view.position(), "needle");
        assert_eq!(view.search("absent"), Searched::All(0));
    }

    #[test]
    fn what_is_large_is_searched_and_unfolded_elsewhere() {
        let done = |view: &mut TreeView| {
            for wish in view.wishes() {
                let Wish::Work(work) = wish else { panic!() };
                let result = (work.run)(&Progress::default());
                assert!(view.worked(work.slot, result).is_empty());
            }
        };
        let mut view = of_text(&format!("[{}{{\"needle\":1}}]", "{\"hay\":0},".repeat(100_000)));
        assert_eq!(view.search("needle"), Searched::SoFar(0));
        assert_eq!(view.position(), "$");
        done(&mut view);
        assert_eq!(view.position(), "[100000].needle · 1 match");
        let rows = view.rows.len();
        view.act(Motion::ToggleAll);
        assert_eq!(view.rows.len(), rows);
        done(&mut view);
        assert_eq!(view.rows.len(), 100_002);
        assert_eq!(view.position(), "[100000] · 1 match");
        view.act(Motion::ToggleAll);
        done(&mut view);
        assert_eq!(view.rows.len(), 200_003);
        // A work that was stopped changes nothing.
        let none: WorkResult = Box::new(None::<Vec<Row>>);
        view.worked(UNFOLD, none);
        assert_eq!(view.rows.len(), 200_003);
    }

    #[test]
    fn a_long_value_is_shown_whole_when_selected() {
        let mut view = view(&json!({"long": "one two three four five six seven"}));
        view.act(Motion::Down);
        let screen = drawn(&mut view, 20, 12);
        assert_eq!(screen[1], "    long: \"one two …");
        assert!(screen[9].starts_with("─"), "{screen:?}");
        assert_eq!(screen[10..12], ["\"one two three four", "five six seven\""]);
    }

    #[test]
    fn any_motion_at_any_size_is_fine() {
        exercise(&mut view(
            &json!({"a": {"b": [1, {"aa": "long ".repeat(50)}]}, "c": [], "漢字": null}),
        ));
        exercise(&mut view(&json!("alone")));
    }

    #[test]
    fn any_size_is_fine_and_a_huge_array_is_shown_to_its_end() {
        let mut view = of_text(&format!("[{}1]", "0,".repeat(300_000)));
        assert_eq!(view.rows.len(), 300_002);
        for (width, height) in [(0, 0), (1, 1), (3, 2), (200, 60)] {
            drawn(&mut view, width, height);
        }
        view.act(Motion::Bottom);
        assert_eq!(drawn(&mut view, 80, 3)[2], "    300000: 1");
        assert_eq!(view.position(), "[300000]");
    }

    #[test]
    fn everything_stands_as_it_was_sent() {
        let big = "1234567890123456789012345678901234567890";
        let text = format!(r#"{{"price": 1.10, "big": {big}, "a": 1e1000, "a": -0, "\u0062": "\u00e9"}}"#);
        let mut view = of_text(&text);
        let rows = drawn(&mut view, 60, 6);
        assert_eq!(
            rows,
            [
                "▾ {5}",
                "    price: 1.10",
                &format!("    big: {big}"),
                "    a: 1e1000",
                "    a: -0",
                "    b: \"é\"",
            ]
        );
        view.act(Motion::Down);
        assert_eq!(view.copy().as_deref(), Some("1.10"));
        view.act(Motion::Top);
        assert!(
            view.copy()
                .unwrap()
                .contains("\n  \"a\": 1e1000,\n  \"a\": -0,\n")
        );
    }
}
