//! A grid over a table: frozen header, row numbers and first columns, a cell cursor. It formats only visible cells,
//! so the size of the table does not matter. What is shown is in `shown.rs`, where in `layout.rs`, how in `paint.rs`.

use super::arrange::Arranged;
use super::finding::{Counted, NextMatch};
use super::layout::Widths;
use super::model::GridView;
use super::paint::GridPaint;
use super::writing::Written;
use super::{arrange, facts, finding, writing};
use crate::look::Role;
use crate::paint::format;
use crate::preview::contract::{Motion, Preview, PreviewContext, Wish, WorkResult};
use crate::preview::plot;
use crate::preview::text::{Paint, Piece, clipped, detail_strip};
use natsbridge_app::{Action, ViewKind, ViewQuestion};
use natsbridge_wire::{Cell, Direction, ExportFormat, FilterFault, Limits, Severity, TableRows, ValuePath};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

pub(super) const GO_TO: ViewQuestion = ViewQuestion {
    id: "row",
    title: "Go to row",
    advice: "The row number, as shown at the left edge.",
};

/// Cells that a column gets wider or narrower by one key.
const WIDER: i16 = 2;

impl GridView {
    fn columns(&self) -> usize {
        self.shown.columns().len()
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
                .act(Motion::Click { column, row }, self.shown.num_rows());
        }
    }

    /// The one cell under the cursor, if there is one.
    fn selected(&self) -> Option<Cell> {
        let row = self.viewport.cursor();
        let column = self.column.filter(|_| row < self.shown.num_rows())?;
        Some(self.shown.cell(row, column))
    }

    fn hide_column(&mut self) -> Vec<Wish> {
        let Some(column) = self.column else { return vec![] };
        if !self.shown.hide(column) {
            return vec![Wish::Tell(
                Severity::Note,
                "The last column cannot be hidden.".into(),
            )];
        }
        self.frozen = self.frozen.min(self.columns() - 1);
        self.column = Some(column.min(self.columns() - 1));
        vec![]
    }

    fn freeze(&mut self) {
        let wanted = self.column.map_or(0, |column| column + 1);
        self.frozen = if self.frozen == wanted { 0 } else { wanted };
        self.left = self.left.max(self.frozen);
    }

    fn go_to_number(&mut self, text: &str) -> Result<(), String> {
        let digits = text.trim().replace([',', '_', ' '], "");
        let number: usize = digits.parse().map_err(|_| format!("{text:?} is not a number"))?;
        let row = number.checked_sub(1).ok_or("row numbers start at 1")?;
        let rows = self.shown.table().num_rows();
        if row >= rows {
            return Err(format!("there are only {} rows", format::count(rows)));
        }
        let place = self.shown.rows().place_of(row);
        let place = place.ok_or_else(|| format!("row {} is filtered out", format::count(number)))?;
        self.go_to_row(place);
        Ok(())
    }

    fn plot(&self) -> Vec<Wish> {
        let Some(column) = self.column.filter(|column| self.shown.columns()[*column].numeric) else {
            return vec![Wish::Tell(
                Severity::Note,
                "Only numeric columns can be plotted: go to one first.".into(),
            )];
        };
        if self.shown.num_rows() > self.most_rows {
            return vec![self.too_many("plotted")];
        }
        let (shown, name) = (self.shown.clone(), self.shown.columns()[column].name.clone());
        vec![Wish::Work(plot::column_work(
            shown.rows().clone(),
            Arc::clone(shown.table()),
            shown.origin(column),
            name,
        ))]
    }
}

impl Preview for GridView {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let mut area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let paint = Paint::new(context.theme, self.pattern.as_ref());
        let rows = self.shown.num_rows();
        if self.shown.columns().is_empty() {
            let text = format!("The table has no columns and {}.", format::counted(rows, "row"));
            paint.line(area, buffer, &[Piece::new(Role::Dim, &text)]);
            return;
        }
        if let Some(Cell::Text(text)) = self.selected() {
            let text = clipped(&text);
            if text.width() > usize::from(Widths::widest(area.width, &self.shown)) {
                area = detail_strip(area, buffer, &text, paint);
            }
        }
        // Names, then types; a very low window shows rows instead.
        let header = match area.height {
            0..2 => 0,
            2..4 => 1,
            _ => 2,
        };
        self.body_y = header;
        let height = usize::from(area.height - header);
        let visible = self.viewport.fit(height, rows);
        let (shown, frozen) = (&self.shown, self.frozen);
        self.left = self
            .widths
            .scroll_to(self.column, self.left, frozen, area.width, shown, visible.clone());
        self.layout = self
            .widths
            .layout(self.left, frozen, area.width, shown, visible.clone());

        let grid = GridPaint {
            source: shown,
            layout: &self.layout,
            cursor: (self.viewport.cursor(), self.column),
            paint: Paint::new(context.theme, self.pattern.as_ref()),
            selection: self.selected_from.map(|_| self.selection()),
            sorted: self.arrangement.sort.map(|(column, direction)| {
                let arrow = if direction == Direction::Ascending {
                    "▲"
                } else {
                    "▼"
                };
                (column, arrow)
            }),
            context,
        };
        grid.header(area, header, buffer);
        let body = Rect {
            y: area.y + header,
            height: area.height - header,
            ..area
        };
        grid.body(body, visible, buffer);
    }

    fn act(&mut self, motion: Motion) -> bool {
        self.note = None;
        match motion {
            Motion::Left | Motion::Right | Motion::LineStart | Motion::LineEnd => self.move_column(motion),
            Motion::Wrap => self.widths.forget_hand(),
            Motion::NextMatch => self.jump(true),
            Motion::PreviousMatch => self.jump(false),
            Motion::Click { column, row } => self.click(column, row),
            _ => return self.viewport.act(motion, self.shown.num_rows()),
        }
        true
    }

    fn kind(&self) -> Option<ViewKind> {
        Some(ViewKind::Table)
    }

    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        self.note = None;
        Some(match action {
            Action::SortRows => self.sort(),
            Action::FilterRows => self.ask_filter(),
            Action::FilterByCell => self.filter_by_cell(),
            Action::GoToRow => vec![Wish::Ask(GO_TO, String::new())],
            Action::ColumnFacts => self.ask_facts(),
            Action::PlotColumn => self.plot(),
            Action::HideColumn => self.hide_column(),
            Action::ShowColumns => {
                let hidden = self.shown.show_all();
                let text = format!("{} shown again.", format::counted(hidden, "hidden column"));
                vec![Wish::Tell(Severity::Note, text)]
            }
            Action::FreezeColumns => {
                self.freeze();
                vec![]
            }
            Action::NarrowColumn | Action::WidenColumn => {
                let by = if action == Action::WidenColumn {
                    WIDER
                } else {
                    -WIDER
                };
                if let Some(column) = self.column {
                    self.widths.change(column, by, &self.shown);
                }
                vec![]
            }
            Action::SelectRows => {
                let here = self.cursor();
                self.selected_from = if self.selected_from.is_some() {
                    None
                } else {
                    Some(here)
                };
                vec![]
            }
            Action::CopyRowsJson => self.copy_as(ExportFormat::JsonLines),
            Action::CopyRowsMarkdown => self.copy_as(ExportFormat::Markdown),
            Action::CopyColumn => self.copy_column(),
            Action::WriteRows => vec![Wish::Ask(writing::WRITE, "rows.csv".to_owned())],
            Action::Open | Action::ToggleNode => self.detail(),
            Action::Back if self.selected_from.is_some() => {
                self.selected_from = None;
                vec![]
            }
            _ => return None,
        })
    }

    fn check(&self, question: ViewQuestion, text: &str) -> Result<(), FilterFault> {
        match question {
            arrange::ROW_FILTER => self.read_filter(text).map(|_| ()),
            writing::WRITE => match writing::format_of(text.trim()) {
                Ok(_) => Ok(()),
                Err(what) => Err(FilterFault::new(0..text.len(), what)),
            },
            _ => Ok(()),
        }
    }

    fn words(&self, question: ViewQuestion) -> Vec<String> {
        let columns = self.shown.columns().iter();
        match question {
            arrange::ROW_FILTER => columns
                .map(|column| ValuePath::to_key(&column.name).to_string())
                .collect(),
            _ => vec![],
        }
    }

    fn answer(&mut self, question: ViewQuestion, text: &str) -> Result<Vec<Wish>, String> {
        match question {
            arrange::ROW_FILTER => self.filter_rows(text),
            writing::WRITE => self.write_to(text),
            GO_TO => self.go_to_number(text).map(|()| vec![]),
            _ => Ok(vec![]),
        }
    }

    fn worked(&mut self, slot: &'static str, result: WorkResult) -> Vec<Wish> {
        match slot {
            arrange::SLOT => {
                if let Ok(Some(arranged)) = result.downcast::<Option<Arranged>>().map(|it| *it) {
                    self.arranged(arranged);
                }
            }
            finding::COUNT => {
                if let Ok(Some(counted)) = result.downcast::<Option<Counted>>().map(|it| *it) {
                    self.counted(&counted);
                }
            }
            finding::NEXT => {
                if let Ok(Some(next)) = result.downcast::<Option<NextMatch>>().map(|it| *it) {
                    self.found(&next);
                }
            }
            facts::SLOT => {
                if let Ok(Some(found)) = result.downcast::<Option<facts::Found>>().map(|it| *it) {
                    return vec![Wish::Lay(facts::sheet(&found))];
                }
            }
            writing::SLOT => {
                if let Ok(written) = result.downcast::<Written>() {
                    return vec![Wish::Tell(written.0, written.1)];
                }
            }
            plot::SLOT => return plot::laid(result),
            _ => {}
        }
        vec![]
    }

    fn wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.wished)
    }

    fn search(&mut self, pattern: &str) -> Option<usize> {
        Some(self.search_cells(pattern))
    }

    fn position(&self) -> String {
        let (rows, all) = (self.shown.num_rows(), self.shown.table().num_rows());
        let at = if rows == 0 { 0 } else { self.cursor() + 1 };
        let mut text = format!("row {} of {}", format::count(at), format::count(rows));
        if rows < all {
            text.extend([" (of ", &format::count(all), ")"]);
        }
        if let Some(column) = self.column.and_then(|column| self.shown.columns().get(column)) {
            let name = format!(" · {} {}", column.name, column.type_name);
            text += clipped(&name).as_str();
        }
        for words in self.arrangement.words(&self.shown) {
            text.extend([" · ", &words]);
        }
        if self.shown.hidden() > 0 {
            text.extend([" · ", &self.shown.hidden().to_string(), " hidden"]);
        }
        if let Some(note) = &self.note {
            text.extend([" · ", note]);
        }
        text
    }

    fn copy(&self) -> Option<String> {
        self.copied()
    }
}

/// A grid over a table, as a view.
pub fn grid_over(table: Arc<dyn TableRows>, limits: &Limits) -> Box<dyn Preview> {
    Box::new(GridView::new(table, limits))
}
