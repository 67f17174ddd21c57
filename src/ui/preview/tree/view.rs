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
pub(super) const UNFOLD: &str = "unfold";

/// A JSON value as a tree.
pub struct TreeView {
    pub(super) rows: Rows,
    viewport: Viewport,
    pattern: Option<Pattern>,
    /// The places of what was found, in the order of the text.
    matches: Vec<u32>,
    /// What came of a search that was done elsewhere.
    note: Option<String>,
    wished: Vec<Wish>,
    /// How many rows each level has, unfolded as it is at first; none where a page folds nothing.
    levels: Vec<usize>,
    /// The deepest level shown, while a page folds it to fit.
    folded_to: Option<usize>,
}

impl TreeView {
    /// A view of this value.
    pub fn new(json: JsonText) -> Self {
        let small = json.as_str().len() <= AT_ONCE;
        let rows = Rows::new(json);
        Self {
            levels: if small { rows.levels() } else { Vec::new() },
            rows,
            viewport: Viewport::default(),
            pattern: None,
            matches: Vec::new(),
            note: None,
            wished: Vec::new(),
            folded_to: None,
        }
    }

    /// The deepest level down to which the tree has at most so many rows, at least the first; and how many those are.
    fn fitting(&self, most: usize) -> (usize, usize) {
        let (mut deepest, mut rows) = (0, 0);
        for (level, count) in self.levels.iter().enumerate() {
            if level > 1 && rows + count > most {
                break;
            }
            (deepest, rows) = (level, rows + count);
        }
        (deepest.max(1), rows)
    }

    /// Folds it to fit into so many rows of a page; unfolds what a page had folded where that is `None`. What a person has
    /// folded or unfolded stays.
    fn fold_to_fit(&mut self, rows: Option<u16>) {
        if self.levels.is_empty() {
            return;
        }
        let wanted = rows.map(|rows| self.fitting(usize::from(rows)).0);
        if wanted != self.folded_to {
            self.folded_to = wanted;
            let deepest = wanted.unwrap_or(self.levels.len().saturating_sub(1).max(1));
            let json = self.rows.json().clone();
            self.show(unfolded(&json, deepest, |_| true).unwrap_or_default());
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
            // What was found stays unfolded.
            self.levels.clear();
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
    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        if area.is_empty() {
            return;
        }
        self.fold_to_fit(context.on_page.then_some(area.height));
        let text = self.too_long(area.width).filter(|_| !context.on_page);
        let room = text.map_or(area, |text| above_detail(area, &text));
        self.viewport.fit(usize::from(room.height), self.rows.len());
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let paint = Paint::new(context.theme, self.pattern.as_ref());
        let cursor = self.viewport.cursor();
        if let Some(text) = self.too_long(area.width).filter(|_| !context.on_page) {
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

    fn wanted_rows(&self, _width: u16, most: u16, _context: PreviewContext<'_>) -> u16 {
        let most = usize::from(most);
        let rows = if self.levels.is_empty() {
            self.rows.len()
        } else {
            self.fitting(most).1
        };
        rows.min(most) as u16
    }

    fn extent(&self) -> Option<String> {
        Some(counted(self.rows.len(), "row"))
    }

    fn cursor_row(&self) -> Option<u16> {
        Some(self.viewport.cursor_row())
    }

    fn act(&mut self, motion: Motion) -> bool {
        if matches!(
            motion,
            Motion::Toggle | Motion::ToggleAll | Motion::Left | Motion::Right
        ) {
            self.levels.clear();
        }
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
