//! A grid over a table: frozen header and row numbers, a cell cursor, search. Formats only the cells it shows,
//! so a table of millions of rows costs what its window costs. Which cell goes where is `grid_layout.rs`,
//! how it looks `grid_paint.rs`.

use super::contract::{Motion, Preview, PreviewContext};
use super::grid_layout::{Layout, Widths};
use super::grid_paint::GridPaint;
use super::grid_source::GridSource;
use super::pattern::Pattern;
use super::piece::{Paint, Piece, clipped, detail_strip};
use super::viewport::Viewport;
use crate::ui::format;
use crate::ui::theme::Role;
use crate::wire::{Cell, Limits, Table};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

/// A table as a grid.
pub struct GridView<S: GridSource = Table> {
    source: Arc<S>,
    widths: Widths,
    viewport: Viewport,
    /// The column under the cursor; `None` on the row number: the whole row.
    column: Option<usize>,
    left: usize,
    frozen_first: bool,
    layout: Layout,
    body_y: u16,
    pattern: Option<Pattern>,
    /// What the last search wants to say beside its number.
    note: Option<String>,
    search_cells: usize,
}

impl<S: GridSource> GridView<S> {
    /// A grid over this table.
    pub fn new(source: Arc<S>, limits: &Limits) -> Self {
        let columns = source.columns().len();
        Self {
            source,
            widths: Widths::new(columns),
            viewport: Viewport::default(),
            column: (columns > 0).then_some(0),
            left: 0,
            frozen_first: false,
            layout: Layout::default(),
            body_y: 0,
            pattern: None,
            note: None,
            search_cells: limits.grid_search_cells,
        }
    }

    fn columns(&self) -> usize {
        self.source.columns().len()
    }

    fn move_column(&mut self, motion: Motion) {
        let last = self.columns().checked_sub(1);
        self.column = match motion {
            Motion::Left => self.column.and_then(|column| column.checked_sub(1)),
            Motion::Right => last.map(|last| self.column.map_or(0, |column| (column + 1).min(last))),
            Motion::LineStart => {
                self.left = 0;
                last.map(|_| 0)
            }
            _ => last,
        };
    }

    fn click(&mut self, column: u16, row: u16) {
        let on = self
            .layout
            .slots
            .iter()
            .find(|slot| slot.cells().contains(&column));
        match on {
            Some(slot) => self.column = Some(slot.column),
            None if column < self.layout.numbers => self.column = None,
            None => {}
        }
        if let Some(row) = row.checked_sub(self.body_y) {
            self.viewport
                .act(Motion::Click { column, row }, self.source.num_rows());
        }
    }

    /// The cells from the cursor on (or back), at most as many as one search may look at.
    fn scan(&self, forward: bool, skip: usize) -> impl Iterator<Item = (usize, usize)> + use<S> {
        let (rows, columns) = (self.source.num_rows(), self.columns());
        let cells = rows.saturating_mul(columns);
        let here = self.viewport.cursor() * columns + self.column.unwrap_or(0);
        let most = cells.min(self.search_cells).max(skip);
        (skip..most).map(move |step| {
            let at = if forward {
                (here + step) % cells
            } else {
                (here + cells - step % cells) % cells
            };
            (at / columns, at % columns)
        })
    }

    fn is_match(&self, (row, column): (usize, usize)) -> bool {
        match (&self.pattern, self.source.cell(row, column)) {
            (Some(pattern), Cell::Text(text)) => pattern.is_in(&text),
            _ => false,
        }
    }

    fn jump(&mut self, forward: bool) {
        if self.pattern.is_none() {
            return;
        }
        match self.scan(forward, 1).find(|cell| self.is_match(*cell)) {
            Some(cell) => self.go_to(cell),
            None => self.note = Some(format!("no other match {}", self.reach())),
        }
    }

    fn go_to(&mut self, (row, column): (usize, usize)) {
        self.viewport.move_to(row, self.source.num_rows());
        self.column = Some(column);
    }

    /// How far a search looks, in words.
    fn reach(&self) -> String {
        let columns = self.columns().max(1);
        if self.source.num_rows().saturating_mul(columns) <= self.search_cells {
            "in the table".to_owned()
        } else {
            format!(
                "within {} of here",
                format::counted(self.search_cells / columns, "row")
            )
        }
    }

    /// The one cell under the cursor, if there is one.
    fn selected(&self) -> Option<Cell> {
        let row = self.viewport.cursor();
        let column = self.column.filter(|_| row < self.source.num_rows())?;
        Some(self.source.cell(row, column))
    }

    /// The row under the cursor, tab-separated as spreadsheets take it.
    fn row_text(&self) -> String {
        let row = self.viewport.cursor();
        let text = |column| match self.source.cell(row, column) {
            Cell::Null => String::new(),
            Cell::Text(text) => text.replace(['\t', '\n', '\r'], " "),
        };
        (0..self.columns()).map(text).collect::<Vec<_>>().join("\t")
    }
}

impl<S: GridSource> Preview for GridView<S> {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let mut area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let paint = Paint::new(context.theme, self.pattern.as_ref());
        let (source, rows) = (Arc::clone(&self.source), self.source.num_rows());
        if source.columns().is_empty() {
            let text = format!("The table has no columns and {}.", format::counted(rows, "row"));
            paint.line(area, buffer, &[Piece::new(Role::Dim, &text)]);
            return;
        }
        if let Some(Cell::Text(text)) = self.selected() {
            let text = clipped(&text);
            if text.width() > usize::from(Widths::widest(area.width, &*source)) {
                area = detail_strip(area, buffer, &text, paint);
            }
        }
        // Names, then types; a very low window keeps its rows instead.
        let header = match area.height {
            0..2 => 0,
            2..4 => 1,
            _ => 2,
        };
        self.body_y = header;
        let height = usize::from(area.height - header);
        let shown = self.viewport.fit(height, rows);
        let first = usize::from(self.frozen_first);
        self.left = self
            .widths
            .scroll_to(self.column, self.left, first, area.width, &*source, shown.clone());
        self.layout = self
            .widths
            .layout(self.left, first, area.width, &*source, shown.clone());

        let grid = GridPaint {
            source: &*source,
            layout: &self.layout,
            cursor: (self.viewport.cursor(), self.column),
            paint: Paint::new(context.theme, self.pattern.as_ref()),
            context,
        };
        grid.header(area, header, buffer);
        let body = Rect {
            y: area.y + header,
            height: area.height - header,
            ..area
        };
        grid.body(body, shown, buffer);
    }

    fn act(&mut self, motion: Motion) -> bool {
        self.note = None;
        match motion {
            Motion::Left | Motion::Right | Motion::LineStart | Motion::LineEnd => self.move_column(motion),
            Motion::ToggleAll => self.frozen_first = !self.frozen_first,
            Motion::NextMatch => self.jump(true),
            Motion::PreviousMatch => self.jump(false),
            Motion::Click { column, row } => self.click(column, row),
            _ => return self.viewport.act(motion, self.source.num_rows()),
        }
        true
    }

    /// Looks at a bounded number of cells from the cursor on; the position says how far it looked.
    fn search(&mut self, pattern: &str) -> Option<usize> {
        self.pattern = Pattern::new(pattern);
        self.note = None;
        if self.pattern.is_none() {
            return Some(0);
        }
        let mut matches = self.scan(true, 0).filter(|cell| self.is_match(*cell));
        let first = matches.next();
        let count = matches.count() + usize::from(first.is_some());
        self.note = Some(format!(
            "{} {}",
            match count {
                0 => "no match".to_owned(),
                1 => "1 match".to_owned(),
                _ => format!("{} matches", format::count(count)),
            },
            self.reach()
        ));
        if let Some(cell) = first {
            self.go_to(cell);
        }
        Some(count)
    }

    fn position(&self) -> String {
        let rows = self.source.num_rows();
        let at = if rows == 0 { 0 } else { self.viewport.cursor() + 1 };
        let mut text = format!("row {} of {}", format::count(at), format::count(rows));
        if let Some(column) = self.column.and_then(|column| self.source.columns().get(column)) {
            let name = format!(" · {} {}", column.name, column.type_name);
            text += clipped(&name).as_str();
        }
        if let Some(note) = &self.note {
            text.extend([" · ", note]);
        }
        text
    }

    fn copy(&self) -> Option<String> {
        if self.source.num_rows() == 0 {
            return None;
        }
        match (self.column, self.selected()) {
            (None, _) => Some(self.row_text()),
            (Some(_), Some(Cell::Text(text))) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::preview::sample::{drawn, exercise};
    use crate::wire::Column;

    struct Fake {
        columns: Vec<Column>,
        rows: usize,
        cell: fn(usize, usize) -> Cell,
    }

    impl GridSource for Fake {
        fn columns(&self) -> &[Column] {
            &self.columns
        }
        fn num_rows(&self) -> usize {
            self.rows
        }
        fn cell(&self, row: usize, column: usize) -> Cell {
            (self.cell)(row, column)
        }
    }

    fn grid(columns: &[(&str, &str)], rows: usize, cell: fn(usize, usize) -> Cell) -> GridView<Fake> {
        let column = |(name, type_name): &(&str, &str)| Column {
            name: (*name).to_owned(),
            type_name: (*type_name).to_owned(),
            nullable: true,
            numeric: *type_name != "utf8",
        };
        let columns = columns.iter().map(column).collect();
        GridView::new(Arc::new(Fake { columns, rows, cell }), &Limits::DEFAULT)
    }

    fn scores() -> GridView<Fake> {
        grid(
            &[("id", "i64"), ("name", "utf8"), ("score", "f64")],
            20_000,
            |row, column| match (column, row) {
                (0, _) => Cell::Text((row + 1).to_string()),
                (1, 2) => Cell::Null,
                (1, 1) => Cell::Text("漢字".to_owned()),
                (1, _) => Cell::Text(format!("name {row}")),
                _ => Cell::Text(format!("{row}.50")),
            },
        )
    }

    #[test]
    fn columns_stand_straight_and_nulls_are_marked() {
        let mut view = scores();
        assert_eq!(
            drawn(&mut view, 40, 6),
            [
                "          id  name     score",
                "         i64  utf8       f64",
                "     1     1  name 0    0.50",
                "     2     2  漢字      1.50",
                "     3     3  ∅         2.50",
                "     4     4  name 3    3.50",
            ]
        );
        assert_eq!(view.position(), "row 1 of 20,000 · id i64");
    }

    #[test]
    fn the_cursor_walks_rows_and_columns() {
        let mut view = scores();
        drawn(&mut view, 40, 6);
        view.act(Motion::Bottom);
        view.act(Motion::LineEnd);
        assert_eq!(view.position(), "row 20,000 of 20,000 · score f64");
        assert_eq!(view.copy().as_deref(), Some("19999.50"));
        assert!(drawn(&mut view, 40, 6)[5].starts_with("20,000  20000  name 19999"));
        view.act(Motion::LineStart);
        view.act(Motion::Left);
        assert_eq!(view.position(), "row 20,000 of 20,000");
        assert_eq!(view.copy().as_deref(), Some("20000\tname 19999\t19999.50"));
        view.act(Motion::Top);
        drawn(&mut view, 40, 6);
        view.act(Motion::Click { column: 16, row: 3 });
        assert_eq!(view.position(), "row 2 of 20,000 · name utf8");
    }

    #[test]
    fn scrolls_by_column_and_may_freeze_the_first() {
        let names: Vec<String> = (0..30).map(|n| format!("column{n}")).collect();
        let columns: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "i64")).collect();
        let mut view = grid(&columns, 5, |row, column| Cell::Text((row * column).to_string()));
        let header = |view: &mut GridView<Fake>| drawn(view, 40, 8)[0].clone();
        assert!(header(&mut view).contains("column0") && header(&mut view).ends_with('›'));
        view.act(Motion::LineEnd);
        let right = header(&mut view);
        assert!(
            right.contains("column29") && !right.contains("column0") && right.contains('‹'),
            "{right}"
        );
        view.act(Motion::ToggleAll);
        let frozen = header(&mut view);
        assert!(
            frozen.contains("column29") && frozen.contains("column0"),
            "{frozen}"
        );
        view.act(Motion::LineStart);
        assert!(header(&mut view).contains("column1"));

        view.act(Motion::ToggleAll);
        view.act(Motion::LineEnd);
        assert!(header(&mut view).contains('‹'));
        let wide = drawn(&mut view, 400, 8)[0].clone();
        assert!(
            wide.contains("column0") && wide.contains("column29") && !wide.contains('‹'),
            "a wider window shows what fits: {wide}"
        );
    }

    #[test]
    fn search_is_bounded_and_says_so() {
        let mut view = scores();
        view.search_cells = 3000;
        assert_eq!(view.search("name 99"), Some(11), "99 and 990 to 999");
        assert_eq!(
            view.position(),
            "row 100 of 20,000 · name utf8 · 11 matches within 1,000 rows of here"
        );
        view.act(Motion::NextMatch);
        assert_eq!(view.position(), "row 991 of 20,000 · name utf8");
        view.act(Motion::PreviousMatch);
        assert_eq!(view.position(), "row 100 of 20,000 · name utf8");
        assert_eq!(view.search("nowhere"), Some(0));
        assert!(view.position().ends_with("no match within 1,000 rows of here"));
    }

    #[test]
    fn a_table_of_billions_of_rows_costs_its_window() {
        let mut view = grid(&[("n", "null")], usize::MAX / 2, |_, _| Cell::Null);
        view.act(Motion::Bottom);
        assert!(drawn(&mut view, 60, 10)[9].contains('∅'));
        assert_eq!(view.search("x"), Some(0));
    }

    #[test]
    fn a_cell_cut_is_shown_whole_below() {
        let mut view = grid(&[("note", "utf8")], 2, |_, _| Cell::Text("word ".repeat(20)));
        let screen = drawn(&mut view, 60, 12);
        assert!(screen[2].ends_with('…'), "{screen:?}");
        assert!(
            screen[9].starts_with('─') && screen[10].starts_with("word word"),
            "{screen:?}"
        );
    }

    #[test]
    fn any_size_and_any_emptiness_is_fine() {
        for mut view in [
            scores(),
            grid(&[], 3, |_, _| Cell::Null),
            grid(&[("a", "utf8")], 0, |_, _| Cell::Null),
        ] {
            view.search_cells = 500;
            exercise(&mut view);
        }
        assert_eq!(
            drawn(&mut grid(&[("a", "utf8")], 0, |_, _| Cell::Null), 20, 4)[2],
            "No rows."
        );
        assert_eq!(
            drawn(&mut grid(&[], 3, |_, _| Cell::Null), 60, 1),
            ["The table has no columns and 3 rows."]
        );
    }
}
